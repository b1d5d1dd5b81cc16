"""Arms as a relation: each randomised unit once, from its first trigger."""

from wegweiser.measure.form import Option
from wegweiser.measure.words import both
from wegweiser.terms.errors import InputRefused

TWO_ARMS = "(two arms)"

SHARES = Option(
    "shares",
    "text",
    "",
    both(
        "planned shares, as in main=0.97,nothing=0.02,random=0.01",
        "geplante Anteile, etwa main=0.97,nothing=0.02,random=0.01",
    ),
)


def placed_steps() -> str:
    """Give the CTEs `triggered` and `placed`: unit, kind, first trigger and arm.

    Ghost decisions give the held-out units their trigger; fallbacks are no trigger. Units that
    appear in two arms stand apart.
    """
    return f"""
with triggered as (
  select case unit_kind when 'account' then coalesce(account_id, unit_id)
                        else coalesce(person_id, unit_id) end as unit,
         unit_kind, arm, min(occurred_at) as first_at
  from decisions
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and not fallback
  group by all),
placed as (
  select unit, unit_kind, min(first_at) as first_at,
         case when count(*) = 1 then min(arm) else '{TWO_ARMS}' end as arm
  from triggered
  group by unit, unit_kind)"""


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
            raise InputRefused(
                "bad_option", f"--shares: {part!r} should be like main=0.97", 422, "shares"
            )
        shares[arm.strip()] = share
    return shares
