with own as (
  select person_id, occurred_at, name, type, file_name
  from events
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz and not bot),
started as (
  select *, occurred_at - lag(occurred_at) over (
              partition by person_id, file_name order by occurred_at) as pause
  from own where name = 'File Downloaded' and file_name <> ''),
taken as (
  select distinct person_id, file_name, timezone($zone, occurred_at)::date as day
  from started where pause is null or pause > interval 30 minute)
select file_name, false as is_total, count(*) as downloads, count(distinct person_id) as people,
       0 as takers
from taken group by file_name
union all
select '', true, (select count(*) from taken),
       count(distinct person_id), (select count(distinct person_id) from taken)
from own where type in ('page', 'screen') or name = 'File Downloaded'
order by is_total, downloads desc, file_name
