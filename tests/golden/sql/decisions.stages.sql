with asked as (
  select * from slots
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and ($arm = 'all' or arm = $arm)),
looks as (
  select person_id, decision_id, min(occurred_at) as occurred_at, any_value(stage) as stage
  from asked where stage <> '' group by person_id, decision_id),
steps as (
  select stage as target, occurred_at,
         lag(stage) over (partition by person_id order by occurred_at, decision_id) as source
  from looks)
select strftime(date_trunc('week', timezone($zone, occurred_at)), '%Y-%m-%d') as week,
       source, target, count(*) as moves
from steps where source is not null and source <> target
group by all order by week, source, target
