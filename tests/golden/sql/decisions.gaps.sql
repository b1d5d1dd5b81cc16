with asked as (
  select * from drops
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and ($arm = 'all' or arm = $arm)),
decided as (
  select distinct decision_id from slots
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and ($arm = 'all' or arm = $arm)),
gaps as (
  select distinct decision_id, channel, step as kind, reason as missing from asked
  where step = 'consent' or reason = 'zone_unknown')
select kind, missing, channel, count(*) as decisions,
       (select count(*) from decided) as of_decisions
from gaps group by all
union all
select 'none', '', '',
       (select count(*) from decided
        where decision_id not in (select decision_id from gaps)),
       (select count(*) from decided)
where exists (select 1 from decided)
order by decisions desc, kind, missing, channel
