"""The question behind `lifetime.*`: customers alike in how often, how lately and how long."""

from wegweiser.measure.form import Asked
from wegweiser.measure.lifetime.order_steps import order_steps
from wegweiser.measure.revenue.joined import rates_of
from wegweiser.terms.result import Question

# Values of orders that lie within half a percent of each other are one group.
STEPS_PER_FOLD = 200
# Without a wish the last third is held out, at most so many ticks.
_MOST_HELD = {"any": 182, "month": 6, "quarter": 2, "year": 1}
_TICKS_A_YEAR = {"any": 365, "month": 12, "quarter": 4, "year": 1}
_TICKS_A_WEEK = {
    "any": "7",
    "month": "12 / 52.1775",
    "quarter": "4 / 52.1775",
    "year": "1 / 52.1775",
}


def buying_question(asked: Asked) -> Question:
    """Ask for customers per (repeats, last, age), now and as they stood before the holdout.

    Also asks what came in the holdout, how even the last two gaps were, order days per month,
    and how many orders belong to nobody. Ticks are days, or the occasions asked for.
    """
    return asked.question(f"{_steps(asked, False)}{_parts('')}")


def value_question(asked: Asked) -> Question:
    """Ask the same with the value of repeat orders per group, and what goods cost.

    With `by` account, groups are told apart by account.
    """
    account = asked.text("by") == "account"
    key = ", account" if account else ""
    return asked.question(f"{_steps(asked, account)},\n{_goods_steps(asked)}{_parts(key, True)}")


def question_beside(asked: Asked, steps: str, select: str) -> Question:
    """Ask what `value_question` asks, and by further CTEs one more SELECT over `shaped`.

    That has one row per customer; the SELECT must name its rows by another `part`.
    """
    told = f"{_steps(asked, False)},\n{_goods_steps(asked)},\n{steps.strip()}"
    return asked.question(f"{told}\n{select.strip()}\nunion all by name{_parts('', True)}")


def _steps(asked: Asked, account: bool) -> str:
    return f"{order_steps(asked, account)},\n{_customer_steps(asked, account)}"


def _customer_steps(asked: Asked, account: bool) -> str:
    """Add days up by customer; what was taken back after the cut was still an order before it."""
    occasion = asked.text("occasion")
    year = _TICKS_A_YEAR[occasion]
    held = f"""case when $holdout_weeks::integer > 0
              then ceil($holdout_weeks::integer * {_TICKS_A_WEEK[occasion]})::bigint
              else least({_MOST_HELD[occasion]}, (any_value(end_tick) - min(tick)) // 3) end"""
    cut = ", any_value(account) as account" if account else ""
    return f"""
held as (
  select any_value(end_tick) - {held} as cut_tick
  from days, bounds where is_order),
customers as (
  select customer{cut}, any_value(end_tick) as end_tick, any_value(cut_tick) as cut_tick,
         min(tick) filter (where is_order) as first, max(tick) filter (where is_order) as last,
         max(tick, 3) filter (where is_order) as latest,
         count(*) filter (where is_order) as order_days,
         count(*) filter (where is_order and tick >= cut_tick) as later,
         count(*) filter (where tick < cut_tick) as days_before,
         min(tick) filter (where tick < cut_tick) as first_before,
         max(tick) filter (where tick < cut_tick) as last_before,
         ((sum(value) filter (where is_order)
           - coalesce(arg_min(value, tick) filter (where is_order), 0))
           / nullif(count(*) filter (where is_order) - 1, 0))::decimal(18, 4) as repeat_value,
         coalesce(sum(value) filter (where is_order and tick >= end_tick - {year}), 0)
           as year_value
  from days, bounds, held
  where is_order or (tick < cut_tick and undone_tick >= cut_tick)
  group by customer
  having min(tick) >= any_value(start_tick)),
shaped as (
  select *, order_days - 1 as repeats, end_tick - 1 - first as age,
         case when order_days > 2
              then ((latest[1] - latest[2]) / (latest[1] - latest[3]))::decimal(18, 9)
         end as gap_share,
         case when repeat_value > 0 then ln(repeat_value)::decimal(18, 9) end as log_value
  from customers
  where order_days > 0),
loose as (
  select count(*) filter (where is_sale) as all_orders,
         count(*) filter (where is_sale and customer is null) as loose_orders,
         count(*) filter (where has_no_rate) as without_rate,
         sum(amount) filter (where tick >= end_tick - {year}) as year_revenue
  from priced, bounds where tick < end_tick)""".strip()


def _goods_steps(asked: Asked) -> str:
    year = _TICKS_A_YEAR[asked.text("occasion")]
    part = "day" if asked.text("occasion") == "any" else asked.text("occasion")
    return f"""
goods_booked as (
  select day, currency, amount, date_diff('{part}', date '1970-01-01', day) as tick
  from costs where kind = 'goods'),
goods as (
  select sum(amount::decimal(28, 4) * rate) as goods_cost,
         count(*) filter (where rate is null) as goods_without_rate
  from ({rates_of("goods_booked")}), bounds
  where tick >= end_tick - {year} and tick < end_tick)""".strip()


def _parts(key: str, worth: bool = False) -> str:
    """Give one row per group and part; what a part does not know is null."""
    values = f""",
       floor(log_value * {STEPS_PER_FOLD})::integer as worth,
       count(repeat_value) as valued, sum(repeat_value) as repeat_value,
       sum(log_value) as log_value, sum(year_value) as year_value"""
    return f"""
select 'now' as part{key}, repeats, last - first as last, age, count(*) as customers,
       count(gap_share) as gaps, sum(gap_share) as gap_shares,
       sum(gap_share * gap_share) as gap_squares{values if worth else ""}
from shaped group by all
union all by name
select 'before' as part, days_before - 1 as repeats, last_before - first_before as last,
       cut_tick - 1 - first_before as age, later, count(*) as customers
from customers where days_before > 0 group by all
union all by name
select 'month' as part, strftime(date '1970-01-01' + tick::integer, '%Y-%m') as month,
       count(*) as order_days
from days where is_order and $occasion = 'any' group by all
union all by name
select 'rest' as part, * from loose{", goods" if worth else ""}
order by all
"""
