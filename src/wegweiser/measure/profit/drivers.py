"""What costs are shared out by, as CTEs: orders, contacts, exposures and tracked events."""

UNASSIGNED = "(unassigned)"
UNITS = ("account", "person")


def customer_of(unit: str, table: str = "") -> str:
    """Write whose a row is, for units that are persons or accounts.

    >>> customer_of("account", "p")
    "coalesce(nullif(p.account_id, ''), '(unassigned)')"
    """
    dot = f"{table}." if table else ""
    return f"coalesce(nullif({dot}{unit}_id, ''), '{UNASSIGNED}')"


def driver_steps(unit: str) -> str:
    """Give the CTEs `wanted`, `contacted` and `driven`: how often what costs money was done.

    `driven` has one row per driver, channel, campaign, message, customer and day with a count.
    An exposure is a message that was seen, or a page view that carries channel or campaign: only
    so can media outside of one's own channels be told apart. Only drivers that some cost names
    are counted.
    """
    return f"""
wanted as (
  select distinct driver from (
    select coalesce(nullif(driver, ''), case when kind = 'media' then 'exposure' else '' end)
             as driver
    from costs where person_id = '' and order_id = '' and coalesce(account_id, '') = ''
    union all select driver from unit_costs)
  where driver <> ''),
contacted as (
  select {customer_of(unit)} as customer, {_day("occurred_at")} as day, channel, message,
         coalesce(json_extract_string(attributes, '$.campaign'), '') as campaign,
         coalesce(cost, 0) as declared
  from choices
  where message <> '' and not ghost and not fallback and {_in_period()}),
done as (
  select 'order' as driver, '' as channel, '' as campaign, '' as message, customer, day
  from held where is_sale
  union all
  select 'contact', channel, campaign, message, customer, day from contacted
  union all
  select 'exposure', coalesce(channel, ''), '', message, {customer_of(unit)},
         {_day("occurred_at")}
  from exposures where {_in_period()}
  union all
  select 'exposure', coalesce(channel, ''), coalesce(campaign, ''), '', {customer_of(unit)},
         {_day("occurred_at")}
  from events
  where type = 'page' and not bot and concat(channel, campaign) <> '' and {_in_period()}
    and 'exposure' in (select driver from wanted)
  union all
  select name, '', '', '', {customer_of(unit)}, {_day("occurred_at")}
  from events
  where type = 'track' and not bot and {_in_period()}
    and name in (select driver from wanted)),
driven as (
  select driver, channel, campaign, message, customer, day, count(*) as n
  from done
  where driver in (select driver from wanted)
  group by all)""".strip()


def _day(moment: str) -> str:
    return f"timezone($zone, {moment})::date"


def _in_period() -> str:
    return (
        "received_at <= $as_of::timestamptz\n    and occurred_at >= $start::timestamptz"
        " and occurred_at < $end::timestamptz"
    )
