with quarters as (
  select unnest(range(epoch_us($start::timestamptz - interval 33 days) // 900000000,
                      epoch_us($end::timestamptz) // 900000000 + 1)) as quarter),
numbered as (
  select quarter, date_diff('week', date_trunc('week', timezone($zone, $start::timestamptz))::date, date_trunc('week', timezone($zone, make_timestamptz(quarter * 900000000)))::date) as bucket
  from quarters),
calendar as (
  select quarter, bucket, 1::bigint << bucket as bit from numbered where bucket >= 0),
acting_leaves as (
  select leaf_number,
         min(coalesce(c.bucket, -1)) filter (type in ('page', 'screen')) as cohort,
         bit_or(c.bit) filter (type = 'track' and name = $back_a) as back
  from leaf_events
  left join calendar c on c.quarter = epoch_us(occurred_at) // 900000000
  where received_at <= $as_of::timestamptz and occurred_at < $end::timestamptz
    and not bot and leaf <> '' and ((type in ('page', 'screen')) or (type = 'track' and name = $back_a))
  group by all),
active as (
  select coalesce(l.person_number, a.leaf_number) as unit_id, a.cohort, a.back
  from acting_leaves a
  left join shared_leaves l on l.leaf_number = a.leaf_number),
units as (
  select min(cohort) as cohort, bit_or(back) as back from active group by unit_id),
alike as (
  select cohort, back, count(*) as units from units where cohort >= 0 group by all),
followed as (
  select (date_trunc('week', timezone($zone, $start::timestamptz))::date + to_weeks(a.cohort::integer))::date as began, a.units,
         a.cohort, a.back, unnest(range(a.cohort, $buckets::bigint)) as bucket
  from alike a)
select strftime(began, '%Y-%m-%d') as cohort,
       bucket - f.cohort as distance,
       date_diff('week', began, date_trunc('week', timezone($zone, least($end::timestamptz, $as_of::timestamptz)))::date) as last_distance,
       sum(units)::bigint as units
from followed f
where began < timezone($zone, $end::timestamptz)
  and (bucket = f.cohort or (back >> bucket) & 1 = 1)
group by all
order by all
