"""Mappings: rows become elements, missing fields stay out, needed ones are asked for."""

import hashlib
import sys
from types import FrameType

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.collect.limit import ELEMENTS_PER_BATCH
from wegweiser.collect.mapping import (
    OF_HOOKS,
    OF_ROWS,
    Unmappable,
    compile_mapping,
    mapping_variables,
)
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
    return compile_mapping(document).elements({"row": row}, occurrence)


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


def test_each_that_is_no_list_is_told_and_an_empty_list_gives_nothing() -> None:
    with pytest.raises(Unmappable, match=r"row\.lines is no list"):
        elements(ORDERS, {"state": "paid", "customer": 7})
    assert elements(ORDERS, {"state": "paid", "customer": 7, "lines": []}) == []


def test_several_events_of_one_record_get_names_of_their_own() -> None:
    events: list[Json] = [{"type": "page", "userId": "=body.user"}] * 2
    document: JsonObject = {"key": "m", "source": "s", "event": events}
    mapping = compile_mapping(document, OF_HOOKS)
    names = {
        element["messageId"]
        for hook in ("a", "b")
        for element in mapping.elements({"body": {"user": "u"}}, hook=hook)
    }
    assert len(names) == 4
    again = mapping.elements({"body": {"user": "u"}, "headers": {"x-try": "2"}}, hook="a")
    assert {element["messageId"] for element in again} < names


LISTED: JsonObject = {
    "key": "m",
    "source": "s",
    "each": "=body.items",
    "event": {"type": "page", "userId": "=item"},
}


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5), st.text(), st.integers(0, 10**9))
def test_unnamed_events_are_named_after_record_and_place(
    users: list[str], hook: str, occurrence: int
) -> None:
    listed: list[Json] = [*users]
    body: JsonObject = {"items": listed, "b": 1, "a": "\u00e4"}
    mapping = compile_mapping(LISTED, OF_HOOKS)
    origins = [[hook, "m", body, occurrence, index, 0] for index in range(len(users))]
    assert [one["messageId"] for one in mapping.elements({"body": body}, occurrence, hook)] == [
        "map-" + hashlib.blake2b(
            msgspec.json.encode(origin, order="sorted"), digest_size=20
        ).hexdigest()
        for origin in origins
    ]  # fmt: skip


def test_a_record_is_written_out_once_however_many_items_it_has() -> None:
    mapping = compile_mapping(LISTED, OF_HOOKS)
    users: list[Json] = [f"u-{number}" for number in range(300)]
    written: list[str] = []

    def watch(frame: FrameType, happened: str, called: object) -> None:
        if happened == "c_call" and called is msgspec.json.encode:
            written.append(happened)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        found = mapping.elements({"body": {"items": users}})
    finally:
        sys.setprofile(before)
    assert len({one["messageId"] for one in found}) == 300
    assert len(written) == 1


def test_a_record_becomes_as_many_events_as_one_request_may_hold_and_no_more() -> None:
    double = LISTED | {"event": [LISTED["event"], LISTED["event"]]}
    full: list[Json] = ["u"] * (ELEMENTS_PER_BATCH // 2)
    mapping = compile_mapping(double, OF_HOOKS)
    assert len(mapping.elements({"body": {"items": full}})) == ELEMENTS_PER_BATCH
    with pytest.raises(Unmappable, match="5002 events"):
        mapping.elements({"body": {"items": [*full, "u"]}})
    # Whom it names has to be found all the same, for an erasure.
    assert mapping.stated({"body": {"items": [*full, "last"]}})[-1]["userId"] == "last"


@pytest.mark.parametrize(
    ("text", "spoken"),
    [("=row.id", OF_ROWS), ("=body.id", OF_HOOKS), ('=headers["x"]', OF_HOOKS), ("u-1", OF_ROWS)],
)
def test_a_mapping_tells_what_it_was_written_for(text: str, spoken: tuple[str, ...]) -> None:
    assert mapping_variables({"event": {"type": "page", "userId": text}}) == spoken


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
        ({"when": "row.state"}, "begins with ="),
        ({"each": ["a"]}, "begins with ="),
        ({"event": {"type": "trak"}}, "one of track"),
        ({"event": {"event": "Paid"}}, "one of track"),
        ({"event": []}, "event must be fields"),
        ({"when": "=row.state =="}, "cannot be used"),
    ],
)
def test_a_wrong_mapping_is_refused_with_the_reason(change: JsonObject, told: str) -> None:
    with pytest.raises(DocumentRefused, match=told):
        compile_mapping(ORDERS | change)
