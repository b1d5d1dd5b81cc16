with acting_leaves as (
  select leaf_number,
         epoch_us(occurred_at) // 900000000 as quarter,
         bool_or(type in ('page', 'screen')) as is_begin,
         bool_or(type in ('page', 'screen')) as is_return
  from leaf_events
  where received_at <= $as_of::timestamptz and occurred_at < $end::timestamptz
    and not bot and leaf <> '' and (type in ('page', 'screen'))
  group by all),
active as (
  select coalesce(l.person_number, a.leaf_number) as unit_id, a.quarter, a.is_begin, a.is_return
  from acting_leaves a
  left join shared_leaves l on l.leaf_number = a.leaf_number),
periods as (
  select unit_id, date_trunc('week', timezone($zone, make_timestamptz(quarter * 900000000)))::date as bucket,
         bool_or(is_begin) as is_begin, bool_or(is_return) as is_return
  from active group by all),
cohorts as (
  select unit_id, min(bucket) as cohort from periods where is_begin group by unit_id),
kept as (
  select * from cohorts
  where cohort >= date_trunc('week', timezone($zone, $start::timestamptz))::date
    and cohort < timezone($zone, $end::timestamptz))
select strftime(k.cohort, '%Y-%m-%d') as cohort,
       date_diff('week', k.cohort, p.bucket) as distance,
       date_diff('week', k.cohort, date_trunc('week', timezone($zone, least($end::timestamptz, $as_of::timestamptz)))::date) as last_distance,
       count(*) as units
from kept k
join periods p on p.unit_id = k.unit_id and p.bucket >= k.cohort
where p.bucket = k.cohort or p.is_return
group by all
order by all
