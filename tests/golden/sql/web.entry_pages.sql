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
           over (partition by leaf order by occurred_at, event_id) as visit_no
  from ordered),
visits as (
  select leaf, visit_no,
         min(occurred_at) as began,
         any_value(person_id) as person_id,
         count(*) filter (where is_view) as views,
         coalesce(sum(engaged_seconds), 0) as engaged_seconds,
         first({'path': path, 'source': source, 'medium': medium, 'channel': channel,
                'campaign': campaign, 'referrer_host': referrer_host, 'region': region,
                'device': device}
               order by occurred_at, event_id) filter (where is_view) as entry
  from numbered
  group by leaf, visit_no
  having count(*) filter (where is_view) > 0),
landed as (
  select *, coalesce(nullif(entry.path, ''), '(unknown)') as entry_path
  from visits),
reached as (
  select person_id, occurred_at from goals
  where goal = $goal and received_at <= $as_of::timestamptz),
followed as (
  select v.leaf, v.visit_no, v.entry_path, v.views, v.engaged_seconds,
         $goal <> '' and v.began + to_days($window_days::integer) <= $as_of::timestamptz as closed,
         count(r.person_id) > 0 as has_goal
  from landed v
  left join reached r
    on r.person_id = v.person_id and r.occurred_at >= v.began
   and r.occurred_at < v.began + to_days($window_days::integer)
  group by all)
select entry_path,
       count(*) as visits,
       count(*) filter (where views = 1) as single_view_visits,
       count(*) filter (where views >= 2 or engaged_seconds >= 10 or has_goal) as engaged_visits,
       count(*) filter (where closed) as closed_visits,
       count(*) filter (where closed and has_goal) as goal_visits,
       count(*) filter (where has_goal) as goal_visits_so_far
from followed
group by entry_path
order by visits desc, entry_path
