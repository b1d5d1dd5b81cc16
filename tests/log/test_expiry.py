"""What retention leaves of events: enough that the profile stays as it is."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from wegweiser.log.expiry import without_content
from wegweiser.profile.cell import Cell, encode
from wegweiser.profile.fold import fold_event
from wegweiser.terms.event import Event
from wegweiser.terms.source import Trust

TEXTS = st.sampled_from(["sso", "/prices", "https://a.example/", "p-1", ""])
NUMBERS = st.one_of(st.integers(-5, 200), st.floats(0, 100, width=16))
PRODUCTS = st.lists(
    st.one_of(
        TEXTS,
        st.dictionaries(
            st.sampled_from(["product_id", "sku", "name", "quantity", "engraving"]),
            st.one_of(TEXTS, NUMBERS),
        ),
    ),
    max_size=3,
)
PROPERTIES = st.dictionaries(
    st.sampled_from(
        [
            *("revenue", "value", "currency", "topic", "topics", "seconds", "scroll_percent"),
            *("product_id", "id", "name", "quantity", "feature", "path", "referrer", "note"),
        ]
    ),
    st.one_of(TEXTS, NUMBERS),
)
PAGES = st.dictionaries(st.sampled_from(["path", "referrer", "title", "url"]), TEXTS)
NAMES = st.sampled_from(["Order Completed", "Feature Used", "Engaged Time", "Form Submitted"])


@st.composite
def events(draw: st.DrawFn) -> Event:
    properties = draw(PROPERTIES)
    if draw(st.booleans()):
        properties["products"] = draw(PRODUCTS)
    context = {"page": draw(PAGES)} if draw(st.booleans()) else {}
    kind = draw(st.sampled_from(["track", "page"]))
    return Event(
        type=kind,
        event=draw(NAMES) if kind == "track" else "",
        message_id="m",
        at=1_700_000_000_000,
        user_id="u-1",
        properties=properties,
        context=context,
    )


def folded(event: Event) -> bytes:
    """Give the cell of an event, without the text by which a timeline shows it."""
    cell = Cell()
    fold_event(cell, event, Trust.SERVER, 1, "user_id:u-1")
    return encode(msgspec.structs.replace(cell, recent=[]))


@settings(max_examples=300)
@given(events())
def test_a_profile_is_the_same_with_and_without_content(event: Event) -> None:
    left = without_content(event)
    assert folded(left) == folded(event)
    assert without_content(left) == left


def test_free_texts_go() -> None:
    told = {"note": "Call Canary", "name": "Canary", "products": [{"sku": "p", "text": "Canary"}]}
    for name in ("Order Completed", "Form Submitted"):
        properties = told if name == "Form Submitted" else {**told, "name": "Lamp"}
        event = Event(type="track", event=name, message_id="m", at=0, properties=properties)
        assert "Canary" not in str(without_content(event).properties)
