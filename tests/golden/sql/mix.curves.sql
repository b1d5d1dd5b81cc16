with told as (
  select 'sales' as role, '' as name, timezone($zone, occurred_at)::date as day,
         amount::decimal(28, 9) as amount, currency
  from ledger
  where $sales = '' and amount is not null
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
  union all
  select 'spend', channel, day, amount::decimal(28, 9), currency
  from costs
  where $media = 'costs' and kind = 'media' and channel <> ''
  union all
  select 'media', channel, timezone($zone, occurred_at)::date, 1::decimal(28, 9), ''
  from exposures
  where $media = 'exposures' and channel <> '' and received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
  union all
  select role, case role when 'sales' then '' else name end, day, value::decimal(28, 9), ''
  from series
  where (role <> 'sales' or name = $sales) and role <> 'index'),
weeks as (
  select *, date_trunc('week', day)::date as week
  from told,
       (select timezone($zone, $start::timestamptz) as begins,
               timezone($zone, least($end::timestamptz, $as_of::timestamptz)) as ends)
  where date_trunc('week', day) >= begins
    and date_trunc('week', day) + interval 7 day <= ends),
priced as (
  select w.*,
         case when w.currency in ('', $currency) then 1
              when r.day >= w.day - 4 then r.rate end::decimal(18, 8) as rate
  from weeks w
  asof left join (select day, currency, rate from rates where base = $currency) r
    on r.currency = w.currency and w.day >= r.day),
weekly as (
  select strftime(week, '%Y-%m-%d') as week, role, name,
         sum(amount * rate)::double as amount, count(*) as n,
         string_agg(distinct currency, ', ' order by currency) filter (where rate is null)
           as currencies_without_rate
  from priced
  group by all)
select week, role, name, amount, n, currencies_without_rate from weekly
order by week, role, name
