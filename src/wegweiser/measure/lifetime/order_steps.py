"""The ledger as order days of customers, as CTEs that the questions of customer value share."""

from wegweiser.measure.form import Asked
from wegweiser.measure.revenue.joined import rates_of
from wegweiser.measure.revenue.sale import SALES

UNITS = ("person", "account")
# What a tick of time is; orders within one tick are one order day.
OCCASIONS = ("any", "month", "quarter", "year")
# Time is told in weeks, or in the occasions asked for.
UNITS_A_YEAR = {"any": 365.25 / 7, "month": 12.0, "quarter": 4.0, "year": 1.0}
_ANONYMOUS = "anonymous_id:%"
_UNTIL = "least($end::timestamptz, $as_of::timestamptz)"


def order_steps(asked: Asked, account: bool = False) -> str:
    """Give the CTEs up to `days`: one row per customer and tick with a sale or what was undone.

    `value` is net of what was taken back, in one currency; `is_order` is false where all of it was
    taken back, the last of it at `undone_tick`. A customer is a person who said who they are, or an
    account; with `account` also the account of an order that no known person placed. `bounds` holds
    the first tick of the period and the one that is not over at its end; entries of nobody have no
    customer.
    """
    occasion = str(asked.options.get("occasion", "any"))
    return f"""
with bounds as (
  select {_tick("$start::timestamptz", occasion)} as start_tick,
         {_tick(_UNTIL, occasion)} as end_tick),
entries as (
  select {_customer(asked, account)} as customer,{_account(account)}
         kind in ({_sales()}) as is_sale, timezone($zone, occurred_at)::date as day, currency,
         amount::decimal(28, 4) as amount,
         {_tick("coalesce(sold_at, occurred_at)", occasion)} as tick,
         {_tick("occurred_at", occasion)} as booked_tick
  from ledger
  where occurred_at < {_UNTIL}),
priced as (
  select * exclude (amount), amount * rate as amount,
         amount is not null and rate is null as has_no_rate
  from ({rates_of("entries")})),
days as (
  select customer,{" any_value(account) as account," if account else ""} tick,
         sum(amount) as value, count(*) filter (where is_sale) as orders,
         bool_or(is_sale) and not coalesce(
           sum(amount) <= 0 and sum(amount) filter (where is_sale) > 0, false) as is_order,
         max(booked_tick) filter (where not is_sale) as undone_tick
  from priced, bounds
  where customer is not null and tick < end_tick
  group by customer, tick)""".strip()


def _tick(moment: str, occasion: str) -> str:
    part = "day" if occasion == "any" else occasion
    return f"date_diff('{part}', date '1970-01-01', timezone($zone, {moment})::date)"


def _customer(asked: Asked, account: bool) -> str:
    if asked.text("unit") == "account":
        return "nullif(account_id, '')"
    known = f"""
         case when user_id <> '' or leaf not like '{_ANONYMOUS}' or person_id in (
                select person_id from leaves where leaf not like '{_ANONYMOUS}')
              then person_id end"""
    return f"coalesce({known}, nullif(account_id, ''))" if account else known


def _account(account: bool) -> str:
    return (
        "\n         coalesce(nullif(account_id, ''), '(unassigned)') as account," if account else ""
    )


def _sales() -> str:
    return ", ".join(f"'{kind}'" for kind in SALES)
