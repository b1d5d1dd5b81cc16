with asked as (
  select * from slots
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and ($arm = 'all' or arm = $arm)),
told as (select changes from asked where best is not null and slot = 0),
factors as (select unnest(['P', 'V', 'C', 'L']) as factor)
select factor,
       (select count(*) from told) as decisions,
       (select count(*) from told where contains(changes, factor)) as changed
from factors where exists (select 1 from told) order by factor
