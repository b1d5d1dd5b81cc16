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
beats as (
  select page_view_id, sum(round(engaged_seconds * 1000)::bigint) as milliseconds
  from observed
  where page_view_id <> '' and engaged_seconds between 0 and 86400
  group by page_view_id),
pulses as (
  select page_view_id,
         case when page_view_id = '' then leaf else '' end as leaf,
         case when page_view_id = '' then view_no else 0 end as view_no,
         count(distinct floor(epoch(occurred_at) / $beat_seconds)) as slots,
         max(occurred_at) as last_at
  from numbered
  where name = $beat_name and view_no > 0
  group by all),
clocked as (
  select n.source_id, n.path, n.occurred_at,
         b.milliseconds as beat_ms,
         coalesce(p.slots, q.slots) as slots,
         coalesce(p.last_at, q.last_at) as last_at,
         case when n.next_at - n.occurred_at <= interval 30 minute
              then epoch_ms(n.next_at) - epoch_ms(n.occurred_at) end as gap_ms
  from numbered n
  left join beats b on b.page_view_id = n.page_view_id
  left join pulses p on p.page_view_id = n.page_view_id and n.page_view_id <> ''
  left join pulses q on q.page_view_id = '' and q.leaf = n.leaf and q.view_no = n.view_no
  where n.is_view),
measured as (
  select coalesce(source_id, '') as source_id, coalesce(nullif(path, ''), '(unknown)') as path,
         case when beat_ms is not null then 'beats'
              when slots is not null then 'heartbeat'
              when gap_ms is not null then 'gap'
              else 'none' end as measured_by,
         case when beat_ms is not null then beat_ms
              when slots is not null
              then round(1000 * ($beat_seconds * (slots - 1) + $first_beat_seconds))::bigint
              else gap_ms end as milliseconds,
         case when beat_ms is null and slots is not null
              then greatest(0, epoch_ms(last_at) - epoch_ms(occurred_at)) end as absolute_ms
  from clocked),
timed as (
  select source_id, path, measured_by, milliseconds, absolute_ms,
         count(milliseconds) over () as all_measured
  from measured)
select source_id, path, measured_by,
       case when all_measured < 1000000 or milliseconds < 1000
            then round(milliseconds / 1000, 2)
            else round(milliseconds / 1000, (2 - floor(log10(milliseconds / 1000)))::integer)
       end as seconds,
       count(*) as views,
       sum(milliseconds)::double as total_ms,
       sum(milliseconds::hugeint * milliseconds)::double as squares_ms,
       sum(absolute_ms)::double as absolute_ms
from timed
group by all
order by all
