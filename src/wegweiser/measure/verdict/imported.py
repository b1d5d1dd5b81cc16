"""What a contact costs by imported costs, as CTEs: by message, campaign and channel."""

from wegweiser.measure.revenue.joined import rates_of

# Goods, discounts, shipping and what is fixed are no cost of saying something.
_OF_CONTACTS = "('media', 'service', 'fee')"
# What something else drives, such as orders or tickets, is no cost of contacts either.
_DRIVERS = "('', 'contact', 'exposure')"
CAMPAIGN = "coalesce(json_extract_string({table}.attributes, '$.campaign'), '')"


def imported_steps() -> str:
    """Give the CTEs from `named_costs` to `contact_costs`: the cost of a contact in $currency.

    Every cost of the period that names a message, a campaign or a channel, and nobody in
    particular, is spread evenly over the contacts of the period that it names: none is counted
    twice, and a cost without such contacts is spread over none. `each` is null where the rate of a
    currency is missing, so that nobody knows the cost.
    """
    return f"""
named_costs as (
  select day, currency, amount::decimal(28, 4) as amount, coalesce(channel, '') as channel,
         coalesce(campaign, '') as campaign, coalesce(message, '') as message
  from costs
  where kind in {_OF_CONTACTS} and driver in {_DRIVERS}
    and concat(person_id, order_id, account_id) = ''
    and concat(channel, campaign, message) <> ''
    and timezone($zone, day::timestamp) >= $start::timestamptz
    and timezone($zone, day::timestamp) < $end::timestamptz),
rated_costs as ({rates_of("named_costs")}),
spent as (
  select channel, campaign, message,
         case when count(rate) = count(*) then sum(amount * rate)::double end as amount
  from rated_costs group by channel, campaign, message),
contacts_made as (
  select c.channel, {CAMPAIGN.format(table="c")} as campaign, c.message, count(*) as n
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
  from named group by channel, campaign, message)""".strip()
