"""The parts of a cell: sessions, money, topics, dwell."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.profile.interest import topics_of
from wegweiser.profile.money import amounts_of
from wegweiser.profile.session import JOIN_GAP_MS, add_interval, dwell_ms, merge_intervals
from wegweiser.terms.event import Event

intervals = st.tuples(st.integers(0, 200), st.integers(0, 30)).map(
    lambda drawn: (drawn[0] * 600_000, (drawn[0] + drawn[1]) * 600_000)
)


@given(st.lists(intervals))
def test_intervals_added_one_by_one_equal_all_joined_at_once(drawn: list[tuple[int, int]]) -> None:
    one_by_one: list[tuple[int, int]] = []
    for start, end in drawn:
        add_interval(one_by_one, start, end)
    assert one_by_one == merge_intervals(drawn)
    gaps = pairwise(one_by_one)
    assert all(later[0] - earlier[1] > JOIN_GAP_MS for earlier, later in gaps)


@pytest.mark.parametrize(
    ("seconds", "dwell"),
    [(30, 30_000), (2.5, 2_500), (99_999, 14_400_000), (-3, 0), ("30", 0), (True, 0), (None, 0)],
)
def test_dwell_is_what_a_number_of_seconds_says(seconds: object, dwell: int) -> None:
    event = Event(
        type="track", message_id="m", at=0, event="Engaged Time", properties={"seconds": seconds}
    )
    assert dwell_ms(event) == dwell


@pytest.mark.parametrize(
    ("properties", "amounts"),
    [
        ({"revenue": 19.99, "currency": "eur"}, [("revenue", "EUR", Decimal("19.99"))]),
        ({"revenue": 500, "currency": "JPY"}, [("revenue", "JPY", Decimal(500))]),
        ({"value": 1.2345, "currency": "KWD"}, [("value", "KWD", Decimal("1.2345"))]),
        ({"value": 0.12345678949}, [("value", "", Decimal("0.123456789"))]),
        ({"revenue": -5.50, "currency": "Euro"}, [("revenue", "", Decimal("-5.5"))]),
        ({"revenue": "much"}, []),
        ({"revenue": True}, []),
        ({"revenue": 1e300}, []),
        ({"revenue": "19.99"}, []),
        ({"revenue": "0e999999999"}, []),
        ({"revenue": float("nan")}, []),
        ({"revenue": float("inf")}, []),
        ({"revenue": 10**5_000}, []),
    ],
)
def test_money_is_counted_exactly(
    properties: dict[str, object], amounts: list[tuple[str, str, Decimal]]
) -> None:
    assert amounts_of(properties) == amounts


def test_what_was_searched_is_no_topic() -> None:
    assert topics_of({"query": "sso", "topics": [1, " ", "price"], "interest": "price"}) == (
        "price",
    )
