"""Mappings: rows become elements, missing fields stay out, needed ones are asked for."""

import pytest

from wegweiser.collect.mapping import Unmappable, compile_mapping
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.json import Json, JsonObject

ORDERS: JsonObject = {
    "kind": "mapping",
    "key": "orders",
    "source": "shop",
    "when": '=row.state == "paid"',
    "each": "=row.lines",
    "event": {
        "type": "track",
        "event": "Order Completed",
        "messageId": '="shop-" + string(item.id)',
        "userId": "=string(row.customer)",
        "properties": {"revenue": '=number(item.total, "de")', "coupon": "=row.coupon"},
    },
}


def elements(document: JsonObject, row: Json, occurrence: int = 0) -> list[JsonObject]:
    return compile_mapping(document, "row").elements("row", row, occurrence)


def test_each_gives_one_element_per_item_and_missing_fields_stay_out() -> None:
    row: JsonObject = {
        "state": "paid",
        "customer": 7,
        "lines": [{"id": 1, "total": "1.234,50"}, {"id": 2, "total": "9,00"}],
    }
    first, second = elements(ORDERS, row)
    assert first == {
        "type": "track",
        "event": "Order Completed",
        "messageId": "shop-1",
        "userId": "7",
        "properties": {"revenue": 1234.5},
    }
    assert second["messageId"] == "shop-2"


def test_rows_that_are_not_meant_give_nothing() -> None:
    assert elements(ORDERS, {"state": "open"}) == []


def test_a_row_without_an_id_is_not_mapped() -> None:
    with pytest.raises(Unmappable, match="userId"):
        elements(ORDERS, {"state": "paid", "lines": [{"id": 1, "total": "1,00"}]})


def test_without_a_message_id_equal_rows_get_names_of_their_own() -> None:
    document = ORDERS | {"event": {"type": "page", "userId": "=row.user"}, "when": None}
    del document["each"]
    names = [elements(document, {"user": "u-1"}, count)[0]["messageId"] for count in (0, 1, 0)]
    assert names[0] == names[2] != names[1]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"event": "text"}, "event must be fields"),
        ({"source": ""}, "needs source"),
        ({"wen": "=true"}, "no field wen"),
        ({"when": "=row.state =="}, "cannot be used"),
    ],
)
def test_a_wrong_mapping_is_refused_with_the_reason(change: JsonObject, told: str) -> None:
    with pytest.raises(DocumentRefused, match=told):
        compile_mapping(ORDERS | change, "row")
