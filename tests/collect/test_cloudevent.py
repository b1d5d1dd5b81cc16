"""CloudEvents in three modes become the same elements."""

import base64
import json

import pytest

from wegweiser.collect.cloudevent import elements_of, read_cloudevents
from wegweiser.collect.decode import decode_list
from wegweiser.terms.errors import BodyRefused

EVENT = {
    "specversion": "1.0",
    "id": "ce-1",
    "source": "/shop",
    "type": "com.example.order.paid",
    "time": "2026-11-22T03:00:00Z",
    "subject": "u-42",
    "traceparent": "00-ab",
    "data": {"total": 12.5},
}
STRUCTURED = "application/cloudevents+json; charset=utf-8"
BATCHED = "application/cloudevents-batch+json"


def read(body, trusted=True, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return elements_of(read_cloudevents(named, raw), trusted)


def only(body, **more):
    found = read(body, **more)
    assert found.faults == {}
    (element,) = found.elements
    return element


def binary_headers(event):
    names = [name for name in event if name != "data"]
    return {f"ce-{name}": str(event[name]) for name in names} | {"content-type": "application/json"}


def test_the_three_modes_say_the_same():
    structured = only(EVENT, content_type=STRUCTURED)
    (batched,) = read([EVENT], content_type=BATCHED).elements
    whole = read_cloudevents(binary_headers(EVENT), json.dumps(EVENT["data"]).encode())
    (binary,) = elements_of(whole, trusted=True).elements
    assert structured == batched
    assert {**structured, "context": None} == {**binary, "context": None}
    attributes = {name: EVENT[name] for name in EVENT if name not in ("data", "specversion")}
    assert structured["context"]["cloudevent"] == attributes
    assert binary["context"]["cloudevent"] == attributes | {"datacontenttype": "application/json"}


def test_a_foreign_type_is_a_track_event_of_that_name():
    element = only(EVENT)
    assert (element["type"], element["event"]) == ("track", "com.example.order.paid")
    assert element["properties"] == {"total": 12.5}
    assert element["timestamp"] == EVENT["time"]


def test_source_and_id_together_name_the_message():
    name = only(EVENT)["messageId"]
    assert len(name) <= 100
    assert only({**EVENT, "data": {}, "time": None})["messageId"] == name
    others = [only({**EVENT, part: "x"})["messageId"] for part in ("id", "source")]
    assert len({name, *others}) == 3


def test_the_public_cannot_take_the_place_of_an_event_of_a_server():
    own = {**EVENT, "type": "wegweiser.page.v1", "data": {"anonymousId": "a-1"}}
    for event in (EVENT, own):
        assert only(event)["messageId"].startswith("ce-")
        public = only(event, trusted=False)["messageId"]
        assert public == "public-" + only(event)["messageId"]


def test_who_it_is_about():
    assert only(EVENT)["userId"] == "u-42"
    assert only(EVENT, trusted=False)["userId"] is None
    named = {**EVENT, "userid": "u-1", "anonymousid": "a-1"}
    for trusted in (True, False):
        element = only(named, trusted=trusted)
        assert (element["userId"], element["anonymousId"]) == ("u-1", "a-1")
    device = only({**EVENT, "anonymousid": "a-1"})
    assert (device["userId"], device["anonymousId"]) == (None, "a-1")


@pytest.mark.parametrize("call", ["track", "identify", "page", "screen", "group", "alias"])
def test_our_own_types_carry_an_element(call):
    element = only({**EVENT, "type": f"wegweiser.{call}.v1", "data": {"userId": "u-1", "x": 1}})
    assert (element["type"], element["userId"], element["x"]) == (call, "u-1", 1)
    assert element["timestamp"] == EVENT["time"]
    assert element["messageId"].startswith("ce-")
    own = {"userId": "u-1", "messageId": "m-1", "timestamp": "2026-01-01T00:00:00Z"}
    element = only({**EVENT, "type": f"wegweiser.{call}.v1", "data": own})
    assert {name: element[name] for name in own} == own


def test_the_time_of_a_corrected_event_is_left_to_its_own_claims():
    data = {"userId": "u-1", "originalTimestamp": "2026-01-01T00:00:00Z"}
    assert "timestamp" not in only({**EVENT, "type": "wegweiser.page.v1", "data": data})


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        ({**EVENT, "specversion": "0.3"}, "bad_cloudevent"),
        ({**EVENT, "id": ""}, "bad_cloudevent"),
        ({**EVENT, "id": 7}, "bad_cloudevent"),
        ({**EVENT, "source": None}, "bad_cloudevent"),
        ({"specversion": "1.0"}, "bad_cloudevent"),
        ("text", "bad_cloudevent"),
        ({**EVENT, "type": "wegweiser.track.v1", "data": [1]}, "bad_shape"),
        ({**EVENT, "type": "wegweiser.track.v1", "data": {"type": "page"}}, "bad_type"),
        ({**EVENT, "data": json.loads("[" * 40 + "]" * 40)}, "too_deep"),
    ],
)
def test_a_bad_one_is_kept_as_it_came_and_its_neighbours_are_read(event, fault):
    found = read([EVENT, event, {**EVENT, "id": "ce-2"}], content_type=BATCHED)
    assert found.faults == {1: fault}
    assert found.elements[1] == (json.dumps(event) if fault == "too_deep" else event)
    assert [element["event"] for element in found.elements[::2]] == [EVENT["type"]] * 2


def test_a_body_with_specversion_is_structured_whatever_it_says():
    for content_type in ("text/plain", BATCHED, "application/json"):
        assert only(EVENT, content_type=content_type) == only(EVENT)
    assert read([EVENT], content_type="application/json").elements == [only(EVENT)]


@pytest.mark.parametrize("body", [{"x": 1}, [], [{"x": 1}], 7, "text"])
def test_what_is_no_cloudevent_at_all_is_refused(body):
    with pytest.raises(BodyRefused) as refused:
        read(body, content_type="application/json")
    assert refused.value.code == "bad_shape"


BROKEN = [b"{", b"[1", b"[1}", b'{"a":1}{}', b'[],"batch":[1]', b'{}],"x":[{}', b"[1],[2]"]
IN_HEADERS = {"ce-specversion": "1.0", "ce-id": "1"}


@pytest.mark.parametrize(
    ("headers", "body"),
    [({}, b""), *(({}, body) for body in BROKEN), *((IN_HEADERS, body) for body in BROKEN)],
)
def test_what_is_not_json_is_refused_in_every_mode(headers, body):
    with pytest.raises(BodyRefused) as refused:
        read_cloudevents(headers, body)
    assert refused.value.code == "bad_json"


def test_header_values_are_percent_decoded():
    event = {**EVENT, "subject": "J%C3%B6rg%20%25", "ext": "x%20y"}
    (element,) = elements_of(read_cloudevents(binary_headers(event), b"{}"), True).elements
    assert element["userId"] == "Jörg %"
    assert element["context"]["cloudevent"]["ext"] == "x y"


@pytest.mark.parametrize(("body", "data"), [(b"", None), (b" 5 ", 5), (b'"x"', "x"), (b"[1]", [1])])
def test_data_of_any_kind_is_read_in_binary_mode(body, data):
    (element,) = elements_of(read_cloudevents(binary_headers(EVENT), body), True).elements
    assert element["properties"] == data


def test_packed_data_is_unpacked():
    packed = {name: value for name, value in EVENT.items() if name != "data"}
    packed["data_base64"] = base64.b64encode(b'{"total": 12.5}').decode()
    assert only(packed) == only(EVENT)
    assert only({**packed, "data_base64": "%"})["properties"] == "%"


def test_repairs_are_told_where_they_stand_in_the_element():
    body = b'{"specversion": "1.0", "id": "1", "source": "/s", "type": "T", "userid": "a\\u0000",'
    found = read(body + b' "data": {"x": NaN}}')
    assert found.repairs == {0: ("nul /userId", "not_finite /properties/x")}
    own = read((body + b' "data": {"x": NaN}}').replace(b'"T"', b'"wegweiser.track.v1"'))
    assert own.repairs == {0: ("nul /userId", "not_finite /x")}


def test_a_bare_array_has_the_limits_of_a_batch():
    with pytest.raises(BodyRefused) as refused:
        decode_list(b"[" + b"{}," * 5_000 + b"{}]")
    assert (refused.value.code, refused.value.status) == ("too_large", 413)
