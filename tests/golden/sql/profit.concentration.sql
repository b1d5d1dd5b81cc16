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
  select customer, day, kind, rule, currency, amount from placed_costs),
worths as (
  select customer, bool_or(kind = 'revenue') as has_bought,
         coalesce(sum(case when kind = 'revenue' then amount else -amount end), 0)::decimal(28, 4) as worth
  from portions
  where amount is not null and customer not like '(%'
  group by customer )
select '' as currency, worth, count(*) as customers
from worths where has_bought group by worth
union all
select currency, null, 0 from portions where amount is null and currency <> '' group by currency
order by currency, worth desc
