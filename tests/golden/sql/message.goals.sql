with seen as (
  select decision_id, placement, slot, message, person_id, occurred_at
  from exposures
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz),
clicks as (
  select distinct decision_id, placement, slot from outcomes
  where kind = 'click' and received_at <= $as_of::timestamptz),
clicked as (
  select s.message, s.person_id, s.occurred_at,
         exists (select 1 from clicks c
                 where c.decision_id = s.decision_id
                   and (c.placement = '' or (c.placement = s.placement and c.slot = s.slot)))
           as has_click
  from seen s),
people as (
  select message, person_id, min(occurred_at) as first_at, count(*) as exposures,
         count(*) filter (where has_click) as clicks
  from clicked group by message, person_id),
reached as (
  select person_id, occurred_at from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz),
valued as (
  select p.message, p.person_id, p.exposures, p.clicks,
         p.first_at + to_days($window_days::integer) <= $as_of::timestamptz as closed,
         count(r.person_id) > 0 as has_goal
  from people p
  left join reached r
    on r.person_id = p.person_id and r.occurred_at >= p.first_at
   and r.occurred_at < p.first_at + to_days($window_days::integer)
  group by all)
select message,
       count(*) as people,
       sum(exposures) as exposures,
       sum(clicks) as clicks,
       count(*) filter (where clicks > 0) as people_with_click,
       count(*) filter (where closed) as closed_people,
       count(*) filter (where closed and has_goal) as people_with_goal
from valued
group by message
order by message
