"""Old cells: a leaf reads the same whether they went into its base cell, and whenever they did."""

from collections.abc import Sequence

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.test_cell import LEAF, folded
from tests.strategies import Sent, seen, streams
from wegweiser.adapters.memory import MemoryStore
from wegweiser.profile.aged import AGED_DAYS, BASE_DAY, aged
from wegweiser.profile.cell import Cell, encode, merge
from wegweiser.profile.fold import fold_event
from wegweiser.profile.purchase import purchases
from wegweiser.profile.reading import CellAt
from wegweiser.profile.shelf import Shelf
from wegweiser.profile.view import PersonFacts, canonical, person_profile
from wegweiser.terms.instant import DAY_MS, day_of
from wegweiser.terms.source import Trust

FACTS = PersonFacts(person_id="per_1", known=False, identifiers=())
# Up to two years back, so that some days are old and some are not, whichever is the newest.
shifts = st.sampled_from([0, 1, 399, 400, 401, 402, 500, 730])
Cells = dict[tuple[int, str], Cell]


@st.composite
def long_streams(draw: st.DrawFn) -> list[Sent]:
    """A stream of one leaf that lasts for years."""
    sent = draw(streams(most=8))
    return [
        one._replace(event=msgspec.structs.replace(one.event, at=one.event.at - shift * DAY_MS))
        for one, shift in zip(sent, draw(st.lists(shifts, min_size=8, max_size=8)), strict=False)
    ]


def held_of(sent: Sequence[Sent]) -> Cells:
    by_day: dict[tuple[int, str], list[Sent]] = {}
    for one in sent:
        by_day.setdefault((day_of(one.event.at), ""), []).append(one)
    return {place: folded(events) for place, events in by_day.items()}


def read(held: Cells) -> tuple[bytes, object, int]:
    cells = [CellAt(LEAF, day, scope, held[day, scope]) for day, scope in sorted(held)]
    profile = person_profile(FACTS, cells)
    return canonical(profile), purchases(cells), profile.sessions


@settings(max_examples=60)
@given(long_streams())
def test_a_leaf_reads_the_same_with_and_without_a_base_cell(sent: list[Sent]) -> None:
    held = held_of(sent)
    before = read(held)
    after = read(aged(held).cells)
    assert (before[0], before[2]) == (after[0], after[2])
    # Only the hour of an order that lost its day is gone.
    assert (before[1] is None) == (after[1] is None)


@settings(max_examples=60)
@given(long_streams(), st.integers(0, 8))
def test_it_does_not_matter_when_cells_grow_old(sent: list[Sent], cut: int) -> None:
    early = dict(aged(held_of(sent[:cut])).cells)
    late: Cells = dict(early)
    for event, trust, received_at in sent[cut:]:
        place = day_of(event.at), ""
        cell = late[place] = late.get(place) or Cell()
        whole = folded([Sent(event, trust, received_at)])
        late[place] = merge(cell, whole)
    at_once = aged(held_of(sent)).cells
    step_by_step = aged(late).cells
    assert {key: encode(one) for key, one in step_by_step.items()} == {
        key: encode(one) for key, one in at_once.items()
    }


def test_a_shelf_gives_old_cells_back_to_the_store_as_one() -> None:
    store = MemoryStore()
    shelf = Shelf(store)
    for day in (100, 150, 200, 700):
        event = msgspec.structs.replace(seen(day, "a-1"), at=day * DAY_MS)
        fold_event(shelf.cell(LEAF, day, ""), event, Trust.PUBLIC, 20, LEAF, event.at)
    store.commit(shelf.drain())
    again = Shelf(store)
    assert [day for day, _, _ in again.cells(LEAF)] == [BASE_DAY, 700]
    assert 700 - AGED_DAYS > 200
    store.commit(again.drain())
    assert len(list(store.scan("cells", b""))) == 2
    third = Shelf(store)
    counted = {day: cell.counts["Page Viewed"] for day, _, cell in third.cells(LEAF)}
    assert counted == {BASE_DAY: {"00": 3}, 700: {"00": 1}}
    assert third.drain() == []
