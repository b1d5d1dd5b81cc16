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
  left join clickers c on c.path = v.path and c.link = l.link and c.person_id = v.person_id)
select placement, slot, cut,
       count(*) filter (where exposures > 0) as people,
       sum(exposures) as exposures, sum(clicks) as clicks,
       sum(exposures * exposures) as exposures_squares,
       sum(clicks * clicks) as clicks_squares,
       sum(exposures * clicks) as products,
       count(*) filter (where clicks > 0) as people_with_click,
       sum(scanned) as scanned, sum(unseen) as unseen
from people
group by placement, slot, cut
order by placement, slot, exposures desc, cut
