"""The question behind `rfm.groups`: customers alike in recency, frequency and value, twice."""

from wegweiser.measure.form import Asked
from wegweiser.measure.lifetime.order_steps import order_steps
from wegweiser.terms.result import Question

# Movement is since this many days before the end of the period.
MONTH_DAYS = 30


def question(asked: Asked) -> Question:
    """Ask for customers per recency, frequency and value, also as they stood a month before.

    Recency in whole days, value of the last `value_days` at three digits with its exact sum. The
    part "value" lists the exact values, so that their median is exact.
    """
    counted = "sum(orders)" if asked.text("frequency") == "orders" else "count(*)"
    before = f"is_order and tick < end_tick - {MONTH_DAYS}"
    return asked.question(f"""
{order_steps(asked)},
customers as (
  select customer, any_value(end_tick) - max(tick) filter (where is_order) as recency,
         {counted} filter (where is_order) as frequency,
         coalesce(sum(value) filter (where tick >= end_tick - $value_days::integer), 0) as value,
         any_value(end_tick) - {MONTH_DAYS} - max(tick) filter (where {before}) as recency_before,
         {counted} filter (where {before}) as frequency_before
  from days, bounds
  group by customer
  having bool_or(is_order)),
shaped as (
  select *, case when value > 0 then (round(value / step) * step)::decimal(28, 4)
                 else 0 end as level
  from (select *, pow(10, floor(log10(greatest(value, 0.01))) - 2) as step from customers))
select 'customers' as part, recency, frequency, recency_before, frequency_before, level,
       count(*) as customers, sum(value) as value
from shaped group by all
union all by name
select 'value' as part, value as level, count(*) as customers from customers group by all
union all by name
select 'rest' as part, count(*) filter (where is_sale) as all_orders,
       count(*) filter (where is_sale and customer is null) as loose_orders,
       count(*) filter (where has_no_rate) as without_rate
from priced
order by all
""")
