"""Inputs that break naive collectors get the outcome that their line demands."""

import base64
import json

import pytest

from tests.collect.reading import KEY, send
from wegweiser.collect.route import route_of

GOOD = b'{"type":"track","event":"Good","userId":"good-1","messageId":"good-%d"}'


@pytest.fixture(scope="module")
def lines(shared_data):
    path = shared_data("hostile") / "events.jsonl"
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(found) > 100
    return found


def body_of(line):
    if line["encoding"] == "base64":
        return base64.b64decode(line["body"])
    return json.dumps(line["body"]).encode()


def test_every_line_alone_gets_its_status(lines):
    wrong = []
    for line in lines:
        found = send(body_of(line), line["path"], line.get("headers"))
        stored = len(found.events) if found.reading else 0
        if found.status not in line["status"] or (line["expect"] == "reject" and stored):
            wrong.append((line["name"], found.status, found.code, stored))
    assert wrong == []


def test_what_is_accepted_is_stored_or_quarantined(lines):
    for line in lines:
        if line["expect"] == "accept":
            reading = send(body_of(line), line["path"], line.get("headers")).reading
            kept = len(reading.record.events) + len(reading.record.refused)
            assert kept == reading.received, line["name"]


def test_every_line_in_the_middle_of_a_batch_harms_no_neighbour(lines):
    tried = 0
    for line in lines:
        middle = one_value(line)
        if middle is None:
            continue
        tried += 1
        body = b'{"batch":[' + GOOD % 1 + b"," + middle + b"," + GOOD % 3 + b"]}"
        found = send(body, "/v1/batch")
        assert found.status == 200, (line["name"], found.code)
        ids = [event.message_id for event in found.events]
        assert ids[0] == "good-1", line["name"]
        assert ids[-1] == "good-3", line["name"]
        assert found.reading.received == 3, line["name"]
        told = [told.index for told in found.reading.quarantined + found.reading.rejected]
        assert told == ([] if len(ids) == 3 else [1]), line["name"]
    assert tried > 80


def one_value(line):
    """The line's body with its type filled in, where it is one JSON value and no batch."""
    if route_of("POST", line["path"]).batch:
        return None
    body = body_of(line)
    try:
        value = json.loads(body.removeprefix(b"\xef\xbb\xbf").decode())
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict) and "type" not in value:
        return json.dumps({"type": route_of("POST", line["path"]).call, **value}).encode()
    return body.removeprefix(b"\xef\xbb\xbf")


CHECKS = {
    "literal_nan": (lambda event: event.properties, {"x": None}),
    "lone_low_surrogate": (lambda event: event.properties, {"x": "\ufffdx"}),
    "reversed_surrogates": (lambda event: event.properties, {"x": "\ufffd\ufffd"}),
    "lone_surrogate_in_key": (lambda event: event.properties, {"a\ufffd": 1}),
    "nul_escape_key": (lambda event: event.properties, {"a\ufffd": 1}),
    "valid_emoji_pair": (lambda event: event.properties, {"x": "\U0001f600"}),
    "int64_max_plus_1": (lambda event: event.properties, {"x": "9223372036854775808"}),
    "float_overflow_1e400": (lambda event: event.properties, {"x": None}),
    "dup_key_messageid": (lambda event: event.message_id, "dup-b"),
    "dup_key_userid": (lambda event: event.user_id, "attacker"),
    "case_variant_keys": (lambda event: (event.user_id, event.anonymous_id), ("", "anon-1")),
    "messageid_missing": (lambda event: event.message_id, "given-1"),
}


@pytest.mark.parametrize("name", CHECKS)
def test_what_a_line_says_must_be_true_afterwards(lines, name):
    line = next((line for line in lines if line["name"] == name), None)
    if line is None:
        pytest.skip(f"the data set has no line {name!r}")
    look, expected = CHECKS[name]
    (event,) = send(body_of(line), line["path"]).events
    assert look(event) == expected


def test_a_key_of_somebody_else_is_refused_or_rejected_alone():
    other = b'{"type":"track","event":"E","userId":"u","messageId":"m","writeKey":"other"}'
    assert (send(other).status, send(other).code) == (403, "key_mismatch")
    found = send(b'{"batch":[' + GOOD % 1 + b"," + other + b"]}", "/v1/batch")
    assert [event.message_id for event in found.events] == ["good-1"]
    assert [(told.index, told.message_id, told.code) for told in found.reading.rejected] == [
        (1, "m", "key_mismatch")
    ]
    assert found.refused == ()
    assert found.reading.received == 2
    ours = other.replace(b'"other"', b'"%s"' % KEY.encode())
    assert len(send(b'{"batch":[' + ours + b"]}", "/v1/batch").events) == 1
