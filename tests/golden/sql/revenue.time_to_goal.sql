with told as (
  select *, person_id as unit_id from events
  where received_at <= $as_of::timestamptz and not bot),
leads as (
  select unit_id, min(occurred_at) as lead_at,
         first(coalesce(nullif(json_extract_string(properties, '$.origin'), ''), coalesce(nullif(source, ''), nullif(referrer_host, ''), nullif(medium, '')), '(empty)') order by occurred_at, event_id) as cut
  from told where $lead = '' and unit_id <> '' and name not in ('Opportunity Lost', 'Deal Lost', 'Closed Lost')
  group by unit_id
  having min(occurred_at) >= $start::timestamptz and min(occurred_at) < $end::timestamptz),
reached as (
  select person_id as unit_id, min(occurred_at) as goal_at from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
  group by 1),
lost as (select unit_id, min(occurred_at) as lost_at from told where name in ('Opportunity Lost', 'Deal Lost', 'Closed Lost') group by 1),
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
