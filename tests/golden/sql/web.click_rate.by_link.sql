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
views as (
  select leaf, view_no, any_value(person_id) as person_id,
         any_value(page_view_id) filter (where is_view) as page_view_id,
         any_value(path) filter (where is_view) as path
  from numbered where view_no > 0
  group by leaf, view_no),
pressed as (
  select distinct leaf, view_no,
         coalesce(nullif(properties ->> '$.name', ''), nullif(properties ->> '$.url', ''),
                  nullif(properties ->> '$.text', ''), '(unknown)') as link
  from numbered
  where name = 'Link Clicked' and view_no > 0),
clicked as (
  select p.leaf, p.view_no, v.path, p.link
  from pressed p join views v on v.leaf = p.leaf and v.view_no = p.view_no),
viewers as (
  select path, person_id, count(*) as exposures from views group by path, person_id),
clickers as (
  select v.path, c.link, v.person_id, count(*) as clicks
  from clicked c join views v on v.leaf = c.leaf and v.view_no = c.view_no
  group by v.path, c.link, v.person_id),
people as (
  select v.path as placement, 0 as slot, l.link as cut, v.person_id, v.exposures,
         coalesce(c.clicks, 0) as clicks, 0 as scanned, 0 as unseen
  from (select distinct path, link from clicked) l
  join viewers v on v.path = l.path
  left join clickers c on c.path = v.path and c.link = l.link and c.person_id = v.person_id),
in_place as (
  select placement, slot, person_id, sum(exposures)::bigint as exposures,
         sum(clicks)::bigint as clicks, sum(scanned)::bigint as scanned,
         sum(unseen)::bigint as unseen
  from people group by placement, slot, person_id),
both_of as (
  select p.placement, p.slot, p.cut, false as is_total, p.exposures, p.clicks, p.scanned, p.unseen,
         w.exposures as place_exposures, w.clicks as place_clicks
  from people p
  join in_place w
    on w.placement = p.placement and w.slot = p.slot and w.person_id = p.person_id
  union all
  select placement, slot, '', true, exposures, clicks, scanned, unseen, 0, 0 from in_place)
select placement, slot, cut, is_total,
       count(*) filter (where exposures > 0) as people,
       sum(exposures) as exposures, sum(clicks) as clicks,
       sum(exposures * exposures) as exposures_squares,
       sum(clicks * clicks) as clicks_squares,
       sum(exposures * clicks) as products,
       count(*) filter (where clicks > 0) as people_with_click,
       sum(scanned) as scanned, sum(unseen) as unseen,
       sum(clicks * place_clicks) as place_yy, sum(clicks * place_exposures) as place_yx,
       sum(exposures * place_clicks) as place_xy, sum(exposures * place_exposures) as place_xx
from both_of
group by placement, slot, cut, is_total
order by placement, slot, is_total, exposures desc, cut
