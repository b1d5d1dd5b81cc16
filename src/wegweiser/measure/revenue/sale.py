"""The views of money: `ledger`, every sale and what was taken back, and `order_lines`."""

from collections.abc import Collection, Iterable

import msgspec

SALES = {
    "order": ("Order Completed",),
    "subscription": ("Subscription Started", "Subscription Renewed", "Invoice Paid"),
    "opportunity": ("Opportunity Won", "Deal Won", "Closed Won"),
}
TAKEN_BACK = {
    "refund": ("Order Refunded", "Subscription Refunded", "Invoice Refunded"),
    "cancellation": ("Order Cancelled", "Order Canceled"),
}
IDS = ("order_id", "orderId", "invoice_id", "opportunity_id", "deal_id")
# Ways to state what a sale is worth, the best first; of the total, tax and shipping are taken off.
WAYS = ("revenue", "subtotal", "total", "value", "amount")
# What only some questions need of an entry, and what is costly to carry along.
_EXTRAS = ("person_id", "account_id", "country", "properties")
_NUMBERS = "('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')"
_LINE_NAMES = ("product_id", "productId", "sku", "id", "name")
_LINE_FIELDS = {"price": "DECIMAL(18,4)", "quantity": "DECIMAL(18,4)"}
_LINE = msgspec.json.encode([_LINE_FIELDS | dict.fromkeys(_LINE_NAMES, "VARCHAR")]).decode()
_LINE_AMOUNT = "line.price::decimal(28, 4) * coalesce(line.quantity, 1)"


def ledger(named: Collection[str] = _EXTRAS) -> str:
    """Select every sale once, and what was taken back of it on its own day; exact decimals.

    A sale is worth its `revenue`, else `subtotal`, else `total` less `tax` and `shipping`, else
    `value`, else `amount`, else its products less `discount`. An order told twice (by its
    `order_id`) counts once: an order before an opportunity, a trusted sender before a browser.
    What is taken back without an amount, and every cancellation of a known order, is all that is
    left of the order. Entries without any amount are listed with none. Of person, account,
    country and properties it has those that are `named`.
    """
    extras = [name for name in _EXTRAS if name in named]
    more = "".join(f", {name}" for name in extras)
    return f"""
{_told_steps(more)}
{_sales_steps()}
{_returned_steps(extras)}
select event_id as entry_id, kind, order_id, occurred_at, received_at, event_id as sale_id,
       occurred_at as sold_at, leaf, user_id, currency, amount{more}
from sales
union all
select event_id, kind, order_id, occurred_at, received_at, sale_id, sold_at, leaf, user_id,
       currency,
       case when not takes_rest then -abs(stated)
            when sold is null then null
            when takes_it then -greatest(sold - gone, 0) else 0 end::decimal(18, 4){more}
from rests
"""


def order_lines() -> str:
    """Select what each ledger entry is made of, by product; the parts sum to the entry exactly.

    What the products do not explain (a discount on the whole, an amount without products) is
    "(rest of order)".
    """
    return f"""
with stated as (
  select entry_id, amount,
         unnest(json_transform(json_extract(properties, '$.products'), '{_LINE}')) as line
  from ledger
  where amount is not null),
lines as (
  select entry_id,
         coalesce({", ".join(f"nullif(trim(line.{name}), '')" for name in _LINE_NAMES)},
                  '(unknown)') as product,
         {_LINE_AMOUNT} * case when amount < 0 then -1 else 1 end as amount
  from stated
  where line.price is not null),
products as (
  select entry_id, product, sum(amount)::decimal(18, 4) as amount from lines group by all)
select entry_id, product, amount from products
union all
select l.entry_id, '(rest of order)', l.amount - coalesce(p.amount, 0) as amount
from ledger l
left join (select entry_id, sum(amount)::decimal(18, 4) as amount from products group by all) p
  on p.entry_id = l.entry_id
where l.amount is not null and (p.entry_id is null or l.amount <> p.amount)
"""


def _told_steps(more: str) -> str:
    """Read what is stated; what was archived in columns of its own is not read again."""
    ids = ", ".join(map(_text, IDS))
    return f"""
with told as (
  select event_id, leaf, user_id, occurred_at, received_at, trust{more},
         {_kind_of_name()} as kind,
         case when stated_order is null then coalesce({ids})
              else nullif(stated_order, '') end as stated_id,
         coalesce(case when stated_order is null then {_text("refund_id")}
                       else nullif(stated_refund, '') end, event_id) as refund_id,
         case when stated_order is null then {_currency()}
              else stated_currency end as currency,
         case when stated_order is null then {_stated()}
              else stated_amount end as amount
  from events
  where type = 'track' and not bot and received_at <= $as_of::timestamptz
    and name in ({_all_names()})),
""".strip()


def _sales_steps() -> str:
    """Keep each order once; only those that were told twice are put in order."""
    return f"""
sold as (
  select *, coalesce(stated_id, event_id) as order_id from told where kind in ({_quoted(SALES)})),
told_twice as (select order_id from sold group by order_id having count(*) > 1),
sales as (
  select * from sold where order_id not in (select order_id from told_twice)
  union all
  select * from (select * from sold where order_id in (select order_id from told_twice))
  qualify row_number() over (
    partition by order_id
    order by amount is null, kind = 'opportunity', trust desc, occurred_at, event_id) = 1),
""".strip()


def _returned_steps(extras: Iterable[str]) -> str:
    own = {"leaf", "user_id", *extras} - {"properties"}
    kept = "".join(
        f",\n         coalesce(s.{name}, t.{name}) as {name}"
        if name in own
        else f",\n         t.{name}"
        for name in ("leaf", "user_id", *extras)
    )
    return f"""
returned as (
  select t.event_id, t.kind, t.occurred_at, t.received_at, t.amount as stated,
         coalesce(t.stated_id, '') as order_id, s.event_id as sale_id, s.occurred_at as sold_at,
         s.amount as sold, coalesce(nullif(t.currency, ''), s.currency, '') as currency{kept},
         t.amount is null or (t.kind = 'cancellation' and s.amount is not null) as takes_rest
  from (select * from told where kind in ({_quoted(TAKEN_BACK)})
        qualify row_number() over (
          partition by refund_id order by amount is null, trust desc, occurred_at, event_id) = 1) t
  left join sales s on s.order_id = t.stated_id),
rests as (
  select *, row_number() over (
              partition by sale_id, takes_rest order by occurred_at, event_id) = 1 as takes_it,
         coalesce(sum(case when not takes_rest then abs(stated) end) over (
                    partition by sale_id order by occurred_at, event_id
                    rows unbounded preceding), 0) as gone
  from returned)
""".strip()


def _kind_of_name() -> str:
    kinds = {**SALES, **TAKEN_BACK}
    cases = [f"when name in ({_quoted(names)}) then '{kind}'" for kind, names in kinds.items()]
    return f"case {' '.join(cases)} end"


def _all_names() -> str:
    return ", ".join(_quoted(names) for names in (*SALES.values(), *TAKEN_BACK.values()))


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _text(field: str) -> str:
    return f"nullif(trim(json_extract_string(properties, '$.{field}')), '')"


def _currency() -> str:
    stated = "upper(trim(json_extract_string(properties, '$.currency')))"
    return f"case when regexp_full_match({stated}, '[A-Z]{{3}}') then {stated} else '' end"


def _number(field: str) -> str:
    return (
        f"case when json_type(properties, '$.{field}') in {_NUMBERS}"
        f" then try_cast(json_extract_string(properties, '$.{field}') as decimal(18, 4)) end"
    )


def _stated() -> str:
    total = f"{_number('total')} - coalesce({_number('tax')}, 0)"
    total += f" - coalesce({_number('shipping')}, 0)"
    products = f"""list_sum(list_transform(
           json_transform(json_extract(properties, '$.products'), '{_LINE}'),
           lambda line: {_LINE_AMOUNT})) - coalesce({_number("discount")}, 0)"""
    ways = [total if way == "total" else _number(way) for way in WAYS]
    return f"coalesce({', '.join(f'({way})::decimal(18, 4)' for way in (*ways, products))})"
