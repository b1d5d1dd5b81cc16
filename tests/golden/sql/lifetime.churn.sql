with told as (
  select coalesce(nullif(json_extract_string(properties, '$.subscription_id'), ''),
                  person_id) as subscription,
         json_extract_string(properties, '$.plan') as plan,
         name in ('Subscription Cancelled', 'Subscription Canceled', 'Subscription Ended') as is_end, occurred_at, event_id
  from events
  where type = 'track' and not bot and name in ('Subscription Started', 'Subscription Created', 'Trial Converted', 'Subscription Renewed', 'Invoice Paid', 'Subscription Cancelled', 'Subscription Canceled', 'Subscription Ended')
    and received_at <= $as_of::timestamptz
    and occurred_at < least($end::timestamptz, $as_of::timestamptz)),
lives as (
  select subscription, min(occurred_at) filter (where not is_end) as began_at,
         max(occurred_at) filter (where not is_end) as alive_at,
         max(occurred_at) filter (where is_end) as end_at,
         arg_min(plan, (occurred_at, event_id)) filter (where plan is not null) as plan
  from told where subscription is not null
  group by subscription),
lasting as (
  select *, coalesce(end_at >= alive_at, false) as has_ended,
         began_at is null as is_aside,
         timezone($zone, least($end::timestamptz, $as_of::timestamptz))::date as today,
         timezone($zone, began_at)::date as began_day,
         timezone($zone, case when end_at >= alive_at then end_at
                              else least($end::timestamptz, $as_of::timestamptz) end)::date
           as until_day
  from lives),
entries as (
  select coalesce(nullif(json_extract_string(properties, '$.subscription_id'), ''),
                  person_id) as subscription,
         amount, currency, timezone($zone, occurred_at)::date as day
  from ledger
  where kind = 'subscription' and occurred_at < least($end::timestamptz, $as_of::timestamptz)),
paid as (
  select subscription, sum(amount::decimal(28, 4) * rate) as paid,
         count(*) filter (where amount is not null and rate is null) as without_rate
  from (
  select *, 1::decimal(18, 8) as rate from entries where currency in ('', $currency)
  union all
  select e.*, case when r.rate_day >= e.day - 4 then r.rate end::decimal(18, 8)
  from (select * from entries where currency not in ('', $currency)) e
  asof left join (select day as rate_day, currency as rate_currency, rate from rates
                  where base = $currency) r
    on r.rate_currency = e.currency and e.day >= r.rate_day) group by subscription)
select '(all)' as cut, strftime(began_day, '%Y-%m') as month,
       datesub('month', began_day, until_day) as lasted_months,
       datesub('month', began_day, today) as age_months,
       has_ended, is_aside, count(*) as subscriptions, sum(coalesce(paid, 0)) as paid,
       sum(coalesce(without_rate, 0)) as without_rate
from lasting l left join paid p on p.subscription = l.subscription
where is_aside or began_at >= $start::timestamptz
group by all
order by all
