"""The laws of the cell: a commutative monoid into which events fold in any order."""

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import PRIORITIES, Sent, public, seen, streams
from wegweiser.profile.cell import EMPTY, Cell, add_contact, decode, encode, merge
from wegweiser.profile.fold import fold_event
from wegweiser.terms.profile import Contact

LEAF = "anonymous_id:a-1"
contacts = st.builds(
    Contact, st.integers(0, 9), st.sampled_from("de"), st.just("web"), st.sampled_from("xy")
)


def folded(sent: Iterable[Sent]) -> Cell:
    cell = Cell()
    for event, trust, received_at in sent:
        fold_event(cell, event, trust, PRIORITIES[trust], LEAF, received_at)
    return cell


@st.composite
def cells(draw: st.DrawFn) -> Cell:
    cell = folded(draw(streams(most=6)))
    for contact in draw(st.lists(contacts, max_size=3)):
        add_contact(cell, contact)
    return cell


@settings(max_examples=50)
@given(cells(), cells())
def test_merge_is_commutative(a: Cell, b: Cell) -> None:
    assert encode(merge(a, b)) == encode(merge(b, a))


@settings(max_examples=50)
@given(cells(), cells(), cells())
def test_merge_is_associative(a: Cell, b: Cell, c: Cell) -> None:
    assert encode(merge(merge(a, b), c)) == encode(merge(a, merge(b, c)))


@settings(max_examples=50)
@given(cells())
def test_the_empty_cell_is_the_identity(cell: Cell) -> None:
    assert encode(merge(cell, EMPTY)) == encode(cell) == encode(merge(EMPTY, cell))


@settings(max_examples=50)
@given(cells(), cells())
def test_merge_changes_neither_side(a: Cell, b: Cell) -> None:
    before = encode(a), encode(b)
    merge(a, b)
    assert (encode(a), encode(b)) == before
    assert encode(EMPTY) == encode(Cell())


@settings(max_examples=50)
@given(streams(most=8), st.randoms(use_true_random=False))
def test_order_of_events_does_not_matter(sent: list[Sent], random) -> None:
    shuffled = list(sent)
    random.shuffle(shuffled)
    assert encode(folded(shuffled)) == encode(folded(sent))


@settings(max_examples=50)
@given(streams(most=8))
def test_folding_one_event_is_merging_its_own_cell(sent: list[Sent]) -> None:
    *first, last = sent
    assert encode(merge(folded(first), folded([last]))) == encode(folded(sent))


@settings(max_examples=50)
@given(streams(most=8), st.integers(0, 8))
def test_a_stream_may_be_cut_anywhere(sent: list[Sent], cut: int) -> None:
    assert encode(merge(folded(sent[:cut]), folded(sent[cut:]))) == encode(folded(sent))


@settings(max_examples=50)
@given(cells())
def test_a_stored_cell_is_the_same_cell(cell: Cell) -> None:
    assert encode(decode(encode(cell))) == encode(cell)


@settings(max_examples=50)
@given(cells(), cells())
def test_a_stored_cell_merges_like_a_live_one(a: Cell, b: Cell) -> None:
    assert encode(merge(decode(encode(a)), b)) == encode(merge(a, b))


def test_only_the_newest_fifty_happenings_are_kept() -> None:
    told = public(*(seen(minute, "a-1") for minute in range(80)))
    forward, backward = folded(told), folded(reversed(told))
    assert encode(forward) == encode(backward)
    assert [happening.at for happening in forward.recent] == [e.event.at for e in told[-50:]]
