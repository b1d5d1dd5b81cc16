with asked as (
  select * from slots
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and ($arm = 'all' or arm = $arm)),
each as (
  select decision_id, any_value(channel) as channel,
         bool_or(message not in ('', '(held out)')) as any_message
  from asked group by decision_id)
select channel, count(*) as decisions,
       count(*) filter (where any_message) as with_message
from each group by channel order by decisions desc, channel
