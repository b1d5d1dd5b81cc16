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
placed as (
  select person_id, leaf, began, coalesce(nullif(entry_country, ''), nullif(split_part(entry_region, '-', 1), ''), '(unknown)') as place
  from visits),
people as (
  select person_id, min(began) as first_at, count(*) as visits,
         coalesce(first(place order by began, leaf) filter (where place <> '(unknown)'),
                  '(unknown)') as region
  from placed group by person_id),
reached as (
  select person_id, occurred_at from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz),
winners as (
  select distinct p.person_id
  from people p
  join reached r on r.person_id = p.person_id and r.occurred_at >= p.first_at
   and r.occurred_at < p.first_at + to_days($window_days::integer))
select p.region,
       count(*) as people,
       sum(p.visits) as visits,
       count(*) filter (where p.first_at + to_days($window_days::integer) <= $as_of::timestamptz)
         as closed_people,
       count(w.person_id)
         filter (where p.first_at + to_days($window_days::integer) <= $as_of::timestamptz)
         as people_with_goal
from people p
left join winners w on w.person_id = p.person_id
group by p.region
order by people desc, region
