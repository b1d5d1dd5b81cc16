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
steps as (
  select n.person_id, n.leaf, n.visit_no, n.occurred_at, n.event_id, coalesce(nullif(path, ''), '(unknown)') as step
  from numbered n
  join visits v on v.leaf = n.leaf and v.visit_no = n.visit_no
  where is_view),
changed as (
  select *, lag(step) over (partition by leaf, visit_no order by occurred_at, event_id) as previous
  from steps),
walked as (
  select person_id, step,
         lag(step, 1) over own_steps as step_1,
         lag(step, 2) over own_steps as step_2,
         lag(step, 3) over own_steps as step_3
  from changed where previous is null or previous <> step
  window own_steps as (partition by leaf, visit_no order by occurred_at, event_id)),
asked as (
  select person_id, step, [case when step is null then '' else coalesce(step_1, '(entry)') end, case when step_1 is null then '' else coalesce(step_2, '(entry)') end, case when step_2 is null then '' else coalesce(step_3, '(entry)') end] as steps
  from walked where $at = '' or step = $at)
select step, steps, count(*) as transitions, count(distinct person_id) as people
from asked
group by step, steps
order by transitions desc, step, steps
