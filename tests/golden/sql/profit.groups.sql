with bounds as (
  select date_diff('day', date '1970-01-01', timezone($zone, $start::timestamptz)::date) as start_tick,
         date_diff('day', date '1970-01-01', timezone($zone, least($end::timestamptz, $as_of::timestamptz))::date) as end_tick),
entries as (
  select nullif(account_id, '') as customer,
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
  from priced, bounds where tick < end_tick),
goods_booked as (
  select day, currency, amount, date_diff('day', date '1970-01-01', day) as tick
  from costs where kind = 'goods'),
goods as (
  select sum(amount::decimal(28, 4) * rate) as goods_cost,
         count(*) filter (where rate is null) as goods_without_rate
  from (
  select *, 1::decimal(18, 8) as rate from goods_booked where currency in ('', $currency)
  union all
  select e.*, case when r.rate_day >= e.day - 4 then r.rate end::decimal(18, 8)
  from (select * from goods_booked where currency not in ('', $currency)) e
  asof left join (select day as rate_day, currency as rate_currency, rate from rates
                  where base = $currency) r
    on r.rate_currency = e.currency and e.day >= r.rate_day), bounds
  where tick >= end_tick - 365 and tick < end_tick),
ends as (
  select timezone($zone, least($end::timestamptz, $as_of::timestamptz))::date as end_day),
margins as (
  with booked as (
  select *, coalesce(sold_at, occurred_at) as decided_at,
         timezone($zone, occurred_at)::date as day,
         case when $refunds_on = 'order' then coalesce(sold_at, occurred_at)
              else occurred_at end as booked_at
  from ledger
  where booked_at >= $start::timestamptz and booked_at < $end::timestamptz),
priced as (
  select *, 1::decimal(18, 8) as rate from booked where currency in ('', $currency)
  union all
  select e.*, case when r.rate_day >= e.day - 4 then r.rate end::decimal(18, 8)
  from (select * from booked where currency not in ('', $currency)) e
  asof left join (select day as rate_day, currency as rate_currency, rate from rates
                  where base = $currency) r
    on r.rate_currency = e.currency and e.day >= r.rate_day),
held as (
  select coalesce(nullif(account_id, ''), '(unassigned)') as customer, timezone($zone, booked_at)::date as day,
         kind in ('order', 'subscription', 'opportunity') as is_sale, currency, amount,
         amount::decimal(28, 4) * rate as value
  from priced
  where amount is not null),
wanted as (
  select distinct driver from (
    select coalesce(nullif(driver, ''), case when kind = 'media' then 'exposure' else '' end)
             as driver
    from costs where person_id = '' and order_id = '' and coalesce(account_id, '') = ''
    union all select driver from unit_costs)
  where driver <> ''),
contacted as (
  select coalesce(nullif(account_id, ''), '(unassigned)') as customer, timezone($zone, occurred_at)::date as day, channel, message,
         coalesce(json_extract_string(attributes, '$.campaign'), '') as campaign,
         coalesce(cost, 0) as declared
  from choices
  where message <> '' and not ghost and not fallback and received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz),
done as (
  select 'order' as driver, '' as channel, '' as campaign, '' as message, customer, day
  from held where is_sale
  union all
  select 'contact', channel, campaign, message, customer, day from contacted
  union all
  select 'exposure', coalesce(channel, ''), '', message, coalesce(nullif(account_id, ''), '(unassigned)'),
         timezone($zone, occurred_at)::date
  from exposures where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
  union all
  select 'exposure', coalesce(channel, ''), coalesce(campaign, ''), '', coalesce(nullif(account_id, ''), '(unassigned)'),
         timezone($zone, occurred_at)::date
  from events
  where type = 'page' and not bot and concat(channel, campaign) <> '' and received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and 'exposure' in (select driver from wanted)
  union all
  select name, '', '', '', coalesce(nullif(account_id, ''), '(unassigned)'), timezone($zone, occurred_at)::date
  from events
  where type = 'track' and not bot and received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and name in (select driver from wanted)),
driven as (
  select driver, channel, campaign, message, customer, day, count(*) as n
  from done
  where driver in (select driver from wanted)
  group by all),
paid as (
  select c.kind, c.day, c.currency, coalesce(c.channel, '') as channel,
         coalesce(c.campaign, '') as campaign, coalesce(c.message, '') as message,
         coalesce(c.account_id, '') as account_id, c.person_id, c.order_id, c.driver,
         c.amount::decimal(28, 4) * case when c.currency = $currency then 1
              when r.day >= c.day - 4 then r.rate end::decimal(18, 8) as amount
  from (select * from costs
        where timezone($zone, day::timestamp) >= $start::timestamptz
          and timezone($zone, day::timestamp) < $end::timestamptz) c
  asof left join (select day, currency, rate from rates where base = $currency) r
    on r.currency = c.currency and c.day >= r.day),
ordered_by as (
  select order_id, any_value(account_id) as account_id, any_value(person_id) as person_id
  from ledger
  where entry_id = sale_id and order_id in (select order_id from paid where order_id <> '')
  group by order_id),
referenced as (
  select case when c.order_id = '' then case when c.account_id <> '' then coalesce(a.account_id, c.account_id)
              when m.valid_to is null or c.day < m.valid_to
                then coalesce(m.account_id, '(unallocated)')
              else '(unallocated)' end
              else coalesce(nullif(o.account_id, ''),
                            case when o.order_id is null then '(unallocated)'
                                 else '(unassigned)' end) end as customer,
         c.day, c.kind,
         case when c.order_id <> '' then 'direct order'
              when c.person_id <> '' then 'direct person' else 'direct account' end as rule,
         c.currency, c.amount
  from (select * from paid where concat(order_id, person_id, account_id) <> '') c
  left join ordered_by o on o.order_id = c.order_id and c.order_id <> ''
  left join accounts a on a.group_id = c.account_id
  left join leaves l on l.leaf = 'user_id:' || c.person_id
  asof left join memberships_by_start m
    on m.person_id = coalesce(l.person_id, c.person_id) and c.day >= m.valid_from),
prices as (
  select d.driver, d.channel, d.message, d.day, u.kind, u.currency, u.amount
  from (select distinct driver, channel, message, day from driven) d
  join unit_costs u
    on u.driver = d.driver and u.channel in ('', d.channel) and u.message in ('', d.message)
   and u.day <= d.day
  qualify row_number() over (partition by d.driver, d.channel, d.message, d.day, u.kind
                             order by u.message = '', u.channel = '', u.day desc,
                                      u.received_at desc, u.amount desc) = 1),
counted_costs as (
  select d.customer, d.day, p.kind, 'each ' || d.driver as rule, p.currency, p.amount * d.n as cost
  from driven d
  join prices p
    on p.driver = d.driver and p.channel = d.channel and p.message = d.message and p.day = d.day
  union all
  select c.customer, c.day, 'media', 'each contact as declared', $currency,
         sum(c.declared)::decimal(28, 4)
  from contacted c
  where c.declared > 0
    and not exists (select 1 from prices p
                    where p.driver = 'contact' and p.channel = c.channel
                      and p.message = c.message and p.day = c.day and p.kind = 'media')
  group by c.customer, c.day),
by_unit as (
  select c.customer, c.day, c.kind, c.rule, c.currency,
         c.cost::decimal(28, 4) * case when c.currency = $currency then 1
              when r.day >= c.day - 4 then r.rate end::decimal(18, 8) as amount
  from counted_costs c
  asof left join (select day, currency, rate from rates where base = $currency) r
    on r.currency = c.currency and c.day >= r.day),
pooled as (
  select row_number() over (order by kind, month, driver, channel, campaign, message, currency)
           as pool, *
  from (select kind, date_trunc('month', day)::date as month, channel, campaign, message,
               coalesce(nullif(driver, ''), case when kind = 'media' then 'exposure' else '' end)
                 as driver, currency, min(day) as day, sum(amount) as amount
        from paid
        where concat(order_id, person_id, account_id) = ''
        group by all)),
driven_by_month as (
  select driver, channel, campaign, message, customer, date_trunc('month', day)::date as month,
         sum(n) as n
  from driven group by all),
present as (
  select distinct customer, date_trunc('month', day)::date as month
  from held where customer not like '(%'),
by_driver as (
  select p.pool, d.customer, sum(d.n) as n
  from pooled p
  join driven_by_month d
    on d.driver = p.driver and d.month = p.month
   and (p.driver not in ('contact', 'exposure')
        or (p.message in ('', d.message) and p.channel in ('', d.channel)
            and p.campaign in ('', d.campaign)))
  where p.driver <> ''
  group by p.pool, d.customer),
matched as (
  select pool, customer, n, 'shared by driver' as how from by_driver
  union all
  select p.pool, c.customer, 1, 'equal share'
  from pooled p join present c on c.month = p.month
  where p.kind not in ('goods', 'fixed') and p.pool not in (select pool from by_driver)),
shared as (
  select m.pool, m.customer, p.day, p.kind,
         case when m.how = 'equal share' then m.how else 'shared by ' || p.driver end as rule,
         p.currency, (p.amount::double * m.n / t.n)::decimal(38, 12) as amount
  from matched m
  join pooled p on p.pool = m.pool
  join (select pool, sum(n) as n from matched group by pool) t on t.pool = m.pool),
rest as (
  select coalesce(s.customer, '(unallocated)') as customer, p.day, p.kind,
         coalesce(s.rule, 'none') as rule, p.currency, p.amount - coalesce(s.amount, 0) as amount
  from pooled p
  left join (select pool, min(customer) as customer, any_value(rule) as rule,
                    sum(amount) as amount
             from shared group by pool) s on s.pool = p.pool),
placed_costs as (
  select customer, day, kind, rule, currency, amount from referenced
  union all
  select customer, day, kind, rule, currency, amount from by_unit
  union all
  select customer, day, kind, rule, currency, amount from shared
  union all
  select customer, day, kind, rule, currency, amount from rest
  where amount is null or amount <> 0),
portions as (
  select customer, day, 'revenue' as kind,
         case when is_sale then 'sold' else 'returned' end as rule, currency, value as amount
  from held
  union all
  select customer, day, kind, rule, currency, amount from placed_costs)
  select customer,
         coalesce(sum(case when kind = 'revenue' then amount else -amount end) filter (where day >= end_day - 365), 0)
           ::decimal(18, 4) as margin,
         coalesce(sum(case when kind = 'revenue' then amount else -amount end) filter (where day < end_day - 365
                                      and day >= end_day - 730), 0)
           ::decimal(18, 4) as margin_before,
         coalesce(sum(amount) filter (where day >= end_day - 365
                                        and kind in ('service', 'fee', 'shipping', 'media')), 0)::decimal(18, 4) as served,
         coalesce(sum(amount) filter (where kind = 'goods'), 0)::decimal(18, 4) as goods,
         max(currency) filter (where amount is null) as lacking_rate
  from portions, ends
  where day < end_day
  group by customer),
traits_of as (
  select coalesce(nullif(account_id, ''), '(unassigned)') as customer, arg_max(json_extract_string(traits, '$."' || $segment || '"'), (occurred_at, event_id)) filter (where json_extract_string(traits, '$."' || $segment || '"') <> '') as segment,
         arg_max(json_extract_string(traits, '$."' || $size || '"'), (occurred_at, event_id)) filter (where json_extract_string(traits, '$."' || $size || '"') <> '') as size
  from events
  where type = 'group' and received_at <= $as_of::timestamptz
    and occurred_at < $end::timestamptz
  group by 1),
arms_of as (
  select customer, min(arm) as arm
  from (select distinct coalesce(account_id, unit_id) as customer, arm
        from decisions, ends
        where unit_kind = 'account' and not fallback and received_at <= $as_of::timestamptz
          and occurred_at < $end::timestamptz
          and timezone($zone, occurred_at)::date >= end_day - 365)
  group by customer
  having count(*) = 1 and min(arm) in ('main', 'nothing'))
select 'customers' as part, repeats, last - first as last, age,
       coalesce(t.segment, '') as segment,
       case when try_cast(t.size as double) >= 1
            then '1e' || floor(log10(try_cast(t.size as double)))::integer
            else coalesce(t.size, '') end as size,
       coalesce(a.arm, '') as arm,
       coalesce(m.margin, 0) as margin_each, coalesce(m.margin_before, 0) as before_each,
       coalesce(m.served, 0) as served_each, count(*) as customers,
       floor(log_value * 200)::integer as worth,
       count(repeat_value) as valued, sum(repeat_value) as repeat_value,
       sum(log_value) as log_value, sum(year_value) as year_value
from shaped s
left join margins m on m.customer = s.customer
left join traits_of t on t.customer = s.customer
left join arms_of a on a.customer = s.customer
group by all
union all by name
select 'aside' as part, coalesce(m.lacking_rate, '') as lacking_rate,
       sum(m.margin) filter (where s.customer is null) as margin_each, sum(m.goods) as goods
from margins m left join shaped s on s.customer = m.customer
group by all
union all by name
select 'now' as part, repeats, last - first as last, age, count(*) as customers,
       count(gap_share) as gaps, sum(gap_share) as gap_shares,
       sum(gap_share * gap_share) as gap_squares,
       floor(log_value * 200)::integer as worth,
       count(repeat_value) as valued, sum(repeat_value) as repeat_value,
       sum(log_value) as log_value, sum(year_value) as year_value
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
select 'rest' as part, * from loose, goods
order by all
