"""What an order states reads the same, whether from its own columns or from its properties."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.measure.asking import offer, warehouse
from wegweiser.measure.revenue.stated_sale import NAMES, stated_sale
from wegweiser.measure.views import with_views
from wegweiser.terms.json import Json, JsonObject

LEDGER = """
select entry_id, kind, order_id, sale_id, leaf, currency, amount, person_id, account_id
from ledger order by entry_id
"""
TEXTS = st.sampled_from(["", " ", "o-1", " o-1 ", "o-2", "7", "eur", "EUR ", "e r", "ıur", "ßur"])
NUMBERS = st.one_of(
    st.integers(-(10**6), 10**6),
    st.integers(-999_999, 999_999).map(lambda cents: cents / 100),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 12.34567, 1e-7, 10**12, 10**18, 10**25, 1e15]),
)
VALUES: st.SearchStrategy[Json] = st.one_of(
    st.none(), st.booleans(), TEXTS, NUMBERS, st.just([]), st.just({"a": 1})
)
PRODUCTS: Json = [{"id": "p", "price": 2.5, "quantity": 2}]
STATED = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("order_id", "orderId", "deal_id", "refund_id", "currency"), VALUES),
        **dict.fromkeys(("revenue", "subtotal", "total", "tax", "value", "amount"), VALUES),
        "products": st.one_of(st.none(), st.just([]), st.just(PRODUCTS)),
    },
)
EVENTS = st.lists(
    st.tuples(st.sampled_from(sorted(NAMES)), STATED, st.integers(0, 3)), min_size=1, max_size=8
)


def rows(events: list[tuple[str, JsonObject, int]]) -> list[dict[str, object]]:
    return [
        {
            "event_id": f"e-{place}",
            "leaf": f"user_id:{who}",
            "user_id": str(who),
            "type": "track",
            "name": name,
            "occurred_at": place * 1_000,
            "properties": json.dumps(stated),
        }
        for place, (name, stated, who) in enumerate(events)
    ]


def ledger_of(events: list[dict[str, object]]) -> list[dict[str, object]]:
    offer({"events": events})
    now = datetime(2030, 1, 1, tzinfo=UTC).isoformat()
    found: list[dict[str, object]] = warehouse().ask(with_views(LEDGER), {"as_of": now}).to_pylist()
    return found


@given(EVENTS)
def test_own_columns_say_what_the_properties_say(
    events: list[tuple[str, JsonObject, int]],
) -> None:
    read = rows(events)
    own = [
        row | stated_sale(name, stated) for row, (name, stated, _) in zip(read, events, strict=True)
    ]
    assert ledger_of(own) == ledger_of(read)


@pytest.mark.parametrize(
    "stated", [{"revenue": 0.12345}, {"products": PRODUCTS}, {"order_id": True}, {"order_id": [1]}]
)
def test_what_is_not_clear_is_left_to_the_question(stated: JsonObject) -> None:
    assert stated_sale("Order Completed", stated) == {}
