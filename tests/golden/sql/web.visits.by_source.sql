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
cut as (
  select coalesce(nullif(entry.source, ''), nullif(entry.referrer_host, ''), '(direct)') as cut, person_id, views
  from visits)
select coalesce(cut, '') as cut, grouping(cut) = 1 as is_total,
       count(distinct person_id) as visitors,
       count(*) as visits,
       sum(views) as views,
       count(*) filter (where views = 1) as single_view_visits
from cut
group by grouping sets ((cut), ())
order by is_total, cut
