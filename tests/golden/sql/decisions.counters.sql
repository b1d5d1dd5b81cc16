with asked as (
  select * from slots
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and ($arm = 'all' or arm = $arm)),
each as (
  select decision_id, any_value(arm) as arm, any_value(status) as status,
         any_value(case when reason in ('deadline', 'unlogged', 'reservation', 'shared_budget')
                        then reason
                        when reason = '' then '' else 'other' end) as reason
  from asked group by decision_id)
select status, reason, arm, count(*) as decisions
from each group by all order by decisions desc, status, reason, arm
