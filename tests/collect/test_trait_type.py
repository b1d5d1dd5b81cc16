"""A reserved trait of another type is kept, flagged, and names nobody."""

import msgspec
import pytest

from tests.collect.reading import send
from wegweiser.resolve.statement import read_event
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Trust

OTHERS: JsonObject = {"employees": 12, "age": "old"}
CALL: JsonObject = {"type": "identify", "userId": "u-1", "messageId": "m"}


@pytest.mark.parametrize(
    ("traits", "flagged"),
    [
        ({"first_name": "Ada", "age": 36, "createdAt": "2026-01-02"}, False),
        ({"age": "old"}, True),
        ({"firstName": 7}, True),
        ({"first_name": ["Ada"]}, True),
        ({"address": "Köln"}, True),
        ({"email": {"work": "ada@buyer.example"}}, True),
        ({"age": None, "shoeSize": "large"}, False),
    ],
)
def test_a_value_of_another_type_is_flagged_and_kept(traits: JsonObject, flagged: bool) -> None:
    (event,) = send(msgspec.json.encode({**CALL, "traits": traits}), "/v1/identify").events
    assert ("trait_type" in event.flags) is flagged
    assert event.traits == traits


def test_a_group_has_traits_of_its_own() -> None:
    group = {"type": "group", "userId": "u-1", "groupId": "acme", "messageId": "m"}
    (event,) = send(msgspec.json.encode({**group, "traits": OTHERS}), "/v1/group").events
    assert event.flags == ()


@pytest.mark.parametrize(("phone", "named"), [("+49 30 123456", True), (4930123456, False)])
def test_what_is_of_another_type_is_no_identifier(phone: Json, named: bool) -> None:
    call = {**CALL, "traits": {"phone": phone, "id": "u-9"}}
    (event,) = send(msgspec.json.encode(call), "/v1/identify").events
    found = read_event(event, Trust.SERVER, "shop", 1).identifiers
    assert any(one.startswith("phone:") for one in found) is named
    assert "user_id:u-9" not in found
