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
         
         arg_min({'source': source, 'referrer_host': referrer_host}, {'at': occurred_at, 'position': position, 'idx': idx}) filter (where is_view) as entry
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
         , v.entry.source as entry_source, v.entry.referrer_host as entry_referrer_host
  from leaf_visits v
  left join leaves l on l.leaf = v.leaf),
cut as (
  select coalesce(nullif(entry_source, ''), nullif(entry_referrer_host, ''), '(direct)') as cut, person_id, views, (views >= 2 or engaged_seconds >= 10) as is_engaged, false as closed, false as has_goal
  from visits),
bots as (
  select count(*) as events from leaf_events
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz and bot)
select coalesce(cut, '') as cut, grouping(cut) = 1 as is_total,
       count(distinct person_id) as visitors,
       count(*) as visits,
       sum(views) as views,
       count(*) filter (where views = 1) as single_view_visits,
       count(*) filter (where is_engaged) as engaged_visits,
       count(*) filter (where closed) as closed_visits,
       count(*) filter (where closed and has_goal) as goal_visits,
       count(*) filter (where has_goal) as goal_visits_so_far,
       case when grouping(cut) = 1 then (select events from bots) else 0 end as bot_events
from cut
group by grouping sets ((cut), ())
order by is_total, cut
