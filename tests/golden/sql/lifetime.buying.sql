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
held as (
  select any_value(end_tick) - case when $holdout_weeks::integer > 0
              then ceil($holdout_weeks::integer * 7)::bigint
              else least(182, (any_value(end_tick) - min(tick)) // 3) end as cut_tick
  from days, bounds where is_order),
customers as (
  select customer, any_value(end_tick) as end_tick, any_value(cut_tick) as cut_tick,
         min(tick) filter (where is_order) as first, max(tick) filter (where is_order) as last,
         max(tick, 3) filter (where is_order) as latest,
         count(*) filter (where is_order) as order_days,
         count(*) filter (where is_order and tick >= cut_tick) as later,
         count(*) filter (where tick < cut_tick) as days_before,
         min(tick) filter (where tick < cut_tick) as first_before,
         max(tick) filter (where tick < cut_tick) as last_before,
         ((sum(value) filter (where is_order)
           - coalesce(arg_min(value, tick) filter (where is_order), 0))
           / nullif(count(*) filter (where is_order) - 1, 0))::decimal(18, 4) as repeat_value,
         coalesce(sum(value) filter (where is_order and tick >= end_tick - 365), 0)
           as year_value
  from days, bounds, held
  where is_order or (tick < cut_tick and undone_tick >= cut_tick)
  group by customer
  having min(tick) >= any_value(start_tick)),
shaped as (
  select *, order_days - 1 as repeats, end_tick - 1 - first as age,
         case when order_days > 2
              then ((latest[1] - latest[2]) / (latest[1] - latest[3]))::decimal(18, 9)
         end as gap_share,
         case when repeat_value > 0 then ln(repeat_value)::decimal(18, 9) end as log_value
  from customers
  where order_days > 0),
loose as (
  select count(*) filter (where is_sale) as all_orders,
         count(*) filter (where is_sale and customer is null) as loose_orders,
         count(*) filter (where has_no_rate) as without_rate,
         sum(amount) filter (where tick >= end_tick - 365) as year_revenue
  from priced, bounds where tick < end_tick)
select 'now' as part, repeats, last - first as last, age, count(*) as customers,
       count(gap_share) as gaps, sum(gap_share) as gap_shares,
       sum(gap_share * gap_share) as gap_squares
from shaped group by all
union all by name
select 'before' as part, days_before - 1 as repeats, last_before - first_before as last,
       cut_tick - 1 - first_before as age, later, count(*) as customers
from customers where days_before > 0 group by all
union all by name
select 'month' as part, strftime(date '1970-01-01' + tick::integer, '%Y-%m') as month,
       count(*) as order_days
from days where is_order and $occasion = 'any' group by all
union all by name
select 'rest' as part, * from loose
order by all
