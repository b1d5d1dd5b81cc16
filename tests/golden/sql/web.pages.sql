with observed as (
  select *, type in ('page', 'screen') as is_view
  from events
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and not bot and (type in ('page', 'screen') or trust <= 1)),
ordered as (
  select *,
         occurred_at - lag(occurred_at) over own_events as pause,
         lead(occurred_at) over own_events as next_at
  from observed
  window own_events as (partition by leaf order by occurred_at, event_id)),
numbered as (
  select *,
         sum(case when pause is null or pause > interval 30 minute then 1 else 0 end)
           over own_events as visit_no,
         sum(case when is_view then 1 else 0 end) over own_events as view_no
  from ordered
  window own_events as (partition by leaf order by occurred_at, event_id)),
visits as (
  select leaf, visit_no,
         min(occurred_at) as began,
         any_value(person_id) as person_id,
         any_value(account_id) as account_id,
         count(*) filter (where is_view) as views,
         coalesce(sum(engaged_seconds), 0) as engaged_seconds,
         arg_min_null(path, view_no) filter (where is_view) as entry_path
  from numbered
  group by leaf, visit_no
  having count(*) filter (where is_view) > 0),
beats as (
  select page_view_id, sum(round(engaged_seconds * 1000)::bigint) as milliseconds
  from observed
  where page_view_id <> '' and engaged_seconds between 0 and 86400
  group by page_view_id),
viewed as (
  select n.leaf, n.visit_no, coalesce(nullif(n.path, ''), '(unknown)') as path, b.milliseconds,
         lag(n.event_id) over own_views is null as is_entry,
         lead(n.event_id) over own_views is null as is_exit
  from numbered n
  left join beats b on b.page_view_id = n.page_view_id
  where n.is_view
  window own_views as (partition by n.leaf, n.visit_no order by n.occurred_at, n.event_id)),
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
