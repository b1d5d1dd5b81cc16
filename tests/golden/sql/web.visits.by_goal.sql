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
         
         arg_min({'country': country, 'region': region}, {'at': occurred_at, 'position': position, 'idx': idx}) filter (where is_view) as entry
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
         , v.entry.country as entry_country, v.entry.region as entry_region
  from leaf_visits v
  left join leaves l on l.leaf = v.leaf),
reached as (
  select person_id, occurred_at, case when declared then value else 0 end as value
  from goals
  where $goal <> '' and goal = $goal and received_at <= $as_of::timestamptz),
wins as (
  select v.leaf, v.visit_no, count(*) as goals
  from visits v
  join reached r on r.person_id = v.person_id and r.occurred_at >= v.began
   and r.occurred_at < v.began + to_days($window_days::integer)
  group by v.leaf, v.visit_no),
beginnings as (
  select person_id, began, min(leaf) as leaf, arg_min(visit_no, leaf) as visit_no
  from visits group by person_id, began),
earned as (
  select b.leaf, b.visit_no, sum(try_cast(r.value as decimal(24, 6)))::double as value
  from reached r
  asof join beginnings b on b.person_id = r.person_id and r.occurred_at >= b.began
  where r.occurred_at < b.began + to_days($window_days::integer)
  group by b.leaf, b.visit_no),
followed as (
  select v.*,
         $goal <> '' and v.began + to_days($window_days::integer) <= $as_of::timestamptz as closed,
         w.goals is not null as has_goal,
         coalesce(e.value, 0) as value
  from visits v
  left join wins w on w.leaf = v.leaf and w.visit_no = v.visit_no
  left join earned e on e.leaf = v.leaf and e.visit_no = v.visit_no),
cut as (
  select coalesce(nullif(entry_country, ''), nullif(split_part(entry_region, '-', 1), ''), '(unknown)') as cut, person_id, views, (views >= 2 or engaged_seconds >= 10) as is_engaged, closed, has_goal
  from followed),
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
