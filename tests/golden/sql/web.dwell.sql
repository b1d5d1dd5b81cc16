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
beats as (
  select page_view_id, sum(engaged_seconds) as seconds
  from observed
  where page_view_id <> '' and engaged_seconds is not null
  group by page_view_id),
viewed as (
  select n.path, b.seconds as beat_seconds,
         case when n.next_at - n.occurred_at <= interval 30 minute
              then epoch(n.next_at - n.occurred_at) end as gap_seconds
  from numbered n
  left join beats b on b.page_view_id = n.page_view_id
  where n.is_view)
select coalesce(nullif(path, ''), '(unknown)') as path,
       case when beat_seconds is not null then 'beats'
            when gap_seconds is not null then 'gap'
            else 'none' end as measured_by,
       round(coalesce(beat_seconds, gap_seconds), 2) as seconds,
       count(*) as views
from viewed
group by all
order by all
