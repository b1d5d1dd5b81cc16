with observed as (
  select *, type in ('page', 'screen') as is_view
  from leaf_events
  where received_at <= $as_of::timestamptz
    and occurred_at >= (select min(coalesce(sold_at, occurred_at)) from ledger) - to_days($window_days::integer) and occurred_at < $end::timestamptz
    and not bot and (type in ('page', 'screen') or trust <= 1)),
ordered as (
  select *,
         occurred_at - lag(occurred_at) over own_events as pause,
         lead(occurred_at) over own_events as next_at
  from observed
  window own_events as (partition by leaf order by occurred_at, position, idx)),
numbered as (
  select *,
         sum(case when pause is null or pause > interval 30 minute then 1 else 0 end)
           over own_events as visit_no,
         sum(case when is_view then 1 else 0 end) over own_events as view_no
  from ordered
  window own_events as (partition by leaf order by occurred_at, position, idx)),
slices as (
  select leaf, epoch_us(occurred_at) // 1800000000 as slice,
         epoch_us(min(occurred_at)) // 1000 as began_ms,
         epoch_us(max(occurred_at)) // 1000 as ended_ms,
         count(*) filter (where is_view) as views,
         sum(engaged_seconds) as engaged_seconds,
         
         arg_min({'path': path, 'source': source, 'medium': medium, 'channel': channel, 'campaign': campaign, 'referrer_host': referrer_host, 'country': country, 'region': region, 'device': device, 'browser': browser, 'system': system}, {'at': occurred_at, 'position': position, 'idx': idx}) filter (where is_view) as entry
  from observed
  group by leaf, slice),
parted_slices as (
  select *, began_ms - lag(ended_ms) over (partition by leaf order by slice) as pause_ms
  from slices),
numbered_slices as (
  select *,
         sum(case when pause_ms is null or pause_ms > 1800000 then 1 else 0 end)
           over (partition by leaf order by slice) as visit_no
  from parted_slices),
leaf_visits as (
  select leaf, visit_no,
         make_timestamptz(1000 * min(began_ms)) as began,
         sum(views)::bigint as views,
         coalesce(sum(engaged_seconds), 0) as engaged_seconds,
         
         arg_min(entry, slice) filter (where views > 0) as entry
  from numbered_slices
  group by leaf, visit_no
  having sum(views) > 0),
visits as (
  select v.* , coalesce(l.person_id, v.leaf) as person_id
         
  from leaf_visits v
  left join leaves l on l.leaf = v.leaf),
starts as (
  select person_id, began, arg_min(entry, leaf) as entry from visits group by person_id, began),
rated_starts as (
  select *, coalesce(entry.channel, '') in ('', 'direct')
              and concat(entry.source, entry.medium, entry.campaign, entry.referrer_host) = ''
              as is_direct
  from starts),
booked as (
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
own_visits as (
  select n.event_id as sale_id, any_value(v.entry) as entry
  from numbered n
  join visits v on v.leaf = n.leaf and v.visit_no = n.visit_no
  where n.event_id in (select sale_id from booked)
  group by n.event_id),
assigned as (
  select p.*,
         case when $rule = 'own_visit' then o.entry
              when $rule = 'last_non_direct' and c.began >= p.decided_at - to_days($window_days::integer) then c.entry
              when v.began >= p.decided_at - to_days($window_days::integer) then v.entry end as entry,
         p.person_id in (select person_id from events
                         where user_id <> '' and received_at <= $as_of::timestamptz) as has_person,
         coalesce(p.account_id, '') <> '' as has_account
  from priced p
  left join own_visits o on o.sale_id = p.sale_id
  asof left join rated_starts v on v.person_id = p.person_id and p.decided_at >= v.began
  asof left join (select * from rated_starts where not is_direct) c
    on c.person_id = p.person_id and p.decided_at >= c.began),
parts as (
  select a.* exclude (amount), coalesce(l.amount, a.amount) as amount,
         coalesce(l.product, '(rest of order)') as product
  from assigned a left join order_lines l on l.entry_id = a.entry_id),
cut as (
  select product as cut, kind in ('order', 'subscription', 'opportunity') as is_sale,
         amount is null as has_no_amount, amount is not null and rate is null as has_no_rate,
         currency, entry_id, person_id, has_person, has_account, entry is not null as has_visit,
         amount::decimal(28, 4) * rate as value
  from parts)
select coalesce(cut, '') as cut, grouping(cut) = 1 as is_total,
       count(distinct entry_id) filter (where is_sale and not has_no_amount) as sales,
       count(distinct entry_id) filter (where not is_sale and not has_no_amount) as taken_back,
       count(distinct person_id) as people,
       sum(value) filter (where is_sale) as sold,
       sum(value) filter (where not is_sale) as returned,
       sum(value) as revenue,
       sum(abs(value)) filter (where is_sale) as weight,
       sum(abs(value)) filter (where is_sale and has_visit) as weight_with_visit,
       sum(abs(value)) filter (where is_sale and has_person) as weight_with_person,
       sum(abs(value)) filter (where is_sale and has_account) as weight_with_account,
       count(distinct entry_id) filter (where has_no_amount) as without_amount,
       count(distinct entry_id) filter (where has_no_rate) as without_rate,
       count(distinct entry_id) filter (
         where currency = '' and not has_no_amount) as without_currency,
       string_agg(distinct currency, ', ' order by currency) filter (where has_no_rate)
         as currencies_without_rate
from cut
group by grouping sets ((cut), ())
order by is_total, cut
