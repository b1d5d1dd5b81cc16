"""Every customer's revenue and costs side by side, as CTEs: the account books behind profit."""

from wegweiser.measure.profit.cost_steps import cost_steps
from wegweiser.measure.profit.drivers import UNASSIGNED, customer_of, driver_steps
from wegweiser.measure.revenue.joined import priced_steps
from wegweiser.measure.revenue.sale import SALES

_SALE_KINDS = ", ".join(f"'{kind}'" for kind in SALES)

_ANONYMOUS = "anonymous_id:%"


def portion_steps(unit: str) -> str:
    """Give the CTEs up to `portions`: customer, day, kind, rule, currency and amount.

    `kind` is "revenue" (its rule "sold" or "returned") or that of a cost; `amount` is exact, in
    $currency, above 0 for costs, and null where no rate is known. Needs $refunds_on. Of persons
    only those who said who they are, or are known otherwise, are customers.
    """
    return f"""
with {priced_steps()},
{_known(unit)}held as (
  select {_named(customer_of(unit), unit)} as customer, timezone($zone, booked_at)::date as day,
         kind in ({_SALE_KINDS}) as is_sale, currency, amount,
         amount::decimal(28, 4) * rate as value
  from priced
  where amount is not null),
{driver_steps(unit)},
{cost_steps(unit)},
portions as (
  select customer, day, 'revenue' as kind,
         case when is_sale then 'sold' else 'returned' end as rule, currency, value as amount
  from held
  union all
  select {_named("customer", unit)}, day, kind, rule, currency, amount from placed_costs)""".strip()


def _known(unit: str) -> str:
    """Give the CTE of persons who are more than a browser; accounts always are."""
    if unit == "account":
        return ""
    return f"""known as (
  select person_id from leaves where leaf not like '{_ANONYMOUS}'
  union
  select person_id from priced where user_id <> '' or leaf not like '{_ANONYMOUS}'),
"""


def _named(customer: str, unit: str) -> str:
    if unit == "account":
        return customer
    return f"""case when {customer} like '(%' or {customer} in (select person_id from known)
              then {customer} else '{UNASSIGNED}' end"""


def signed() -> str:
    """Write an amount of a portion as it counts in the contribution."""
    return "case when kind = 'revenue' then amount else -amount end"
