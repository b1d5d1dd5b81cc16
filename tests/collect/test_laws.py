"""Laws of reading a batch: neighbours are independent, and nothing is lost count of."""

import json
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from tests.collect.reading import send
from wegweiser.terms.event import Event

GOOD = {"type": "track", "event": "E", "userId": "u"}
DEEP = "[" * 40 + "]" * 40
FRAGMENTS = [
    json.dumps(element)
    for element in (
        GOOD,
        {**GOOD, "userId": 7, "timestamp": "2026-11-22T09:00:00Z", "_metadata": {}},
        {**GOOD, "userId": "guest"},
        {**GOOD, "userId": None},
        {**GOOD, "event": ""},
        {**GOOD, "properties": {"x": float("nan")}},
        {**GOOD, "properties": {"x": "\ud83d \u0000"}},
        {**GOOD, "properties": {"x": 2**80}},
        {**GOOD, "userId": "u\u0000"},
        {**GOOD, "properties": {"x" * 300: 1}},
        {**GOOD, "properties": {"x": "y" * 40_000}},
        {**GOOD, "properties": []},
        {**GOOD, "writeKey": "of another source"},
        {**GOOD, "writeKey": "wk_test"},
        {"type": "identify", "userId": "u", "context": {"traits": {"a": -0.0}}},
        {"type": "batch", "batch": [GOOD]},
        {"type": "page", "anonymousId": "a", "context": {"page": {"url": "https://example.com"}}},
        "text",
        None,
        [],
    )
] + [json.dumps(GOOD)[:-1] + f',"deep":{DEEP}' + "}", DEEP, "-0.0"]

ELEMENTS = st.lists(st.sampled_from(FRAGMENTS), max_size=6)


def outcomes(fragments):
    """What happens to each element of a batch, by index; message ids are given by index."""
    body = ('{"batch":[' + ",".join(fragments) + '],"sentAt":"2026-11-22T10:00:01Z"}').encode()
    found = send(body, "/v1/batch")
    assert found.status == 200
    return found.reading


def by_index(reading, length):
    """Pair each index with its fate; stored events keep their order between the others."""
    fates = {
        refused.index: (refused.code, repr(refused.element)) for refused in reading.record.refused
    }
    fates |= {told.index: (told.code, "") for told in reading.rejected}
    events = iter(reading.record.events)
    for index in range(length):
        if index not in fates:
            fates[index] = comparable(next(events))
    assert next(events, None) is None
    return fates


def comparable(event: Event):
    return repr(event).replace(repr(event.message_id), "")


@given(ELEMENTS)
def test_what_happens_to_an_element_does_not_depend_on_its_neighbours(fragments):
    together = by_index(outcomes(fragments), len(fragments))
    for index, fragment in enumerate(fragments):
        assert together[index] == by_index(outcomes([fragment]), 1)[0]


@given(ELEMENTS)
def test_received_is_stored_and_refused_and_rejected(fragments):
    reading = outcomes(fragments)
    record = reading.record
    assert len(record.events) + len(record.refused) + record.rejected == len(fragments)
    assert reading.received == len(fragments)
    assert len(reading.quarantined) == len(record.refused)
    assert len(reading.rejected) == record.rejected


@given(ELEMENTS, st.integers(0, 6))
def test_a_stored_event_is_independent_of_the_place_it_came_from(fragments, shift):
    turned = fragments[shift:] + fragments[:shift]
    fates = by_index(outcomes(fragments), len(fragments)).values()
    assert sorted(map(repr, fates)) == sorted(
        map(repr, by_index(outcomes(turned), len(turned)).values())
    )


def test_ids_that_the_server_gives_differ():
    given_ids = {event.message_id for event in outcomes([FRAGMENTS[0]] * 5).record.events}
    assert given_ids == {f"given-{number}" for number, _ in zip(count(1), range(5), strict=False)}
