with homes as (
  select person_id, arg_max(region, (occurred_at, event_id)) as region
  from events
  where received_at <= $as_of::timestamptz and occurred_at < $end::timestamptz
    and region <> '' and not bot
  group by person_id),
placed as (
  select coalesce(h.region, '') as region, g.occurred_at, 1 as amount
  from goals g
  left join homes h on h.person_id = g.person_id
  where (g.goal = $goal or ($goal = '' and g.declared)) and g.received_at <= $as_of::timestamptz
    and g.occurred_at >= $start::timestamptz and g.occurred_at < $end::timestamptz),
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
