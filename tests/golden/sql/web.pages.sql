with observed as (
  select *, type in ('page', 'screen') as is_view
  from leaf_events
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
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
         
         arg_min({'path': path}, {'at': occurred_at, 'position': position, 'idx': idx}) filter (where is_view) as entry
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
         , v.entry.path as entry_path
  from leaf_visits v
  left join leaves l on l.leaf = v.leaf),
beats as (
  select page_view_id, sum(round(engaged_seconds * 1000)::bigint) as milliseconds
  from observed
  where page_view_id <> '' and engaged_seconds between 0 and 86400
  group by page_view_id),
viewed as (
  select n.leaf, n.visit_no, coalesce(nullif(n.path, ''), '(unknown)') as path, b.milliseconds,
         lag(n.leaf) over own_views is null as is_entry,
         lead(n.leaf) over own_views is null as is_exit
  from numbered n
  left join beats b on b.page_view_id = n.page_view_id
  where n.is_view
  window own_views as (
    partition by n.leaf, n.visit_no order by n.occurred_at, n.position, n.idx)),
visited as (
  select v.path, v.leaf, v.visit_no, count(*) as views,
         count(*) filter (where v.is_entry) as entries,
         count(*) filter (where v.is_exit) as exits,
         count(*) filter (where v.is_entry and not t.is_engaged) as bounces,
         count(v.milliseconds) as measured_views,
         sum(v.milliseconds) as engaged_ms
  from viewed v
  join (select leaf, visit_no, (views >= 2 or engaged_seconds >= 10) as is_engaged from visits) t
    on t.leaf = v.leaf and t.visit_no = v.visit_no
  group by v.path, v.leaf, v.visit_no)
select path,
       sum(views) as views, count(*) as visits, sum(entries) as entries, sum(exits) as exits,
       sum(bounces) as bounces, sum(measured_views) as measured_views,
       sum(engaged_ms)::double as engaged_ms
from visited
group by path
order by views desc, path
