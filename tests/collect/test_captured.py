"""Requests of real, unmodified clients are read as they were meant."""

import base64
import json
from urllib.parse import urlencode

import pytest

from tests.collect.reading import SERVER, send
from wegweiser.collect.body import unpacked
from wegweiser.collect.decode import decode
from wegweiser.collect.key import written_keys
from wegweiser.collect.limit import BODY_BYTES_PUBLIC
from wegweiser.collect.route import route_of
from wegweiser.terms.errors import NotFound
from wegweiser.terms.wire import WireRequest


@pytest.fixture(scope="module")
def captured(shared_data):
    """All captured POSTs to ingest routes, by file name."""
    found = {}
    for path in sorted(shared_data("wire").glob("*/*.json")):
        capture = json.loads(path.read_text(encoding="utf-8"))
        if capture["request"]["method"] == "POST" and is_ingest(capture["request"]["path"]):
            found[f"{path.parent.name}/{path.name}"] = capture
    assert len(found) > 20
    return found


def is_ingest(path):
    try:
        route_of("POST", path)
    except NotFound:
        return False
    return True


def request_of(capture):
    sent = capture["request"]
    if "body_base64" in sent:
        body = base64.b64decode(sent["body_base64"])
    else:
        body = json.dumps(sent["json"]).encode() if "json" in sent else sent["text"].encode()
    headers = {name.lower(): value for name, value in sent["headers"]}
    return WireRequest(
        "POST", sent["path"], urlencode([tuple(pair) for pair in sent["query"]]), headers, body
    )


def elements_of(capture):
    root = capture["request"]["json"]
    return root["batch"] if route_of("POST", capture["request"]["path"]).batch else [root]


def test_every_element_is_stored_with_type_ids_and_names_as_sent(captured):
    for name, capture in captured.items():
        request = request_of(capture)
        found = send(
            request.body, request.path, request.headers | {"x-write-key": ""}, request.query
        )
        assert found.status == capture["expect"]["status"], name
        assert found.refused == (), name
        assert found.reading.received == capture["expect"]["elements"], name
        assert {event.message_id for event in found.events} == set(capture["expect"]["stored"])
        for element, event in zip(elements_of(capture), found.events, strict=True):
            assert event.type == element["type"], name
            assert event.user_id == str(element.get("userId") or ""), name
            assert event.anonymous_id == str(element.get("anonymousId") or ""), name
            if event.type == "track":
                assert event.event == element["event"], name


def test_every_client_keeps_its_key_where_we_look(captured):
    for name, capture in captured.items():
        request = request_of(capture)
        route = route_of("POST", request.path)
        root = decode(unpacked(request, BODY_BYTES_PUBLIC), route.batch).root
        assert written_keys(request, root) == "wk_test", name


def test_traits_that_stand_only_in_the_context_are_read(captured):
    capture = captured["rudder-sdk-python/01.json"]
    request = request_of(capture)
    found = send(request.body, request.path, request.headers | {"x-write-key": ""}, caller=SERVER)
    (element,) = (item for item in elements_of(capture) if item["type"] == "identify")
    (event,) = (event for event in found.events if event.type == "identify")
    assert event.traits == element["context"]["traits"] != {}
    assert all(event.traits == {} for event in found.events if event.type == "track")
