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
         arg_min_null(country, view_no) filter (where is_view) as entry_country,
         arg_min_null(region, view_no) filter (where is_view) as entry_region
  from numbered
  group by leaf, visit_no
  having count(*) filter (where is_view) > 0),
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
