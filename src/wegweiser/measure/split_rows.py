"""What the split check counts: units per arm, day and part, what they did before, what they saw."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from wegweiser.measure.arms import TWO_ARMS, placed_steps
from wegweiser.measure.compare import Arm
from wegweiser.measure.form import Asked, Row, real, text, whole
from wegweiser.terms.result import Question

PARTS = ("source", "channel", "version", "device")


def question(asked: Asked) -> Question:
    """Ask for units by arm, day of first trigger and part, with their goals of the 28 days before.

    `exposed` are units that saw a message of theirs within the period.
    """
    return asked.question(f"""
{placed_steps(all_days=True)},
began as (
  select case unit_kind when 'account' then coalesce(account_id, unit_id)
                        else coalesce(person_id, unit_id) end as unit,
         unit_kind,
         arg_min(source_id, (occurred_at, decision_id)) as source,
         arg_min(channel, (occurred_at, decision_id)) as channel,
         arg_min(bundle, (occurred_at, decision_id)) as version,
         arg_min(leaf, (occurred_at, decision_id)) as leaf
  from decisions
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and occurred_at >= $epoch_start::timestamptz
    and not fallback
  group by all),
devices as (
  select leaf, arg_max(device, (occurred_at, event_id)) as device
  from events
  where received_at <= $as_of::timestamptz and occurred_at < $end::timestamptz and device <> ''
  group by leaf),
seen as (
  select distinct case d.unit_kind when 'account' then coalesce(d.account_id, d.unit_id)
                                   else coalesce(d.person_id, d.unit_id) end as unit,
         d.unit_kind
  from exposures x join decisions d on d.decision_id = x.decision_id
  where x.received_at <= $as_of::timestamptz
    and x.occurred_at >= $start::timestamptz and x.occurred_at < $end::timestamptz),
reached as (
  select person_id as unit, 'person' as unit_kind, occurred_at from goals
  where declared and received_at <= $as_of::timestamptz
  union all
  select account_id, 'account', occurred_at from goals
  where declared and received_at <= $as_of::timestamptz and account_id is not null),
valued as (
  select p.arm, p.unit, p.unit_kind, p.began_at as first_at, count(r.unit) as x
  from placed p
  left join reached r
    on r.unit = p.unit and r.unit_kind = p.unit_kind
   and r.occurred_at < p.began_at and r.occurred_at >= p.began_at - interval 28 day
  group by p.arm, p.unit, p.unit_kind, p.began_at)
select v.arm, cast(timezone($zone, v.first_at) as date) as day,
       coalesce(b.source, '') as source, coalesce(b.channel, '') as channel,
       coalesce(b.version, '') as version, coalesce(d.device, '') as device,
       count(*) as units,
       count(s.unit) as exposed,
       sum(v.x) as sum_x, sum(v.x * v.x) as sum_xx
from valued v
left join began b on b.unit = v.unit and b.unit_kind = v.unit_kind
left join devices d on d.leaf = b.leaf
left join seen s on s.unit = v.unit and s.unit_kind = v.unit_kind
group by all
order by all
""")


class Counted(msgspec.Struct, frozen=True):
    """Units per arm in all, per day, and per value of each part; those in two arms stand apart."""

    arms: dict[str, int]
    exposed: dict[str, int]
    before: dict[str, Arm]
    days: dict[str, dict[str, int]]
    parts: dict[tuple[str, str], dict[str, int]]
    two_arms: int

    @property
    def units(self) -> int:
        """Give all units that are in one arm."""
        return sum(self.arms.values())


def read_counts(rows: Sequence[Row]) -> Counted:
    """Add up the rows of the question."""
    arms: dict[str, int] = defaultdict(int)
    exposed: dict[str, int] = defaultdict(int)
    before: dict[str, Arm] = {}
    days: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    parts: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    twice = 0
    for row in rows:
        arm, units = text(row, "arm"), whole(row, "units")
        if arm == TWO_ARMS:
            twice += units
            continue
        arms[arm] += units
        exposed[arm] += whole(row, "exposed")
        had = before.get(arm, Arm(0, 0.0, 0.0))
        before[arm] = Arm(
            had.units + units, had.total + real(row, "sum_x"), had.squares + real(row, "sum_xx")
        )
        days[text(row, "day")][arm] += units
        for part in PARTS:
            parts[part, text(row, part)][arm] += units
    return Counted(dict(arms), dict(exposed), before, days, parts, twice)
