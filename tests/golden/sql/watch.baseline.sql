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
  select day, 1.0 as hits, 1.0 as tries, 0 as late, channel, path, device, region, source
  from visited),
visits_people as (
  select person_id, day, 1.0 as hits, 1.0 as tries, 0 as late from visited),
stays as (
  select segment, unit_id as person_id, entered_at, left_at,
         timezone($zone, entered_at)::date as entered_on,
         timezone($zone, left_at)::date as left_on
  from segment_stays where unit_kind = 'person'),
days_of_stays as (
  select segment, person_id,
         entered_on + case when timezone($zone, entered_on::timestamp) < entered_at then 1 else 0 end
           as first_day,
         coalesce(
           left_on - case when timezone($zone, left_on::timestamp) < left_at then 0 else 1 end,
           date '9999-12-31') as last_day
  from stays),
parted_stays as (
  select *, first_day > 1 + max(last_day) over (
           partition by segment, person_id order by first_day, last_day
           rows between unbounded preceding and 1 preceding) as is_apart
  from days_of_stays where first_day <= last_day),
numbered_stays as (
  select *, count(*) filter (where is_apart) over (
           partition by segment, person_id order by first_day, last_day
           rows unbounded preceding) as number
  from parted_stays),
spans as (
  select segment, person_id, min(first_day) as first_day, max(last_day) as last_day
  from numbered_stays
  group by segment, person_id, number),
steps as (
  select segment, first_day as day, 1 as change from spans
  union all
  select segment, last_day + 1, -1 from spans where last_day < date '9999-12-31'),
sizes as (
  select segment, day, sum(sum(change)) over (partition by segment order by day) as people,
         lead(day, 1, date '9999-12-31') over (partition by segment order by day) as next_day
  from steps
  group by segment, day),
segment_days as (
  select segment, unnest(generate_series(
           greatest(day, timezone($zone, date_trunc('year', $start::timestamptz) - interval 3 year)::date)::timestamp,
           least(next_day - 1, timezone($zone, $end::timestamptz)::date)::timestamp,
           interval 1 day))::date as day
  from sizes where people >= 10),
member_facts as (
  select 'visits' as watched, person_id, day, hits, tries, late from visits_people
  where person_id in (select person_id from spans)),
segment_facts as (
  select f.watched, s.segment, f.day::date as day,
         sum(f.hits) as hits, sum(f.tries) as tries, sum(f.late)::double as late
  from member_facts f
  join spans s on s.person_id = f.person_id and f.day::date between s.first_day and s.last_day
  group by all)
select 'visits' as watched, case when grouping(channel) = 0 then 'channel' when grouping(path) = 0 then 'path' when grouping(device) = 0 then 'device' when grouping(region) = 0 then 'region' when grouping(source) = 0 then 'source' else '' end as dimension,
       coalesce(case when grouping(channel) = 0 then channel when grouping(path) = 0 then path when grouping(device) = 0 then device when grouping(region) = 0 then region when grouping(source) = 0 then source end, '') as member, day,
       sum(hits) as hits, sum(tries) as tries, sum(late)::double as late
from visits_facts
group by grouping sets ((day), (day, channel), (day, path), (day, device), (day, region), (day, source))
union all
select w.watched, 'segment' as dimension, d.segment as member,
       strftime(d.day, '%Y-%m-%d') as day,
       coalesce(f.hits, 0) as hits, coalesce(f.tries, 0) as tries, coalesce(f.late, 0) as late
from segment_days d
cross join (select unnest(['visits']) as watched) w
left join segment_facts f
  on f.watched = w.watched and f.segment = d.segment and f.day = d.day
order by watched, dimension, member, day
