"""The question behind `profit.concentration`: how many customers are worth the same."""

from wegweiser.measure.form import Asked
from wegweiser.measure.profit.portions import portion_steps, signed
from wegweiser.terms.result import Question

OF = {
    "contribution": f"coalesce(sum({signed()}), 0)",
    "revenue": "coalesce(sum(amount) filter (where kind = 'revenue'), 0)",
    "sold": "coalesce(sum(amount) filter (where rule = 'sold'), 0)",
}


def question(asked: Asked) -> Question:
    """Ask for the customers with an entry in the ledger, grouped by what each is worth.

    Of "sold" only those who bought something count. A row with a currency tells how many entries
    had no rate; nobody is named.
    """
    of = asked.text("of")
    least = "having sum(amount) filter (where rule = 'sold') > 0" if of == "sold" else ""
    return asked.question(f"""
{portion_steps(asked.text("unit"))},
worths as (
  select customer, bool_or(kind = 'revenue') as has_bought,
         {OF[of]}::decimal(28, 4) as worth
  from portions
  where amount is not null and customer not like '(%'
  group by customer {least})
select '' as currency, worth, count(*) as customers
from worths where has_bought group by worth
union all
select currency, null, 0 from portions where amount is null and currency <> '' group by currency
order by currency, worth desc
""")
