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
         arg_min_null(source, view_no) filter (where is_view) as entry_source,
         arg_min_null(referrer_host, view_no) filter (where is_view) as entry_referrer_host
  from numbered
  group by leaf, visit_no
  having count(*) filter (where is_view) > 0),
cut as (
  select coalesce(nullif(entry_source, ''), nullif(entry_referrer_host, ''), '(direct)') as cut, person_id, views, (views >= 2 or engaged_seconds >= 10) as is_engaged, false as closed, false as has_goal
  from visits),
bots as (
  select count(*) as events from events
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
