"""Figures of a part: the same as if nothing but that part had happened."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.asking import AS_OF, PERIOD, offer, warehouse
from wegweiser.measure.form import rows_of
from wegweiser.measure.narrowed import NARROWS, narrowed, read_only
from wegweiser.measure.registry import find
from wegweiser.measure.views import with_views
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS, HOUR_MS

NOON = AS_OF - DAY_MS + 12 * HOUR_MS
Event = tuple[str, int, str, str]
EVENTS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.integers(0, 90),
        st.sampled_from(("DE", "AT", "")),
        st.sampled_from(("phone", "desktop")),
    ),
    max_size=12,
)
OF_ROWS = ("web.visits", "web.pages", "web.downloads", "events.seen", "web.retention")


def view(event: Event) -> dict[str, object]:
    leaf, minutes, country, device = event
    where = {"country": country, "region": "DE-BY" if country == "" else ""}
    told = {"path": "/", "device": device, "file_name": "paper.pdf"}
    if minutes % 2:
        told |= {"type": "track", "name": "File Downloaded"}
    return {"leaf": leaf, "occurred_at": NOON + minutes * 60_000, **where, **told}


def rows(name: str, only: str = "") -> list[dict[str, object]]:
    measure = find(name)
    asked = narrowed(measure.question(measure.ask({}, PERIOD, AS_OF)), read_only(only, name))
    return [*map(dict, rows_of(warehouse().ask(with_views(asked.sql), asked.parameters)))]


@given(EVENTS)
@settings(max_examples=12, deadline=None)
def test_narrowed_figures_are_those_of_the_part_alone(events: list[Event]) -> None:
    part = [one for one in events if one[2] in ("DE", "") and one[3] == "phone"]
    for name in OF_ROWS:
        offer({"events": [view(one) for one in events]})
        found = rows(name, "country:DE;device:phone")
        offer({"events": [view(one) for one in part]})
        assert found == rows(name), name


@pytest.mark.parametrize("name", NARROWS)
@pytest.mark.parametrize("dimension", ["country", "device", "channel", "segment", "account"])
def test_every_measure_is_narrowed_by_what_it_says(name: str, dimension: str) -> None:
    offer({"events": [view(("a", 0, "DE", "phone"))]})
    if dimension in NARROWS[name]:
        asked = find(name).question(find(name).ask({}, PERIOD, AS_OF))
        assert narrowed(asked, read_only(f"{dimension}:x", name)).sql != asked.sql
        rows(name, f"{dimension}:x")
    else:
        with pytest.raises(InputRefused, match=f"not by '{dimension}'"):
            rows(name, f"{dimension}:x")


def test_people_of_a_segment_and_of_an_account_are_those_of_now() -> None:
    moment = {"valid_from": 0, "valid_to": None, "role": "", "status": "confirmed"}
    offer(
        {
            "events": [view(("a", 0, "DE", "phone")), view(("b", 1, "DE", "phone"))],
            "leaves": [{"leaf": "a", "person_id": "p"}],
            "memberships": [{"person_id": "p", "account_id": "co", **moment}],
            "accounts": [{"group_id": "acme", "account_id": "co"}],
            "segment_members": [
                {"segment": "buyers", "unit_kind": "person", "unit_id": "b"},
                {"segment": "firms", "unit_kind": "account", "unit_id": "co"},
            ],
        }
    )
    for only, visitors in (
        *(("account:acme", 1), ("account:co", 1), ("account:none", 0), ("segment:buyers", 1)),
        *(("segment:firms", 1), ("segment:buyers,firms", 2), ("segment:buyers;account:co", 0)),
    ):
        [total] = [one for one in rows("web.downloads", only) if one["is_total"]]
        assert total["people"] == visitors, only


@pytest.mark.parametrize(
    ("only", "name"),
    [("country:DE", "lift"), ("country", "web.visits"), ("device:a;device:b", "web.visits")],
)
def test_what_cannot_be_narrowed_is_refused_with_what_can(only: str, name: str) -> None:
    with pytest.raises(InputRefused):
        read_only(only, name)
