"""The question behind `revenue.costs`: exact sums of costs and of the ledger by the same cut."""

from wegweiser.measure.form import Asked
from wegweiser.measure.revenue.joined import NO_VISIT, RATE_DAYS, VISIT_DIMENSIONS, joined_steps
from wegweiser.measure.revenue.sale import SALES
from wegweiser.terms.result import Question

# What the ledger is cut by, and what the costs.
CUTS = {
    "channel": (VISIT_DIMENSIONS["channel"], f"coalesce(nullif(channel, ''), '{NO_VISIT}')"),
    "campaign": (VISIT_DIMENSIONS["campaign"], f"coalesce(nullif(campaign, ''), '{NO_VISIT}')"),
    "month": ("strftime(timezone($zone, booked_at), '%Y-%m')", "strftime(c.day, '%Y-%m')"),
    "account": (
        f"coalesce(nullif(account_id, ''), '{NO_VISIT}')",
        f"coalesce(nullif(account_id, ''), '{NO_VISIT}')",
    ),
}


def question(asked: Asked) -> Question:
    """Ask, per value of the cut, for costs and revenue in the currency asked for."""
    earned, spent = CUTS[asked.text("by")]
    sales = ", ".join(f"'{kind}'" for kind in SALES)
    return asked.question(f"""
{joined_steps()},
earned as (
  select {earned} as cut,
         count(*) filter (where kind in ({sales}) and amount is not null) as sales,
         sum(amount::decimal(28, 4) * rate) as revenue,
         string_agg(distinct currency, ', ' order by currency)
           filter (where amount is not null and rate is null) as currencies_without_rate
  from assigned group by cut),
spent as (
  select {spent} as cut, c.amount, c.currency,
         case when c.currency = $currency then 1
              when r.day >= c.day - {RATE_DAYS} then r.rate end::decimal(18, 8) as rate
  from (select * from costs
        where timezone($zone, day::timestamp) >= $start::timestamptz
          and timezone($zone, day::timestamp) < $end::timestamptz) c
  asof left join (select day, currency, rate from rates where base = $currency) r
    on r.currency = c.currency and c.day >= r.day),
cost_sums as (
  select cut, count(*) as costs, sum(amount::decimal(28, 4) * rate) as cost,
         string_agg(distinct currency, ', ' order by currency) filter (where rate is null)
           as currencies_without_rate
  from spent group by cut)
select coalesce(e.cut, s.cut) as cut, coalesce(s.costs, 0) as costs, s.cost,
       coalesce(e.sales, 0) as sales, e.revenue,
       coalesce(e.currencies_without_rate, s.currencies_without_rate, '')
         as currencies_without_rate
from earned e
full join cost_sums s on s.cut = e.cut
order by cut
""")
