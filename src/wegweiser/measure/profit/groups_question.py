"""The question behind `profit.groups`: customers alike in margin, buying, segment and tenure."""

import msgspec

from wegweiser.measure.form import Asked
from wegweiser.measure.lifetime.question import STEPS_PER_FOLD, question_beside
from wegweiser.measure.profit.drivers import customer_of
from wegweiser.measure.profit.portions import portion_steps, signed
from wegweiser.terms.result import Question

YEAR_DAYS = 365
# What a customer costs beside the goods.
SERVING = ("service", "fee", "shipping", "media")
_CALLS = {"person": "identify", "account": "group"}
_FORETOLD = {"occasion": "any", "horizon_weeks": 52, "model": "auto", "by": "group"}


def foretelling(asked: Asked) -> Asked:
    """Give the same wish as the buying models read it: a year ahead, the best model."""
    return msgspec.structs.replace(asked, options={**asked.options, **_FORETOLD})


def question(asked: Asked) -> Question:
    """Ask for customers per equal margin, buying, segment, size and arm; nobody is named.

    Beside them stands what the buying models need, and as "aside" the margin that belongs to no
    customer who is grouped.
    """
    unit = asked.text("unit")
    return question_beside(
        foretelling(asked),
        f"{_margin_steps(unit)},\n{_trait_step(unit)},\n{_arm_step(unit)}",
        _select(),
    )


def _margin_steps(unit: str) -> str:
    serving = ", ".join(f"'{kind}'" for kind in SERVING)
    return f"""
ends as (
  select timezone($zone, least($end::timestamptz, $as_of::timestamptz))::date as end_day),
margins as (
  {portion_steps(unit)}
  select customer,
         coalesce(sum({signed()}) filter (where day >= end_day - {YEAR_DAYS}), 0)
           ::decimal(18, 4) as margin,
         coalesce(sum({signed()}) filter (where day < end_day - {YEAR_DAYS}
                                      and day >= end_day - {2 * YEAR_DAYS}), 0)
           ::decimal(18, 4) as margin_before,
         coalesce(sum(amount) filter (where day >= end_day - {YEAR_DAYS}
                                        and kind in ({serving})), 0)::decimal(18, 4) as served,
         coalesce(sum(amount) filter (where kind = 'goods'), 0)::decimal(18, 4) as goods,
         max(currency) filter (where amount is null) as lacking_rate
  from portions, ends
  where day < end_day
  group by customer)""".strip()


def _trait_step(unit: str) -> str:
    def newest(option: str) -> str:
        value = f"""json_extract_string(traits, '$."' || ${option} || '"')"""
        return f"arg_max({value}, (occurred_at, event_id)) filter (where {value} <> '')"

    return f"""
traits_of as (
  select {customer_of(unit)} as customer, {newest("segment")} as segment,
         {newest("size")} as size
  from events
  where type = '{_CALLS[unit]}' and received_at <= $as_of::timestamptz
    and occurred_at < $end::timestamptz
  group by 1)""".strip()


def _arm_step(unit: str) -> str:
    """Give each customer's arm of the last year, where customers were drawn and it is but one."""
    return f"""
arms_of as (
  select customer, min(arm) as arm
  from (select distinct coalesce({unit}_id, unit_id) as customer, arm
        from decisions, ends
        where unit_kind = '{unit}' and not fallback and received_at <= $as_of::timestamptz
          and occurred_at < $end::timestamptz
          and timezone($zone, occurred_at)::date >= end_day - {YEAR_DAYS})
  group by customer
  having count(*) = 1 and min(arm) in ('main', 'nothing'))""".strip()


def _select() -> str:
    return f"""
select 'customers' as part, repeats, last - first as last, age,
       coalesce(t.segment, '') as segment,
       case when try_cast(t.size as double) >= 1
            then '1e' || floor(log10(try_cast(t.size as double)))::integer
            else coalesce(t.size, '') end as size,
       coalesce(a.arm, '') as arm,
       coalesce(m.margin, 0) as margin_each, coalesce(m.margin_before, 0) as before_each,
       coalesce(m.served, 0) as served_each, count(*) as customers,
       floor(log_value * {STEPS_PER_FOLD})::integer as worth,
       count(repeat_value) as valued, sum(repeat_value) as repeat_value,
       sum(log_value) as log_value, sum(year_value) as year_value
from shaped s
left join margins m on m.customer = s.customer
left join traits_of t on t.customer = s.customer
left join arms_of a on a.customer = s.customer
group by all
union all by name
select 'aside' as part, coalesce(m.lacking_rate, '') as lacking_rate,
       sum(m.margin) filter (where s.customer is null) as margin_each, sum(m.goods) as goods
from margins m left join shaped s on s.customer = m.customer
group by all"""
