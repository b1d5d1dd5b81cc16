"""The SELECTs behind what the people of a segment did: who was in it on which days, and enough."""

from collections.abc import Sequence

from wegweiser.measure.watch.facts import SINCE, WATCHABLE
from wegweiser.terms.role import SMALLEST_CELL

# The moment at which a day begins in the zone; and a day that never comes.
_BEGAN = "timezone($zone, {day}::timestamp)"
_FOR_EVER = "date '9999-12-31'"


def segment_facts(names: Sequence[str]) -> str:
    """Give the CTEs of what the people of each segment did, on days on which they were ten or more.

    Somebody is in a segment on the days that began while they were in it: nothing that happens on
    a day can be the cause of being in it on that day. On days that began with fewer than ten people
    nothing is told, for that would be what single people did. Days on which the others did nothing
    count as such.
    """
    people = ",\n".join(f"{name}_people as (\n{WATCHABLE[name].people})" for name in names)
    facts = "\n  union all\n".join(
        f"  select '{name}' as watched, person_id, day, hits, tries, late from {name}_people\n"
        "  where person_id in (select person_id from spans)"
        for name in names
    )
    return f"""\
{people},
{_spans()},
{_segment_days()},
member_facts as (
{facts}),
segment_facts as (
  select f.watched, s.segment, f.day::date as day,
         sum(f.hits) as hits, sum(f.tries) as tries, sum(f.late)::double as late
  from member_facts f
  join spans s on s.person_id = f.person_id and f.day::date between s.first_day and s.last_day
  group by all)"""


def _spans() -> str:
    """Give the CTE `spans`: the days that began with somebody in a segment, stays put together."""
    return f"""\
stays as (
  select segment, unit_id as person_id, entered_at, left_at,
         timezone($zone, entered_at)::date as entered_on,
         timezone($zone, left_at)::date as left_on
  from segment_stays where unit_kind = 'person'),
days_of_stays as (
  select segment, person_id,
         entered_on + case when {_BEGAN.format(day="entered_on")} < entered_at then 1 else 0 end
           as first_day,
         coalesce(
           left_on - case when {_BEGAN.format(day="left_on")} < left_at then 0 else 1 end,
           {_FOR_EVER}) as last_day
  from stays),
parted_stays as (
  select *, first_day > 1 + max(last_day) over (
           partition by segment, person_id order by first_day, last_day
           rows between unbounded preceding and 1 preceding) as is_apart
  from days_of_stays where first_day <= last_day),
numbered_stays as (
  select *, count(*) filter (where is_apart) over (
           partition by segment, person_id order by first_day, last_day
           rows unbounded preceding) as number
  from parted_stays),
spans as (
  select segment, person_id, min(first_day) as first_day, max(last_day) as last_day
  from numbered_stays
  group by segment, person_id, number)"""


def _segment_days() -> str:
    """Give the CTE `segment_days`: days that began with enough people in a segment to be told."""
    return f"""\
steps as (
  select segment, first_day as day, 1 as change from spans
  union all
  select segment, last_day + 1, -1 from spans where last_day < {_FOR_EVER}),
sizes as (
  select segment, day, sum(sum(change)) over (partition by segment order by day) as people,
         lead(day, 1, {_FOR_EVER}) over (partition by segment order by day) as next_day
  from steps
  group by segment, day),
segment_days as (
  select segment, unnest(generate_series(
           greatest(day, timezone($zone, {SINCE})::date)::timestamp,
           least(next_day - 1, timezone($zone, $end::timestamptz)::date)::timestamp,
           interval 1 day))::date as day
  from sizes where people >= {SMALLEST_CELL})"""
