"""What changed from quarter to quarter: how many customers, and what one of them leaves."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wegweiser.measure.form import Row

if TYPE_CHECKING:
    from wegweiser.measure.profit.accounts_rows import Book


def split_change(
    customers: tuple[float, float], amounts: tuple[float, float]
) -> tuple[float, float]:
    """Split a change of an amount into that of customers and that of the amount per customer.

    (N₁ − N₀)·(m₀ + m₁)/2 and (m₁ − m₀)·(N₀ + N₁)/2 with m the amount per customer; they sum to the
    change exactly and do not depend on the direction. Source: Bennet 1920, J. R. Stat. Soc. 83.
    Raises ValueError without customers in both.

    >>> split_change((10, 12), (100.0, 180.0))
    (25.0, 55.0)
    """
    before, now = customers
    if before <= 0 or now <= 0:
        raise ValueError("a change is split between two times with customers")
    first, second = amounts[0] / before, amounts[1] / now
    return (now - before) * (first + second) / 2, (second - first) * (before + now) / 2


def effects(books: Sequence["Book"]) -> list[Row]:
    """Give for each quarter, in order, its change and the two parts of it, where they are known."""
    found: list[Row] = []
    for place, one in enumerate(books):
        row: Row = {
            "per_customer": round(float(one.contribution) / one.customers, 4)
            if one.customers
            else None,
            "change": None,
            "from_customers": None,
            "from_per_customer": None,
        }
        before = books[place - 1] if place else None
        if before is not None and before.customers and one.customers:
            amounts = (float(before.contribution), float(one.contribution))
            persons, value = split_change((before.customers, one.customers), amounts)
            row |= {
                "change": round(amounts[1] - amounts[0], 4),
                "from_customers": round(persons, 4),
                "from_per_customer": round(value, 4),
            }
        found.append(row)
    return found
