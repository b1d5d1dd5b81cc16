"""Arms as a relation: each randomised unit once, from its first trigger."""

from wegweiser.measure.form import Option
from wegweiser.measure.words import both
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wrong import wrong

TWO_ARMS = "(two arms)"
BAD = "bad"

SHARES = Option(
    "shares",
    "text",
    "",
    both(
        "planned shares, as in main=0.97,nothing=0.02,random=0.01",
        "geplante Anteile, etwa main=0.97,nothing=0.02,random=0.01",
    ),
)
EPOCH = Option(
    "epoch_start",
    "text",
    "1970-01-01",
    both(
        "day on which units were drawn anew; nothing before it counts",
        "Tag, an dem neu ausgelost wurde; davor zählt nichts",
    ),
)
PLANNED = Option(
    "planned_units",
    "whole",
    0,
    both(
        "units of all arms planned beforehand, 0 where none were: then there is no end",
        "vorab geplante Einheiten aller Gruppen, 0 wenn keine: dann gibt es kein Ende",
    ),
)
LEAVE_OUT = Option(
    "leave_out",
    "text",
    "",
    both(
        "days of first triggers left out, as in 2026-03-01,2026-03-02; bad: when tests broke",
        "Tage erster Auslösung, die fehlen sollen, etwa 2026-03-01,2026-03-02; bad: als Tests"
        " nicht stimmten",
    ),
)


def placed_steps(all_days: bool = False) -> str:
    """Give the CTEs `triggered` and `placed`: unit, kind, first trigger, cluster and arm.

    `first_at` is a unit's first trigger of the period, `began_at` that of the epoch: whatever
    came after it may have been caused by the arm, and is nothing of the time before.

    Ghost decisions give the held-out units their trigger; fallbacks are no trigger. Units that
    appear in two arms stand apart. Triggers of the epoch before `epoch_start` do not count. The
    cluster of a person is its account, where it has one. Units whose first trigger of the period
    was on a day of $leave_out are in no arm, unless `all_days` count.
    """
    day = "strftime(timezone($zone, min(first_at)), '%Y-%m-%d')"
    left_out = f"\n     and not list_contains(string_split($leave_out, ','), {day})"
    return f"""
with triggered as (
  select case unit_kind when 'account' then coalesce(account_id, unit_id)
                        else coalesce(person_id, unit_id) end as unit,
         unit_kind, arm, min(occurred_at) as began_at,
         min(occurred_at) filter (where occurred_at >= $start::timestamptz) as first_at,
         min(account_id) as account
  from decisions
  where received_at <= $as_of::timestamptz
    and occurred_at >= $epoch_start::timestamptz and occurred_at < $end::timestamptz
    and not fallback
  group by all),
placed as (
  select unit, unit_kind, min(first_at) as first_at, min(began_at) as began_at,
         coalesce(min(account) filter (where first_at is not null), unit) as cluster,
         case when count(first_at) = 1 then min(arm) filter (where first_at is not null)
              else '{TWO_ARMS}' end as arm
  from triggered
  group by unit, unit_kind
  having count(first_at) > 0{"" if all_days else left_out})"""


def read_shares(text: str) -> dict[str, float]:
    """Read planned shares from text; empty text is no plan. Raises InputRefused.

    >>> read_shares("main=0.98, nothing=0.02")
    {'main': 0.98, 'nothing': 0.02}
    """
    shares: dict[str, float] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        arm, _, written = part.partition("=")
        try:
            share = float(written)
        except ValueError:
            share = -1.0
        if not arm or not 0 <= share < float("inf"):
            raise InputRefused("bad_option", wrong("shares_like", part=repr(part)), 422, "shares")
        shares[arm.strip()] = share
    return shares
