"""Costs placed on customers, as CTEs: by reference, by what one costs, by driver, else equally.

Every cost ends up somewhere: what no customer can be found for is "(unallocated)".
"""

from wegweiser.measure.profit.drivers import UNASSIGNED
from wegweiser.measure.revenue.joined import RATE_DAYS

UNALLOCATED = "(unallocated)"
# Nobody's goods or rent can be guessed from the mere number of customers.
_NEVER_EQUAL = "('goods', 'fixed')"
# Only these happen in a channel; what a ticket costs does not depend on the channel of a cost.
_IN_CHANNELS = "('contact', 'exposure')"
_MONEY = "decimal(38, 12)"


def cost_steps(unit: str) -> str:
    """Give the CTEs from `paid` to `placed_costs`: customer, day, kind, rule, currency, amount.

    `amount` stands in $currency and is null where its rate is missing. What sharing rounds away
    goes to one customer of each sum, so that the parts are exactly the whole.
    """
    return ",\n".join(
        (_paid(), _referenced(unit), _by_unit(), _pools(), _matches(), _shares(), _placed())
    )


def _rate(day: str, table: str) -> str:
    return (
        f"case when {table}.currency = $currency then 1\n"
        f"              when r.day >= {day} - {RATE_DAYS} then r.rate end::decimal(18, 8)"
    )


def _rates(day: str, table: str) -> str:
    return f"""asof left join (select day, currency, rate from rates where base = $currency) r
    on r.currency = {table}.currency and {day} >= r.day"""


def _paid() -> str:
    return f"""
paid as (
  select c.kind, c.day, c.currency, coalesce(c.channel, '') as channel,
         coalesce(c.campaign, '') as campaign, coalesce(c.message, '') as message,
         coalesce(c.account_id, '') as account_id, c.person_id, c.order_id, c.driver,
         c.amount::decimal(28, 4) * {_rate("c.day", "c")} as amount
  from (select * from costs
        where timezone($zone, day::timestamp) >= $start::timestamptz
          and timezone($zone, day::timestamp) < $end::timestamptz) c
  {_rates("c.day", "c")})""".strip()


def _referenced(unit: str) -> str:
    own = {
        "account": f"""case when c.account_id <> '' then coalesce(a.account_id, c.account_id)
              when m.valid_to is null or c.day < m.valid_to
                then coalesce(m.account_id, '{UNALLOCATED}')
              else '{UNALLOCATED}' end""",
        "person": f"coalesce(l.person_id, nullif(c.person_id, ''), '{UNALLOCATED}')",
    }[unit]
    return f"""
ordered_by as (
  select order_id, any_value(account_id) as account_id, any_value(person_id) as person_id
  from ledger
  where entry_id = sale_id and order_id in (select order_id from paid where order_id <> '')
  group by order_id),
referenced as (
  select case when c.order_id = '' then {own}
              else coalesce(nullif(o.{unit}_id, ''),
                            case when o.order_id is null then '{UNALLOCATED}'
                                 else '{UNASSIGNED}' end) end as customer,
         c.day, c.kind,
         case when c.order_id <> '' then 'direct order'
              when c.person_id <> '' then 'direct person' else 'direct account' end as rule,
         c.currency, c.amount
  from (select * from paid where concat(order_id, person_id, account_id) <> '') c
  left join ordered_by o on o.order_id = c.order_id and c.order_id <> ''
  left join accounts a on a.group_id = c.account_id
  left join leaves l on l.leaf = 'user_id:' || c.person_id
  asof left join memberships_by_start m
    on m.person_id = coalesce(l.person_id, c.person_id) and c.day >= m.valid_from)""".strip()


def _by_unit() -> str:
    """Price each thing done by the newest price of its day; the message's own, then the channel's.

    A price that begins later says nothing of the days before, so that until then the wider holds.
    """
    return f"""
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
         c.cost::decimal(28, 4) * {_rate("c.day", "c")} as amount
  from counted_costs c
  {_rates("c.day", "c")})""".strip()


def _pools() -> str:
    return """
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
  from held where customer not like '(%')""".strip()


def _matches() -> str:
    return f"""
by_driver as (
  select p.pool, d.customer, sum(d.n) as n
  from pooled p
  join driven_by_month d
    on d.driver = p.driver and d.month = p.month
   and (p.driver not in {_IN_CHANNELS}
        or (p.message in ('', d.message) and p.channel in ('', d.channel)
            and p.campaign in ('', d.campaign)))
  where p.driver <> ''
  group by p.pool, d.customer),
matched as (
  select pool, customer, n, 'shared by driver' as how from by_driver
  union all
  select p.pool, c.customer, 1, 'equal share'
  from pooled p join present c on c.month = p.month
  where p.kind not in {_NEVER_EQUAL} and p.pool not in (select pool from by_driver))""".strip()


def _shares() -> str:
    return f"""
shared as (
  select m.pool, m.customer, p.day, p.kind,
         case when m.how = 'equal share' then m.how else 'shared by ' || p.driver end as rule,
         p.currency, (p.amount::double * m.n / t.n)::{_MONEY} as amount
  from matched m
  join pooled p on p.pool = m.pool
  join (select pool, sum(n) as n from matched group by pool) t on t.pool = m.pool),
rest as (
  select coalesce(s.customer, '{UNALLOCATED}') as customer, p.day, p.kind,
         coalesce(s.rule, 'none') as rule, p.currency, p.amount - coalesce(s.amount, 0) as amount
  from pooled p
  left join (select pool, min(customer) as customer, any_value(rule) as rule,
                    sum(amount) as amount
             from shared group by pool) s on s.pool = p.pool)""".strip()


def _placed() -> str:
    return """
placed_costs as (
  select customer, day, kind, rule, currency, amount from referenced
  union all
  select customer, day, kind, rule, currency, amount from by_unit
  union all
  select customer, day, kind, rule, currency, amount from shared
  union all
  select customer, day, kind, rule, currency, amount from rest
  where amount is null or amount <> 0)""".strip()
