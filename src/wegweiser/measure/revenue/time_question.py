"""The question behind `revenue.time_to_goal`: days from the lead to the goal, or still open."""

from wegweiser.measure.form import Asked
from wegweiser.measure.revenue.landmark import UNITS
from wegweiser.terms.result import Question

_SOURCE = "coalesce(nullif(source, ''), nullif(referrer_host, ''), nullif(medium, ''))"
GROUPS = {
    "all": "'(all)'",
    "origin": "coalesce(nullif(json_extract_string(properties, '$.origin'), ''),"
    f" {_SOURCE}, '(empty)')",
    "channel": "coalesce(nullif(channel, ''), '(unknown)')",
    "entry_page": "coalesce(nullif(path, ''), '(unknown)')",
    "region": "coalesce(nullif(region, ''), '(unknown)')",
    "month": "strftime(timezone($zone, occurred_at), '%Y-%m')",
    "product": "coalesce(nullif(json_extract_string(properties, '$.product'), ''), '(unknown)')",
    "account": "coalesce(nullif(account_id, ''), '(unassigned)')",
}
LOST = "'Opportunity Lost', 'Deal Lost', 'Closed Lost'"


def question(asked: Asked) -> Question:
    """Ask, per group and month of the lead, how many days it took, or how long it is open.

    A lead is the first event named `lead` (else the first event at all) of a person in the
    period, or each opportunity by its id. Goals on a day before their lead, and moments in the
    future, are counted apart.
    """
    unit = UNITS[asked.text("unit")] if asked.text("unit") != "opportunity" else _OPPORTUNITY
    lead = "name = $lead" if asked.text("lead") else "$lead = ''"
    return asked.question(f"""
with told as (
  select *, {unit} as unit_id from events
  where received_at <= $as_of::timestamptz and not bot),
leads as (
  select unit_id, min(occurred_at) as lead_at,
         first({GROUPS[asked.text("by")]} order by occurred_at, event_id) as cut
  from told where {lead} and unit_id <> '' and name not in ({LOST})
  group by unit_id
  having min(occurred_at) >= $start::timestamptz and min(occurred_at) < $end::timestamptz),
reached as (
  {_goals(asked)}),
lost as (select unit_id, min(occurred_at) as lost_at from told where name in ({LOST}) group by 1),
joined as (
  select l.cut, timezone($zone, l.lead_at)::date as lead_day,
         timezone($zone, r.goal_at)::date as goal_day,
         timezone($zone, o.lost_at)::date as lost_day,
         timezone($zone, $as_of::timestamptz)::date as today,
         coalesce(goal_day < lead_day, false) as is_before,
         l.lead_at > $as_of::timestamptz or coalesce(r.goal_at > $as_of::timestamptz, false)
           as is_future,
         r.goal_at is not null as has_goal, o.lost_at is not null as is_lost
  from leads l
  left join reached r on r.unit_id = l.unit_id
  left join lost o on o.unit_id = l.unit_id)
select cut, strftime(lead_day, '%Y-%m') as month, is_before, is_future,
       has_goal and not is_future as has_goal,
       is_lost and not has_goal as is_lost,
       case when has_goal then goal_day - lead_day else today - lead_day end as waited_days,
       today - lead_day as age_days,
       count(*) as leads
from joined
group by all
order by all
""")


_OPPORTUNITY = "coalesce(json_extract_string(properties, '$.opportunity_id'), '')"


def _goals(asked: Asked) -> str:
    if asked.text("unit") == "opportunity":
        return "select unit_id, min(occurred_at) as goal_at from told where name = $goal group by 1"
    unit = UNITS[asked.text("unit")]
    return f"""select {unit} as unit_id, min(occurred_at) as goal_at from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
  group by 1"""
