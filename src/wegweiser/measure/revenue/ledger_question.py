"""The question behind `revenue.ledger`: exact sums per value of a cut, and in all."""

from wegweiser.measure.form import Asked
from wegweiser.measure.revenue.joined import VISIT_DIMENSIONS, joined_steps
from wegweiser.measure.revenue.sale import SALES
from wegweiser.terms.result import Question

_BOOKED = "timezone($zone, booked_at)"
_UNKNOWN_ORDER = "when $refunds_on = 'order' and sold_at is null then '(unknown)'"
CUTS = {
    "month": f"case {_UNKNOWN_ORDER} else strftime({_BOOKED}, '%Y-%m') end",
    "day": f"case {_UNKNOWN_ORDER} else strftime({_BOOKED}, '%Y-%m-%d') end",
    **VISIT_DIMENSIONS,
    "country": "coalesce(nullif(country, ''), home, '(unknown)')",
    "account": "coalesce(nullif(account_id, ''), '(unassigned)')",
    "kind": "kind",
    "currency": "coalesce(nullif(currency, ''), '(unknown)')",
    "product": "product",
}


def question(asked: Asked) -> Question:
    """Ask for sales, what was taken back, and what of it could be joined; exact decimals.

    Money stands in the currency asked for; entries without a rate are counted, never guessed.
    """
    cut = asked.text("by")
    return asked.question(f"""
{joined_steps()},
{_parts(cut)}
cut as (
  select {CUTS[cut]} as cut, kind in ({_sales()}) as is_sale,
         amount is null as has_no_amount, amount is not null and rate is null as has_no_rate,
         currency, entry_id, person_id, has_person, has_account, entry is not null as has_visit,
         amount::decimal(28, 4) * rate as value
  from parts)
select coalesce(cut, '') as cut, grouping(cut) = 1 as is_total,
       count(distinct entry_id) filter (where is_sale and not has_no_amount) as sales,
       count(distinct entry_id) filter (where not is_sale and not has_no_amount) as taken_back,
       count(distinct person_id) as people,
       sum(value) filter (where is_sale) as sold,
       sum(value) filter (where not is_sale) as returned,
       sum(value) as revenue,
       sum(abs(value)) filter (where is_sale) as weight,
       sum(abs(value)) filter (where is_sale and has_visit) as weight_with_visit,
       sum(abs(value)) filter (where is_sale and has_person) as weight_with_person,
       sum(abs(value)) filter (where is_sale and has_account) as weight_with_account,
       count(distinct entry_id) filter (where has_no_amount) as without_amount,
       count(distinct entry_id) filter (where has_no_rate) as without_rate,
       count(distinct entry_id) filter (
         where currency = '' and not has_no_amount) as without_currency,
       string_agg(distinct currency, ', ' order by currency) filter (where has_no_rate)
         as currencies_without_rate
from cut
group by grouping sets ((cut), ())
order by is_total, cut
""")


def _sales() -> str:
    return ", ".join(f"'{kind}'" for kind in SALES)


def _parts(cut: str) -> str:
    if cut == "product":
        return """
parts as (
  select a.* exclude (amount), coalesce(l.amount, a.amount) as amount,
         coalesce(l.product, '(rest of order)') as product
  from assigned a left join order_lines l on l.entry_id = a.entry_id),""".strip()
    if cut == "country":
        return """
homes as (
  select person_id, arg_max(country, (occurred_at, event_id)) as home
  from (select person_id, occurred_at, event_id,
               coalesce(json_extract_string(traits, '$.country'),
                        json_extract_string(traits, '$.address.country')) as country
        from events where type = 'identify' and received_at <= $as_of::timestamptz)
  where country <> ''
  group by person_id),
parts as (
  select a.*, h.home from assigned a left join homes h on h.person_id = a.person_id),""".strip()
    return "parts as (select * from assigned),"
