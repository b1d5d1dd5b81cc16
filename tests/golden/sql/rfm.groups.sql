with bounds as (
  select date_diff('day', date '1970-01-01', timezone($zone, $start::timestamptz)::date) as start_tick,
         date_diff('day', date '1970-01-01', timezone($zone, least($end::timestamptz, $as_of::timestamptz))::date) as end_tick),
entries as (
  select 
         case when user_id <> '' or leaf not like 'anonymous_id:%' or person_id in (
                select person_id from leaves where leaf not like 'anonymous_id:%')
              then person_id end as customer,
         kind in ('order', 'subscription', 'opportunity') as is_sale, timezone($zone, occurred_at)::date as day, currency,
         amount::decimal(28, 4) as amount,
         date_diff('day', date '1970-01-01', timezone($zone, coalesce(sold_at, occurred_at))::date) as tick,
         date_diff('day', date '1970-01-01', timezone($zone, occurred_at)::date) as booked_tick
  from ledger
  where occurred_at < least($end::timestamptz, $as_of::timestamptz)),
priced as (
  select * exclude (amount), amount * rate as amount,
         amount is not null and rate is null as has_no_rate
  from (
  select *, 1::decimal(18, 8) as rate from entries where currency in ('', $currency)
  union all
  select e.*, case when r.rate_day >= e.day - 4 then r.rate end::decimal(18, 8)
  from (select * from entries where currency not in ('', $currency)) e
  asof left join (select day as rate_day, currency as rate_currency, rate from rates
                  where base = $currency) r
    on r.rate_currency = e.currency and e.day >= r.rate_day)),
days as (
  select customer, tick,
         sum(amount) as value, count(*) filter (where is_sale) as orders,
         bool_or(is_sale) and not coalesce(
           sum(amount) <= 0 and sum(amount) filter (where is_sale) > 0, false) as is_order,
         max(booked_tick) filter (where not is_sale) as undone_tick
  from priced, bounds
  where customer is not null and tick < end_tick
  group by customer, tick),
customers as (
  select customer, any_value(end_tick) - max(tick) filter (where is_order) as recency,
         count(*) filter (where is_order) as frequency,
         coalesce(sum(value) filter (where tick >= end_tick - $value_days::integer), 0) as value,
         any_value(end_tick) - 30 - max(tick) filter (where is_order and tick < end_tick - 30) as recency_before,
         count(*) filter (where is_order and tick < end_tick - 30) as frequency_before
  from days, bounds
  group by customer
  having bool_or(is_order)),
shaped as (
  select *, case when value > 0 then (round(value / step) * step)::decimal(28, 4)
                 else 0 end as level
  from (select *, pow(10, floor(log10(greatest(value, 0.01))) - 2) as step from customers))
select 'customers' as part, recency, frequency, recency_before, frequency_before, level,
       count(*) as customers, sum(value) as value
from shaped group by all
union all by name
select 'value' as part, value as level, count(*) as customers from customers group by all
union all by name
select 'rest' as part, count(*) filter (where is_sale) as all_orders,
       count(*) filter (where is_sale and customer is null) as loose_orders,
       count(*) filter (where has_no_rate) as without_rate
from priced
order by all
