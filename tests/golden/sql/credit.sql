with observed as (
  select *, type in ('page', 'screen') as is_view
  from leaf_events
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz - to_days($window_days::integer) and occurred_at < $end::timestamptz
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
         
         arg_min({'channel': channel}, {'at': occurred_at, 'position': position, 'idx': idx}) filter (where is_view) as entry
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
         , v.entry.channel as entry_channel
  from leaf_visits v
  left join leaves l on l.leaf = v.leaf),
contacts as (
  select person_id as unit_id, began as occurred_at, coalesce(nullif(entry_channel, ''), '(unknown)') as contact,
         coalesce(entry_channel, '') in ('', 'direct') as is_direct
  from visits
  union all
  select person_id, occurred_at, coalesce(nullif(channel, ''), '(unknown)'), false
  from exposures
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz - to_days($window_days::integer) and occurred_at < $end::timestamptz),
reached as (
  select person_id as unit_id, occurred_at as goal_at,
         count(*) as goals, coalesce(sum(value), 0) as value
  from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz - to_days($window_days::integer) and occurred_at < $end::timestamptz + to_days($window_days::integer)
  group by all),
walked as (
  select c.*, r.goal_at,
         coalesce(r.goal_at, max(c.occurred_at) over (partition by c.unit_id, r.goal_at)) as ends_at
  from contacts c
  asof left join reached r on r.unit_id = c.unit_id and c.occurred_at <= r.goal_at
  where c.unit_id <> ''),
timely as (
  select *, bool_and(is_direct) over (partition by unit_id, goal_at) as only_direct
  from walked
  where occurred_at >= ends_at - to_days($window_days::integer)
    and ends_at >= $start::timestamptz and ends_at < $end::timestamptz
    and (goal_at is not null or ends_at + to_days($window_days::integer) <= $as_of::timestamptz)),
steps as (
  select *,
         row_number() over (partition by unit_id, goal_at order by occurred_at, contact) as step,
         pow(0.5, date_diff('second', occurred_at, max(occurred_at) over walk)
                  / 86400.0 / $half_life_days) as weight
  from timely
  where only_direct or not is_direct or $direct = 'count'
  window walk as (partition by unit_id, goal_at)),
paths as (
  select unit_id, goal_at, list(contact order by step) as contacts,
         list(weight order by step) as weights, list_sum(list(weight order by step)) as weight
  from steps
  group by unit_id, goal_at),
valued as (
  select p.unit_id, p.contacts, p.goal_at is null as is_null, coalesce(r.goals, 0) as goals,
         coalesce(r.value, 0) as value,
         list_transform(p.weights, lambda one: one / p.weight * coalesce(r.goals, 0)) as decayed
  from paths p
  left join reached r on r.unit_id = p.unit_id and r.goal_at = p.goal_at),
walkers as (
  select unit_id, count(*) > 1 or max(goals) > 1 as often from valued group by unit_id),
told as (
  select v.contacts, case when w.often then md5(v.unit_id) else '' end as walker,
         v.is_null, v.goals, v.value, v.decayed
  from valued v
  join walkers w on w.unit_id = v.unit_id),
decay_steps as (
  select contacts, walker, step, sum(decayed[step]::decimal(38, 12))::double as decayed
  from (select contacts, walker, decayed, unnest(range(1, len(contacts) + 1)) as step from told)
  group by contacts, walker, step),
decay as (
  select contacts, walker, list(decayed order by step) as decayed
  from decay_steps group by contacts, walker),
without as (
  select coalesce(sum(r.goals), 0) as goals, coalesce(sum(r.value), 0) as value
  from reached r
  where r.goal_at >= $start::timestamptz and r.goal_at < $end::timestamptz
    and not exists (select 1 from paths p where p.unit_id = r.unit_id and p.goal_at = r.goal_at))
select t.contacts, t.walker, sum(t.goals)::bigint as goals, sum(t.value)::double as value,
       count(*) filter (where t.is_null) as nulls,
       count(*) filter (where not t.is_null) as paths, any_value(d.decayed) as decayed
from told t
join decay d on d.contacts = t.contacts and d.walker = t.walker
group by t.contacts, t.walker
union all
select []::varchar[], '', goals::bigint, value::double, 0, 0, []::double[]
from without where goals > 0
order by 1, 2
