"""Purchases: what the orders in some cells add up to."""

from collections.abc import Iterable, Sequence

from wegweiser.profile.bought import ORDERS, merge_bought
from wegweiser.profile.bound import MOST_PRODUCTS, bound
from wegweiser.profile.cell import SEPARATOR
from wegweiser.profile.exact import Amounts, add_amount, to_number
from wegweiser.profile.reading import CellAt
from wegweiser.terms.instant import DAY_MS, HOUR_MS, format_instant
from wegweiser.terms.profile import Product, Purchases

MOST_SHOWN = 50


def purchases(cells: Sequence[CellAt]) -> Purchases | None:
    """Give all purchases, the newest products first; None where nothing was ever ordered."""
    orders = order_count(cells)
    if not orders:
        return None
    bought = merge_bought({}, {})
    for held in cells:
        bought = bound(merge_bought(bought, held.cell.products), MOST_PRODUCTS)
    newest = sorted(bought.items(), key=lambda one: (-one[1].last_at, one[0]))[:MOST_SHOWN]
    last = last_order_at(cells)
    return Purchases(
        orders=orders,
        last_order_at=None if last is None else format_instant(last),
        revenue={name: float(to_number(one)) for name, one in sorted(revenue(cells).items())},
        products=tuple(
            Product(
                name,
                one.name,
                one.quantity,
                format_instant(one.first_at),
                format_instant(one.last_at),
            )
            for name, one in newest
        ),
    )


def order_count(cells: Iterable[CellAt]) -> int:
    """Give the number of orders."""
    return sum(
        sum(held.cell.counts[name].values())
        for held in cells
        for name in ORDERS
        if name in held.cell.counts
    )


def last_order_at(cells: Iterable[CellAt]) -> int | None:
    """Give the hour (ms) of the last order, None where its day is no longer known."""
    hours = (
        held.day * DAY_MS + int(hour) * HOUR_MS
        for held in cells
        if held.day
        for name in ORDERS
        for hour in held.cell.counts.get(name, ())
    )
    return max(hours, default=None)


def revenue(cells: Iterable[CellAt]) -> Amounts:
    """Give what orders brought, by currency ("" where none was stated).

    The field `revenue` counts; `value` only for a currency in which no revenue was ever stated.
    """
    by_field: dict[str, Amounts] = {"revenue": {}, "value": {}}
    for held in cells:
        for key, amount in held.cell.sums.items():
            name, _, field, currency = key.split(SEPARATOR)
            if name in ORDERS:
                add_amount(by_field[field], currency, amount)
    return {**by_field["value"], **by_field["revenue"]}
