with asked as (
  select * from slots
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and ($arm = 'all' or arm = $arm))
select placement, arm,
       count(*) as slots,
       count(*) filter (where how = 'sampled' or (how = 'floor' and message <> best)) as explored,
       sum(best_utility) as utility_of_best,
       sum(mean_utility) as utility_of_policy,
       sum(best_utility - mean_utility) as cost
from asked where best is not null
group by placement, arm order by placement, arm
