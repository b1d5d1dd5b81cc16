with tested as (
with triggered as (
  select case unit_kind when 'account' then coalesce(account_id, unit_id)
                        else coalesce(person_id, unit_id) end as unit,
         unit_kind, arm, min(occurred_at) as began_at,
         min(occurred_at) filter (where occurred_at >= $start::timestamptz) as first_at,
         min(account_id) as account
  from decisions
  where received_at <= $as_of::timestamptz
    and occurred_at >= $epoch_start::timestamptz and occurred_at < $end::timestamptz
    and not fallback
  group by all),
placed as (
  select unit, unit_kind, min(first_at) as first_at, min(began_at) as began_at,
         coalesce(min(account) filter (where first_at is not null), unit) as cluster,
         case when count(first_at) = 1 then min(arm) filter (where first_at is not null)
              else '(two arms)' end as arm
  from triggered
  group by unit, unit_kind
  having count(first_at) > 0
     and not list_contains(string_split($leave_out, ','), strftime(timezone($zone, min(first_at)), '%Y-%m-%d'))),
named_costs as (
  select day, currency, amount::decimal(28, 4) as amount, coalesce(channel, '') as channel,
         coalesce(campaign, '') as campaign, coalesce(message, '') as message
  from costs
  where kind in ('media', 'service', 'fee') and driver in ('', 'contact', 'exposure')
    and concat(person_id, order_id, account_id) = ''
    and concat(channel, campaign, message) <> ''
    and timezone($zone, day::timestamp) >= $start::timestamptz
    and timezone($zone, day::timestamp) < $end::timestamptz),
rated_costs as (
  select *, 1::decimal(18, 8) as rate from named_costs where currency in ('', $currency)
  union all
  select e.*, case when r.rate_day >= e.day - 4 then r.rate end::decimal(18, 8)
  from (select * from named_costs where currency not in ('', $currency)) e
  asof left join (select day as rate_day, currency as rate_currency, rate from rates
                  where base = $currency) r
    on r.rate_currency = e.currency and e.day >= r.rate_day),
spent as (
  select channel, campaign, message,
         case when count(rate) = count(*) then sum(amount * rate)::double end as amount
  from rated_costs group by channel, campaign, message),
contacts_made as (
  select c.channel, coalesce(json_extract_string(c.attributes, '$.campaign'), '') as campaign, c.message, count(*) as n
  from choices c
  where c.message <> '' and not c.ghost and not c.fallback
    and c.received_at <= $as_of::timestamptz
    and c.occurred_at >= $start::timestamptz and c.occurred_at < $end::timestamptz
  group by all),
named as (
  select s.amount, m.channel, m.campaign, m.message,
         sum(m.n) over (partition by s.channel, s.campaign, s.message) as contacts
  from spent s
  join contacts_made m
    on s.channel in ('', m.channel) and s.campaign in ('', m.campaign)
   and s.message in ('', m.message)),
contact_costs as (
  select channel, campaign, message,
         case when count(amount) = count(*) then sum(amount / contacts) end as each
  from named group by channel, campaign, message),

chosen as (
  select case c.unit_kind when 'account' then coalesce(c.account_id, c.unit_id)
                          else coalesce(c.person_id, c.unit_id) end as unit,
         c.unit_kind, c.occurred_at, c.decision_id, c.placement, c.slot, c.channel,
         coalesce(nullif(c.channel, ''), '(nothing)') as thing,
         c.message <> '' as is_message, coalesce(nullif(c.cost, 0), i.each, 0) as cost,
         c.cost > 0 or i.each is not null
           or (c.channel in ('web', 'app') and i.message is null) as is_costed,
         coalesce(c.cost, 0) <= 0 and i.each is not null as is_imported
  from choices c
  left join contact_costs i
    on i.channel = c.channel and i.message = c.message
   and i.campaign = coalesce(json_extract_string(c.attributes, '$.campaign'), '')
  where c.received_at <= $as_of::timestamptz
    and c.occurred_at >= $epoch_start::timestamptz and c.occurred_at < $end::timestamptz
    and not c.fallback),
began as (
  select unit, unit_kind, arg_min(thing, (occurred_at, decision_id, slot)) as thing
  from chosen where is_message group by unit, unit_kind),
begun as (
  select p.unit, p.unit_kind, p.first_at, p.began_at, p.cluster, p.arm,
         coalesce(b.thing, '(nothing)') as thing,
         max((c.is_message and c.thing <> b.thing)::integer) as followed,
         count(*) filter (where c.is_message and p.arm = $arm) as contacts,
         coalesce(sum(c.cost) filter (where c.is_message and p.arm = $arm), 0) as cost,
         count(*) filter (where c.is_message and p.arm = $arm
                            and c.is_costed) as costed,
         count(*) filter (where c.is_message and p.arm = $arm
                            and c.is_imported) as imported
  from placed p
  left join began b on b.unit = p.unit and b.unit_kind = p.unit_kind
  left join chosen c
    on c.unit = p.unit and c.unit_kind = p.unit_kind
   and c.occurred_at >= p.first_at
   and c.occurred_at < p.first_at + to_days($window_days::integer)
  group by p.unit, p.unit_kind, p.first_at, p.began_at, p.cluster, p.arm, b.thing),
reached as (
  select person_id as unit, 'person' as unit_kind, occurred_at, value from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
  union all
  select account_id, 'account', occurred_at, value from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
    and account_id is not null),
valued as (
  select p.arm, p.unit, p.unit_kind, p.first_at, p.cluster, p.thing, p.followed, p.contacts, p.cost, p.costed, p.imported,
         p.first_at + to_days($window_days::integer) <= $as_of::timestamptz as closed,
         (count(case when r.occurred_at >= p.first_at and r.occurred_at < p.first_at + to_days($window_days::integer) then true end) > 0)::integer as y,
         (count(case when r.occurred_at < p.began_at and r.occurred_at >= p.began_at - interval 28 day then true end) > 0)::integer as x
  from begun p
  left join reached r on r.unit = p.unit and r.unit_kind = p.unit_kind
  group by p.arm, p.unit, p.unit_kind, p.first_at, p.began_at, p.cluster, p.thing, p.followed, p.contacts, p.cost, p.costed, p.imported),
clustered as (
  select thing, arm, unit_kind, cluster,
         count(*) as triggered,
         count(*) filter (where first_at > $as_of::timestamptz - interval 28 day)
           as recent,
         min(first_at) as first_at,
         count(*) filter (where closed) as n,
         count(*) filter (where closed and y <> 0) as reached,
         coalesce(sum(y) filter (where closed), 0)::double as y,
         coalesce(sum(y * y) filter (where closed), 0)::double as yy,
         coalesce(sum(x) filter (where closed), 0)::double as x,
         coalesce(sum(x * x) filter (where closed), 0)::double as xx,
         coalesce(sum(x * y) filter (where closed), 0)::double as xy,
         coalesce(sum(followed) filter (where closed), 0)::double as followed,
         coalesce(sum(contacts) filter (where closed), 0)::double as contacts,
         coalesce(sum(cost) filter (where closed), 0)::double as cost,
         coalesce(sum(costed) filter (where closed), 0)::double as costed,
         coalesce(sum(imported) filter (where closed), 0)::double as imported
  from valued
  group by thing, arm, unit_kind, cluster),
summed as (
select thing, arm, unit_kind,
       sum(triggered) as triggered,
       sum(recent) as recent,
       epoch_ms(min(first_at)) as first_at_ms,
       sum(n) as n,
       sum(reached) as reached,
       sum(y) as sum_y, sum(yy) as sum_yy,
       sum(x) as sum_x, sum(xx) as sum_xx, sum(xy) as sum_xy,
       count(*) filter (where n > 0) as clusters,
       sum(n * n) as cluster_nn, sum(n * y) as cluster_ny, sum(n * x) as cluster_nx,
       sum(y * y) as cluster_yy, sum(x * x) as cluster_xx, sum(x * y) as cluster_xy,
       sum(followed) as followed,
       sum(contacts) as contacts,
       sum(cost) as cost,
       sum(costed) as costed,
       sum(imported) as imported
from clustered
group by thing, arm, unit_kind),
clicked as (
  select c.unit, c.unit_kind, c.thing, min(o.occurred_at) as occurred_at
  from chosen c
  join outcomes o
    on o.decision_id = c.decision_id and o.kind = 'click'
   and o.received_at <= $as_of::timestamptz
   and (o.placement = '' or (o.placement = c.placement and o.slot = c.slot))
  where c.is_message
  group by c.unit, c.unit_kind, c.thing, c.decision_id),
last_clicked as (
  select k.thing, count(*) as goals
  from reached r
  asof join clicked k
    on k.unit = r.unit and k.unit_kind = r.unit_kind and r.occurred_at >= k.occurred_at
  where r.occurred_at < k.occurred_at + interval 30 day
  group by k.thing)
select s.*, case when s.arm = $arm then coalesce(l.goals, 0) else 0 end as last_clicks
from summed s
left join last_clicked l on l.thing = s.thing
order by s.thing, s.arm, s.unit_kind),
modelled as (
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
order by week, role, name)
select * from tested
union all by name
select week, role, name, amount, n as entries, currencies_without_rate from modelled
