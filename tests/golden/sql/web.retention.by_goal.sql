with acting_leaves as (
  select leaf,
         epoch_us(occurred_at) // 900000000 as quarter,
         bool_or(type in ('page', 'screen')) as is_begin,
         bool_or(false) as is_return
  from leaf_events
  where received_at <= $as_of::timestamptz and occurred_at < $end::timestamptz
    and not bot and leaf <> '' and ((type in ('page', 'screen')) or (false))
  group by all),
active as (
  select coalesce(l.person_id, a.leaf) as unit_id, a.quarter, a.is_begin, a.is_return
  from acting_leaves a
  left join leaves l on l.leaf = a.leaf
  union all
  select person_id as unit_id,
         epoch_us(occurred_at) // 900000000 as quarter,
         bool_or(false) as is_begin,
         bool_or(kind = 'goal') as is_return
  from outcomes
  where received_at <= $as_of::timestamptz and occurred_at < $end::timestamptz
    and person_id <> '' and ((false) or (kind = 'goal'))
  group by all),
periods as (
  select unit_id, date_trunc('month', timezone($zone, make_timestamptz(quarter * 900000000)))::date as bucket,
         bool_or(is_begin) as is_begin, bool_or(is_return) as is_return
  from active group by all),
cohorts as (
  select unit_id, min(bucket) as cohort from periods where is_begin group by unit_id),
kept as (
  select * from cohorts
  where cohort >= date_trunc('month', timezone($zone, $start::timestamptz))::date
    and cohort < timezone($zone, $end::timestamptz))
select strftime(k.cohort, '%Y-%m-%d') as cohort,
       date_diff('month', k.cohort, p.bucket) as distance,
       date_diff('month', k.cohort, date_trunc('month', timezone($zone, least($end::timestamptz, $as_of::timestamptz)))::date) as last_distance,
       count(*) as units
from kept k
join periods p on p.unit_id = k.unit_id and p.bucket >= k.cohort
where p.bucket = k.cohort or p.is_return
group by all
order by all
