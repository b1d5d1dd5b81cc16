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
beats as (
  select page_view_id, sum(round(engaged_seconds * 1000)::bigint) as milliseconds
  from observed
  where page_view_id <> '' and engaged_seconds between 0 and 86400
  group by page_view_id),
beating as (
  select leaf, position, idx, occurred_at, page_view_id, name, is_view,
         sum(case when is_view then 1 else 0 end)
           over (partition by leaf order by occurred_at, position, idx) as view_no
  from observed
  where leaf in (select leaf from observed where name = $beat_name)),
pulses as (
  select page_view_id,
         case when page_view_id = '' then leaf else '' end as leaf,
         case when page_view_id = '' then view_no else 0 end as view_no,
         count(distinct floor(epoch(occurred_at) / $beat_seconds)) as slots,
         max(occurred_at) as last_at
  from beating
  where name = $beat_name and view_no > 0
  group by all),
unnamed_pulses as (
  select b.position, b.idx, p.slots, p.last_at
  from beating b
  join pulses p on p.page_view_id = '' and p.leaf = b.leaf and p.view_no = b.view_no
  where b.is_view),
followed as (
  select source_id, path, page_view_id, position, idx, is_view, occurred_at,
         lead(occurred_at) over own_events as next_at
  from observed
  window own_events as (partition by leaf_number order by occurred_at, position, idx)),
clocked as (
  select f.source_id, f.path, f.occurred_at,
         b.milliseconds as beat_ms,
         coalesce(p.slots, q.slots) as slots,
         coalesce(p.last_at, q.last_at) as last_at,
         case when f.next_at - f.occurred_at <= interval 30 minute
              then epoch_ms(f.next_at) - epoch_ms(f.occurred_at) end as gap_ms
  from followed f
  left join beats b on b.page_view_id = f.page_view_id
  left join pulses p on p.page_view_id = f.page_view_id and f.page_view_id <> ''
  left join unnamed_pulses q on q.position = f.position and q.idx = f.idx
  where f.is_view),
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
