with observed as (
  select *, type in ('page', 'screen') as is_view
  from leaf_events
  where received_at <= $as_of::timestamptz
    and occurred_at >= date_trunc('year', $start::timestamptz) - interval 3 year and occurred_at < $end::timestamptz
    and not bot and (type in ('page', 'screen') or trust <= 1)),
ordered as (
  select *,
         occurred_at - lag(occurred_at) over own_events as pause,
         lead(occurred_at) over own_events as next_at
  from observed
  window own_events as (partition by leaf order by occurred_at, position, idx)),
numbered as (
  select *,
         sum(case when pause is null or pause > interval 30 minute then 1 else 0 end)
           over own_events as visit_no,
         sum(case when is_view then 1 else 0 end) over own_events as view_no
  from ordered
  window own_events as (partition by leaf order by occurred_at, position, idx)),
slices as (
  select leaf, epoch_us(occurred_at) // 1800000000 as slice,
         epoch_us(min(occurred_at)) // 1000 as began_ms,
         epoch_us(max(occurred_at)) // 1000 as ended_ms,
         count(*) filter (where is_view) as views,
         sum(engaged_seconds) as engaged_seconds,
         
         arg_min({'channel': channel, 'path': path, 'device': device, 'region': region, 'source': source, 'referrer_host': referrer_host}, {'at': occurred_at, 'position': position, 'idx': idx}) filter (where is_view) as entry
  from observed
  group by leaf, slice),
parted_slices as (
  select *, began_ms - lag(ended_ms) over (partition by leaf order by slice) as pause_ms
  from slices),
numbered_slices as (
  select *,
         sum(case when pause_ms is null or pause_ms > 1800000 then 1 else 0 end)
           over (partition by leaf order by slice) as visit_no
  from parted_slices),
leaf_visits as (
  select leaf, visit_no,
         make_timestamptz(1000 * min(began_ms)) as began,
         sum(views)::bigint as views,
         coalesce(sum(engaged_seconds), 0) as engaged_seconds,
         
         arg_min(entry, slice) filter (where views > 0) as entry
  from numbered_slices
  group by leaf, visit_no
  having sum(views) > 0),
visits as (
  select v.* exclude (entry), coalesce(l.person_id, v.leaf) as person_id
         , v.entry.channel as entry_channel, v.entry.path as entry_path, v.entry.device as entry_device, v.entry.region as entry_region, v.entry.source as entry_source, v.entry.referrer_host as entry_referrer_host
  from leaf_visits v
  left join leaves l on l.leaf = v.leaf),
visited as (
  select person_id, began, strftime(timezone($zone, began), '%Y-%m-%d') as day,
         left(coalesce(nullif(entry_channel, ''), '(unknown)'), 60) as channel,
         left(coalesce(nullif(entry_path, ''), '(unknown)'), 60) as path,
         left(coalesce(nullif(entry_device, ''), '(unknown)'), 60) as device,
         left(coalesce(nullif(entry_region, ''), '(unknown)'), 60) as region,
         left(coalesce(nullif(entry_source, ''), nullif(entry_referrer_host, ''), '(direct)'), 60) as source
  from visits),
visits_facts as (
  select person_id, day, 1.0 as hits, 1.0 as tries, 0 as late,
         channel, path, device, region, source
  from visited),
stays as (
  select segment, unit_id as person_id, entered_at, left_at
  from segment_stays where unit_kind = 'person'
  qualify count(distinct unit_id) over (partition by segment) >= 10),
person_days as (
  select person_id, day from (
  select person_id, day from visits_facts)
  where person_id in (select person_id from stays)),
segment_days as (
  select distinct p.person_id, p.day, s.segment
  from person_days p
  join stays s on s.person_id = p.person_id
   and s.entered_at <= timezone($zone, p.day::timestamp) and (s.left_at is null or s.left_at > timezone($zone, p.day::timestamp)))
select 'visits' as watched, case when grouping(channel) = 0 then 'channel' when grouping(path) = 0 then 'path' when grouping(device) = 0 then 'device' when grouping(region) = 0 then 'region' when grouping(source) = 0 then 'source' else '' end as dimension,
       coalesce(case when grouping(channel) = 0 then channel when grouping(path) = 0 then path when grouping(device) = 0 then device when grouping(region) = 0 then region when grouping(source) = 0 then source end, '') as member, day,
       sum(hits) as hits, sum(tries) as tries, sum(late)::double as late
from visits_facts
group by grouping sets ((day), (day, channel), (day, path), (day, device), (day, region), (day, source))
union all
select 'visits' as watched, 'segment' as dimension, left(s.segment, 60) as member, f.day,
       sum(f.hits) as hits, sum(f.tries) as tries, sum(f.late)::double as late
from visits_facts f
join segment_days s on s.person_id = f.person_id and s.day = f.day
group by s.segment, f.day
order by watched, dimension, member, day
