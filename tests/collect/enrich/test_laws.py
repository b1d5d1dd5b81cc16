"""Laws of enrichment: it never throws, and changes nothing but what privacy cuts."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.adapters.memory_regions import MemoryRegions
from wegweiser.collect.enrich.arrival import arrival_reader
from wegweiser.collect.enrich.event import PLAIN, Enrichment
from wegweiser.collect.enrich.privacy import FINGERPRINTS, LINKS, REFERRERS, cut_element
from wegweiser.collect.enrich.region import region_finder
from wegweiser.collect.enrich.topic import TopicRule, topic_finder
from wegweiser.ports.regions import Place
from wegweiser.terms.event import CALL_TYPES, Event

WITH_ALL = Enrichment(
    arrival_reader(region_finder(MemoryRegions({"192.0.2.0/24": Place("DE", "DE-BY")}))),
    topic_finder([TopicRule("security", paths=("/sec*",), titles=("*sso*",), categories=("k*",))]),
)
CUT = {"ip", "page", "referrer", "userAgent", "userAgentData", *FINGERPRINTS}
ADDRESSES = [
    "https://www.example.com/security?q=sso&utm_source=xing&utm_medium=cpc&gclid=1#top",
    "https://user:secret@[::1", "//example.com/?utm_source=%F0%9F", "android-app://com.slack/",
    "mailto:somebody@example.com", "javascript:alert(1)", "?q=x", "https://www.google.de/",
]  # fmt: skip
BROWSERS = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5.1 Mobile Safari/604.1",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
]

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20), st.sampled_from([*ADDRESSES, *BROWSERS, "192.0.2.9", "::ffff:192.0.2.9"]),
)  # fmt: skip
keys = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        [*sorted(CUT | LINKS | REFERRERS), "campaign", "source", "medium", "brands", "brand",
         "version", "mobile", "platform", "consent", "categoryPreferences", "path", "title",
         "search", "category", "locale", "device"]
    ),
)  # fmt: skip
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=5)),
    max_leaves=15,
)
objects = st.dictionaries(keys, anything, max_size=6)
events = st.builds(
    Event,
    type=st.sampled_from(CALL_TYPES),
    message_id=st.just("m"),
    at=st.just(0),
    event=st.text(max_size=5),
    category=st.text("kx", max_size=2),
    context=objects,
    properties=objects,
    traits=objects,
    extra=objects,
)


@given(events)
def test_only_what_privacy_cuts_is_changed(event):
    found = WITH_ALL.of(event)
    same = ("type", "message_id", "at", "event", "name", "category", "traits", "integrations")
    assert all(getattr(found, name) == getattr(event, name) for name in same)
    for name, value in event.context.items():
        if name not in CUT:
            assert found.context[name] == value
    assert set(found.context) <= set(event.context)
    assert set(found.properties) == set(event.properties)
    for name, value in event.properties.items():
        if name not in LINKS | REFERRERS | {"path", "search"}:
            assert found.properties[name] == value


@given(events)
def test_what_was_given_is_not_touched(event):
    before = msgspec.json.encode(event)
    WITH_ALL.of(event)
    assert msgspec.json.encode(event) == before


@given(events)
def test_cutting_twice_is_cutting_once(event):
    once = PLAIN.of(event)
    twice = PLAIN.of(once)
    assert (twice.context, twice.properties) == (once.context, once.properties)


@given(events)
def test_what_is_found_can_be_written_and_holds_no_address(event):
    found = WITH_ALL.of(event)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Event) == found
    assert "ip" not in found.context
    assert b"192.0.2.9" not in msgspec.json.encode(found.enriched)


@given(anything)
def test_an_element_of_any_shape_is_cut_without_a_fault(element):
    once = cut_element(element)
    assert cut_element(once) == once
