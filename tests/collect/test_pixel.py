"""Pixels: events in the address of a picture."""

import json
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.collect.key import written_keys
from wegweiser.collect.pixel import GIF, read_pixel
from wegweiser.collect.route import pixel_route_of
from wegweiser.terms.errors import InputRefused, KeyRefused, NotFound
from wegweiser.terms.event import CALL_TYPES
from wegweiser.terms.wire import WireRequest

PLAIN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


def test_the_picture_is_one_transparent_point():
    assert len(GIF) == 43
    assert GIF.startswith(b"GIF89a\x01\x00\x01\x00")
    assert GIF.endswith(b";")


@pytest.mark.parametrize("call", CALL_TYPES)
def test_each_call_has_its_pixel_with_and_without_a_slash(call):
    for end in ("", "/"):
        route = pixel_route_of("GET", f"/v1/pixel/{call}{end}")
        assert (route.call_type, route.batch) == (call, False)
    assert pixel_route_of("GET", "/pixel/v1/track").call_type == "track"


@pytest.mark.parametrize("path", ["/v1/pixel/", "/v1/pixel/x", "/pixel/v1/group", "/pixel/track"])
def test_other_pixels_are_not_found(path):
    with pytest.raises(NotFound):
        pixel_route_of("GET", path)


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT"])
def test_a_pixel_is_fetched(method):
    with pytest.raises(InputRefused) as refused:
        pixel_route_of(method, "/v1/pixel/track")
    assert refused.value.status == 405


@given(st.dictionaries(PLAIN, PLAIN, max_size=5))
def test_base64_of_either_alphabet_padded_or_not_is_the_same_event(event):
    body = json.dumps(event).encode()
    for packed in (b64encode(body), urlsafe_b64encode(body), b64encode(body).rstrip(b"=")):
        for query in (urlencode({"data": packed.decode()}), f"a=1&data={packed.decode()}"):
            found = read_pixel(query)
            assert (found.root, found.faults) == (event, {})


@given(st.dictionaries(st.sampled_from("abc"), st.dictionaries(st.sampled_from("xy"), PLAIN)))
def test_dotted_names_are_objects(event):
    fields = {
        f"{above}.{name}": text for above, inner in event.items() for name, text in inner.items()
    }
    found = read_pixel(urlencode(fields))
    assert found.root == {above: inner for above, inner in event.items() if inner}


def test_of_names_that_contradict_each_other_the_last_wins():
    assert read_pixel("a=1&a=2").root == {"a": "2"}
    assert read_pixel("a=1&a.b=2").root == {"a": {"b": "2"}}
    assert read_pixel("a.b=2&a=1").root == {"a": "1"}


def test_a_name_deeper_than_an_event_may_be_is_a_fault():
    assert read_pixel(".".join("a" * 900) + "=1").faults == {0: "too_deep"}


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("%%%", "bad_json"),
        ("ä", "bad_json"),
        ("A", "bad_json"),
        ("", "bad_json"),
        (b64encode(b"{").decode(), "bad_json"),
        (b64encode(b"[1]").decode(), "bad_shape"),
        (b64encode(b"\xff").decode(), "bad_encoding"),
    ],
)
def test_what_cannot_be_read_stays_as_text_with_its_fault(data, fault):
    found = read_pixel(f"data={quote(data)}")
    assert (found.elements, found.faults, found.root) == ([data], {0: fault}, {})


def test_what_needs_repair_is_repaired():
    found = read_pixel("data=" + b64encode(b'{"x": NaN}').decode())
    assert (found.root, found.repairs) == ({"x": None}, {0: ("not_finite /x",)})


def test_a_secret_key_is_refused_wherever_it_stands_in_the_address():
    for query, root in [("writeKey=wgw_sk_1", {}), ("data=e30", {"writeKey": "wgw_sk_1"})]:
        with pytest.raises(KeyRefused) as refused:
            written_keys(WireRequest("GET", "/v1/pixel/track", query), root)
        assert (refused.value.code, refused.value.status) == ("forbidden", 403)
    in_header = WireRequest("GET", "/v1/pixel/track", headers={"x-write-key": "wgw_sk_1"})
    assert written_keys(in_header, {}) == "wgw_sk_1"
