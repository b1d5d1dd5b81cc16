"""The question behind `profit.accounts`: exact sums by cut, kind of money and rule."""

from wegweiser.measure.form import Asked
from wegweiser.measure.profit.cost_steps import UNALLOCATED
from wegweiser.measure.profit.drivers import UNASSIGNED, customer_of
from wegweiser.measure.profit.portions import portion_steps, signed
from wegweiser.terms.result import Question

# "customer" stands for the person or the account, as `unit` says.
CUTS = {
    "customer": "p.customer",
    "quarter": "strftime(p.day, '%Y') || '-Q' || quarter(p.day)",
    "segment": f"case when p.customer like '(%' then p.customer"
    f" else coalesce(t.segment, '{UNASSIGNED}') end",
    "message": f"case when p.customer like '(%' then p.customer"
    f" else coalesce(f.message, '{UNASSIGNED}') end",
}
OTHERS = "(other)"
# How a row tells what is no part of any customer's account.
WITHOUT_RATE, LOSING, COVERED, CUSTOMERS = "without_rate", "losing", "covered", "customers"
OF_NOBODY = "of_nobody"


def question(asked: Asked) -> Question:
    """Ask for revenue and costs by cut, kind and rule, and for how many customers lose money.

    Of customers those beyond the $most best and the $most that lose most are "(other)".
    """
    unit, by = asked.text("unit"), asked.text("by")
    return asked.question(f"""
{portion_steps(unit)},
{_joined(by, unit)}cut as (
  select {CUTS[by]} as cut, p.customer, p.kind, p.rule, sum(p.amount) as amount,
         sum({signed()}) as signed
  from portions p{_joins(by)}
  where p.amount is not null
  group by all),
worth as (
  select customer, sum(signed) as contribution,
         coalesce(sum(amount) filter (where kind = 'revenue'), 0) as revenue,
         bool_or(kind = 'revenue') as has_bought, bool_or(kind = 'goods') as has_goods
  from cut where customer not like '(%' group by customer),
ranked as (
  select cut, sum(signed) as contribution from cut group by cut),
named as (
  select cut,
         row_number() over (order by contribution desc, cut) <= $most
         or (contribution < 0 and row_number() over (order by contribution, cut) <= $most)
         or cut like '(%' or $by <> 'customer' as is_named
  from ranked)
select case when n.is_named then c.cut else '{OTHERS}' end as cut, c.kind, c.rule,
       0 as customers, sum(c.amount) as amount
from cut c join named n on n.cut = c.cut
group by all
union all
select case when n.is_named then c.cut else '{OTHERS}' end, '{CUSTOMERS}', '',
       count(distinct c.customer), 0
from cut c join named n on n.cut = c.cut
where c.kind = 'revenue' and c.customer not like '(%'
group by 1
union all
select '', '{CUSTOMERS}', '', count(*), 0 from worth where has_bought
union all
select '', '{LOSING}', '', count(*), sum(contribution) from worth where contribution < 0
union all
select '', '{COVERED}', '', count(*), sum(revenue) from worth where has_goods
union all
select '', '{OF_NOBODY}', '', 0, coalesce(sum(amount), 0)
from cut where customer = '{UNALLOCATED}' and kind <> 'revenue'
union all
select '', '{WITHOUT_RATE}', currency, count(*), 0
from portions where amount is null group by currency
order by cut, kind, rule
""")


def _joins(by: str) -> str:
    return {
        "segment": " left join traits_of t on t.customer = p.customer",
        "message": " left join first_shown f on f.customer = p.customer",
    }.get(by, "")


def _joined(by: str, unit: str) -> str:
    """Give the CTE that a cut needs: what a customer is, or was told first."""
    if by == "segment":
        call = "group" if unit == "account" else "identify"
        return f"""traits_of as (
  select {customer_of(unit)} as customer,
         arg_max(json_extract_string(traits, '$.' || $segment), (occurred_at, event_id))
           as segment
  from events
  where type = '{call}' and received_at <= $as_of::timestamptz
    and json_extract_string(traits, '$.' || $segment) <> ''
  group by all),
"""
    if by == "message":
        return """first_shown as (
  select customer, arg_min(message, (day, message)) as message from contacted group by customer),
"""
    return ""
