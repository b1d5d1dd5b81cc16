with asked as (
  select * from slots
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and ($arm = 'all' or arm = $arm)),
bar as (select quantile_cont(best_utility, 0.05) as weak_below from asked where message <> ''),
people as (
  select person_id, placement,
         count(*) as decisions,
         bool_or(message not in ('', '(held out)')) as any_message,
         bool_or(message not in ('', '(held out)')
                 and (best_utility is null or best_utility >= weak_below)) as any_strong
  from asked, bar where slot = 0 group by person_id, placement)
select placement,
       count(*) as people,
       count(*) filter (where not any_message) as with_nothing,
       count(*) filter (where any_message and not any_strong) as with_weak_only,
       sum(decisions) as decisions
from people group by placement order by placement
