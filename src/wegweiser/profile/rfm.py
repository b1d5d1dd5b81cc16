"""Recency, frequency and monetary value, scored in fifths of all who ordered.

Each score is the fifth into which a figure falls: 5 for the most recent, the most frequent and
the most valuable. Assumption: whoever has equal figures gets equal scores, in the middle of
the fifths that they fill, so that fifths may differ in size.
Source: Hughes, Strategic Database Marketing (1994).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from wegweiser.profile.exact import to_number
from wegweiser.profile.purchase import last_order_at, order_count, revenue
from wegweiser.profile.reading import CellAt
from wegweiser.terms.instant import day_of, format_instant
from wegweiser.terms.profile import Rfm

FEWEST_BUYERS = 20
FIFTHS = 5


class Figures(msgspec.Struct, frozen=True):
    """The three figures of one buyer; the day of the last order is a UTC day number."""

    last_day: int
    orders: int
    currency: str
    amount: Decimal


class Cuts(msgspec.Struct, frozen=True):
    """The four borders between the fifths of each figure among `buyers`, counted at a moment.

    Money is compared within one currency: the one in which most buyers order.
    """

    counted_at: int = 0
    buyers: int = 0
    currency: str = ""
    last_day: tuple[float, ...] = ()
    orders: tuple[float, ...] = ()
    amount: tuple[float, ...] = ()


def figures_of(cells: Sequence[CellAt]) -> Figures | None:
    """Give the figures of a buyer, None for whoever never ordered."""
    orders = order_count(cells)
    if not orders:
        return None
    last = last_order_at(cells)
    amounts = revenue(cells)
    currency = max(sorted(amounts), key=lambda name: amounts[name], default="")
    amount = amounts.get(currency, Decimal(0))
    return Figures(0 if last is None else day_of(last), orders, currency, amount)


def cuts_of(buyers: Sequence[Figures], now: int) -> Cuts:
    """Give the borders among all buyers; none where there are too few.

    >>> many = [Figures(day, day, "EUR", Decimal(day)) for day in range(100)]
    >>> cuts_of(many, 0).orders
    (19, 39, 59, 79)
    """
    if len(buyers) < FEWEST_BUYERS:
        # Borders among a few would tell of each of them.
        return Cuts(now, len(buyers))
    counts: dict[str, int] = {}
    for one in buyers:
        counts[one.currency] = counts.get(one.currency, 0) + 1
    currency = max(sorted(counts), key=lambda name: counts[name], default="")
    spent = sorted(float(one.amount) for one in buyers if one.currency == currency)
    return Cuts(
        now,
        len(buyers),
        currency,
        _borders(sorted(one.last_day for one in buyers)),
        _borders(sorted(one.orders for one in buyers)),
        _borders(spent),
    )


def scored(figures: Figures | None, cuts: Cuts, as_of: int) -> Rfm:
    """Give the scores of somebody at a moment (ms).

    >>> many = [Figures(day, day, "EUR", Decimal(day)) for day in range(100)]
    >>> cuts = cuts_of(many, 0)
    >>> best, worst = scored(many[-1], cuts, 0), scored(many[0], cuts, 0)
    >>> best.frequency_score, worst.frequency_score
    (5, 1)
    """
    if figures is None:
        return Rfm("no_order", buyers=cuts.buyers)
    told = Rfm(
        "too_few",
        recency_days=max(0, day_of(as_of - 1) - figures.last_day) if figures.last_day else None,
        frequency=figures.orders,
        monetary=float(to_number(figures.amount)),
        currency=figures.currency,
        buyers=cuts.buyers,
        compared_at=format_instant(cuts.counted_at) if cuts.counted_at else None,
    )
    if cuts.buyers < FEWEST_BUYERS:
        return told
    same_money = figures.currency == cuts.currency
    return msgspec.structs.replace(
        told,
        status="ok",
        recency_score=_score(figures.last_day, cuts.last_day),
        frequency_score=_score(figures.orders, cuts.orders),
        monetary_score=_score(float(figures.amount), cuts.amount) if same_money else None,
    )


def _borders(ordered: Sequence[float]) -> tuple[float, ...]:
    """Give the greatest value of each of the four lower fifths."""
    many = len(ordered)
    return tuple(ordered[max(0, many * part // FIFTHS - 1)] for part in range(1, FIFTHS) if many)


def _score(value: float, borders: Sequence[float]) -> int:
    # Of many who are equal none is better placed: they stand in the middle of their fifths.
    return 1 + (bisect_left(borders, value) + bisect_right(borders, value)) // 2
