"""Order days of a profile: how many, between which days, and what one is worth."""

import pytest

from wegweiser.profile.cell import Cell
from wegweiser.profile.fold import fold_event
from wegweiser.profile.order_days import order_days
from wegweiser.profile.reading import CellAt
from wegweiser.terms.customer_value import Bought
from wegweiser.terms.event import Event
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.source import Trust

LEAF = "user_id:u-1"


def cell(day: int, *orders: float, currency: str = "EUR", name: str = "Order Completed") -> CellAt:
    folded = Cell()
    for number, revenue in enumerate(orders):
        stated = {"revenue": revenue, "currency": currency}
        at = day * DAY_MS + number
        event = Event(
            type="track", event=name, message_id=f"{day}-{number}", at=at, properties=stated
        )
        fold_event(folded, event, Trust.SERVER, 20, LEAF)
    return CellAt(LEAF, day, "", folded)


def test_orders_of_one_day_are_one_order_day() -> None:
    found = order_days([cell(20_000, 10, 5), cell(20_007, 30, 6), cell(20_010, 12)], "EUR")
    assert found == Bought(3, 20_000, 20_010, 24.0, "EUR")


def test_who_ordered_once_has_no_mean_of_repeats() -> None:
    assert order_days([cell(20_000, 10)], "EUR") == Bought(1, 20_000, 20_000, None, "EUR")


def test_what_was_refunded_is_taken_from_the_mean() -> None:
    back = cell(20_012, 6, name="Order Refunded")
    found = order_days([cell(20_000, 10), cell(20_007, 30), back], "EUR")
    assert found is not None
    assert found.repeat_value == pytest.approx(24.0)


def test_foreign_money_is_named_and_not_added() -> None:
    found = order_days([cell(20_000, 10, currency="CHF"), cell(20_001, 9, currency="CHF")], "EUR")
    assert found == Bought(2, 20_000, 20_001, None, "CHF")


def test_orders_of_days_that_are_no_longer_known_tell_nothing() -> None:
    assert order_days([cell(20_000, 10), CellAt(LEAF, 0, "", cell(5, 7).cell)], "EUR") is None
    assert order_days([], "EUR") is None
