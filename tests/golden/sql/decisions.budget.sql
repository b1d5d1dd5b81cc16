with asked as (
  select * from slots
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and ($arm = 'all' or arm = $arm)),
limited as (
  select distinct decision_id from drops
  where step = 'contact' and received_at <= $as_of::timestamptz),
each as (
  select decision_id, coalesce(account_id, '') as account,
         count(*) filter (where message not in ('', '(held out)')) as contacts,
         any_value(status) as status, max(deferrals) as deferrals, max(overrides) as overrides
  from asked group by decision_id, account)
select account,
       count(*) as decisions,
       sum(contacts) as contacts,
       count(*) filter (where decision_id in (select decision_id from limited)) as limited,
       count(*) filter (where status = 'deferred') as deferred,
       count(*) filter (where status = 'expired') as expired,
       count(*) filter (where deferrals > 0 and status = 'decided') as sent_after_deferral,
       count(*) filter (where overrides > 0) as overridden
from each group by account order by decisions desc, account
