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
visits as (
  select count(*) filter (where is_view) as views,
         case when count(*) > 1
              then epoch_ms(max(occurred_at)) - epoch_ms(min(occurred_at)) end as milliseconds
  from numbered
  group by leaf, visit_no
  having count(*) filter (where is_view) > 0),
timed as (
  select views, milliseconds, count(milliseconds) over () as all_measured from visits)
select views as depth, case when all_measured < 1000000 or milliseconds < 1000
            then round(milliseconds / 1000, 2)
            else round(milliseconds / 1000, (2 - floor(log10(milliseconds / 1000)))::integer)
       end as seconds, count(*) as visits,
       sum(milliseconds)::double as total_ms
from timed
group by all
order by all
