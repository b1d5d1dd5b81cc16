"""The question behind a geo experiment: one figure per region and day."""

from wegweiser.measure.form import Asked
from wegweiser.measure.web.visit import visit_steps
from wegweiser.terms.result import Question

_GOALS = """
with homes as (
  select person_id, arg_max(region, (occurred_at, event_id)) as region
  from events
  where received_at <= $as_of::timestamptz and occurred_at < $end::timestamptz
    and region <> '' and not bot
  group by person_id),
placed as (
  select coalesce(h.region, '') as region, g.occurred_at, {amount} as amount
  from goals g
  left join homes h on h.person_id = g.person_id
  where (g.goal = $goal or ($goal = '' and g.declared)) and g.received_at <= $as_of::timestamptz
    and g.occurred_at >= $start::timestamptz and g.occurred_at < $end::timestamptz)"""
METRICS = ("goals", "value", "visits")


def question(asked: Asked) -> Question:
    """Ask for goals, their value or visits per region and day of the period.

    A goal counts for the region in which its person was last seen; the empty region is unknown.
    Only whole days count: half a day in all regions would look like an effect in large ones.
    """
    return asked.question(f"""
{_placed(asked.text("metric"))},
local_days as (
  select timezone($zone, $start::timestamptz) as begins,
         timezone($zone, least($end::timestamptz, $as_of::timestamptz)) as ends)
select region, strftime(timezone($zone, occurred_at), '%Y-%m-%d') as day,
       sum(amount)::double as amount, count(*) as n
from placed, local_days
where date_trunc('day', timezone($zone, occurred_at)) >= begins
  and date_trunc('day', timezone($zone, occurred_at)) + interval 1 day <= ends
group by region, day
order by region, day
""")


def _placed(metric: str) -> str:
    if metric == "visits":
        return f"""{visit_steps(fields=("region",))},
placed as (
  select coalesce(entry_region, '') as region, began as occurred_at, 1 as amount from visits)"""
    return _GOALS.format(amount="coalesce(g.value, 0)" if metric == "value" else "1")
