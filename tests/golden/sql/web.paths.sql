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
steps as (
  select v.person_id, n.leaf, n.visit_no, n.occurred_at, n.position, n.idx, coalesce(nullif(path, ''), '(unknown)') as step
  from numbered n
  join visits v on v.leaf = n.leaf and v.visit_no = n.visit_no
  where is_view),
changed as (
  select *, lag(step) over own_steps as previous
  from steps
  window own_steps as (partition by leaf, visit_no order by occurred_at, position, idx)),
walked as (
  select person_id, step,
         lead(step, 1) over own_steps as step_1
  from changed where previous is null or previous <> step
  window own_steps as (partition by leaf, visit_no order by occurred_at, position, idx)),
asked as (
  select person_id, step, [case when step is null then '' else coalesce(step_1, '(exit)') end] as steps
  from walked where $at = '' or step = $at)
select step, steps, count(*) as transitions, count(distinct person_id) as people
from asked
group by step, steps
order by transitions desc, step, steps
