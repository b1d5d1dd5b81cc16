"""The laws of the cell: a commutative monoid into which events fold in any order."""

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import PRIORITIES, Sent, public, seen, streams
from wegweiser.profile.bound import (
    MOST_CONTACTS,
    MOST_FEATURES,
    MOST_NAMES,
    MOST_PRODUCTS,
    MOST_PURPOSES,
    MOST_SUMS,
    MOST_TOPICS,
    MOST_TRAITS,
    OTHER,
    bound_counts,
)
from wegweiser.profile.cell import EMPTY, Cell, add_contact, decode, encode, merge
from wegweiser.profile.computed import Counter
from wegweiser.profile.distinct import Distinct, counting, include, size, union
from wegweiser.profile.fold import fold_event
from wegweiser.profile.gathered import MOST_VALUES
from wegweiser.terms.computed import ComputedKind
from wegweiser.terms.event import Event
from wegweiser.terms.profile import Contact
from wegweiser.terms.source import Trust

LEAF = "anonymous_id:a-1"
contacts = st.builds(
    Contact, st.integers(0, 9), st.sampled_from("de"), st.just("web"), st.sampled_from("xy")
)


KINDS: tuple[tuple[ComputedKind, str], ...] = (
    ("count", ""),
    ("sum", "revenue"),
    ("min", "seconds"),
    ("max", "revenue"),
    ("first", "topic"),
    ("last", "feature"),
    ("most_frequent", "topic"),
    ("unique", "seconds"),
)
COUNTERS = tuple(Counter(kind, kind, (path,) if path else ()) for kind, path in KINDS)
# What every declared kind of trait gathers, from every event of the strategies.
TABLE = dict.fromkeys(("Order Completed", "Engaged Time", "Page Viewed"), COUNTERS)


def folded(sent: Iterable[Sent]) -> Cell:
    cell = Cell()
    for event, trust, received_at in sent:
        source = "shop" if trust is Trust.PUBLIC else "crm"
        fold_event(cell, event, trust, PRIORITIES[trust], LEAF, received_at, source, TABLE)
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


def flooding(number: int) -> Sent:
    """Give an event that names 20 things that no other names, and some that all name."""
    names = [f"{number}-{index}" for index in range(20)]
    event = Event(
        type="identify" if number % 2 else "track",
        message_id=f"m-{number}",
        at=number,
        event=f"Event {number}",
        traits={**dict.fromkeys(names, number), "plan": number} if number % 2 else {},
        properties={"topics": names, "revenue": 1, "currency": "EUR"},
        context={"consent": {"categoryPreferences": {**dict.fromkeys(names, True), "email": True}}},
    )
    return Sent(event, Trust.PUBLIC, number)


FLOOD = [flooding(number) for number in range(2 * MOST_NAMES + 100)]


def flooded(sent: Iterable[Sent]) -> Cell:
    cell = folded(sent)
    for event, _, _ in sent:
        add_contact(cell, Contact(event.at, f"d/{event.message_id}", "web", "x"))
    return cell


def test_a_flood_of_names_fills_a_cell_to_its_bounds() -> None:
    cell = flooded(FLOOD)
    assert len(cell.counts) == MOST_NAMES + 1
    assert sum(sum(hours.values()) for hours in cell.counts.values()) == len(FLOOD)
    assert cell.counts[OTHER]
    assert len(cell.interests) == MOST_TOPICS
    assert len(cell.sums) == MOST_SUMS
    assert len(cell.contacts) == MOST_CONTACTS
    assert MOST_TRAITS < len(cell.public) <= MOST_TRAITS + 4
    assert cell.public["plan"].value == len(FLOOD) - 1
    assert MOST_PURPOSES < len(cell.consent_public) <= MOST_PURPOSES + 11
    assert {"email", "*"} < cell.consent_public.keys()


@settings(max_examples=3, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, len(FLOOD)), st.integers(0, len(FLOOD)))
def test_the_laws_hold_beyond_the_bounds(random, one: int, other: int) -> None:
    shuffled = list(FLOOD)
    random.shuffle(shuffled)
    low, high = sorted((one, other))
    a, b, c = (flooded(shuffled[i:j]) for i, j in ((0, low), (low, high), (high, len(FLOOD))))
    whole = encode(flooded(FLOOD))
    assert encode(merge(merge(a, b), c)) == encode(merge(a, merge(b, c))) == whole
    assert encode(merge(c, merge(b, a))) == whole


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 9))), st.integers(0, 3))
def test_counting_one_by_one_is_counting_at_once(told: list[tuple[str, int]], most: int) -> None:
    one_by_one: dict[str, dict[str, int]] = {}
    at_once: dict[str, dict[str, int]] = {}
    for name, number in told:
        for counts in (one_by_one, at_once):
            hours = counts.setdefault(name, {})
            hours["09"] = hours.get("09", 0) + number
        bound_counts(one_by_one, most)
    assert one_by_one == bound_counts(at_once, most)


# Enough of them that the sets of some examples are beyond 256 and those of others are not.
numbers = st.integers(0, 400).map(lambda many: [str(one) for one in range(many)])


@settings(max_examples=40)
@given(numbers, numbers, numbers)
def test_distinct_counts_are_a_commutative_monoid(a: list[str], b: list[str], c: list[str]) -> None:
    left, middle, right = counting(a), counting([f"b{one}" for one in b]), counting(c)
    assert union(union(left, middle), right) == union(left, union(middle, right))
    assert union(left, middle) == union(middle, left)
    assert union(left, Distinct()) == left == union(left, left)


@settings(max_examples=20)
@given(numbers, st.randoms(use_true_random=False))
def test_counting_distinct_values_one_by_one_is_counting_at_once(values, random) -> None:
    random.shuffle(values)
    one_by_one = Distinct()
    for value in [*values, *values[:10]]:
        one_by_one = include(one_by_one, value)
    assert one_by_one == counting(values)


def test_an_estimate_of_distinct_values_is_near_and_says_that_it_is_one() -> None:
    many = counting(str(one) for one in range(50_000))
    assert not many.is_exact
    # Six standard errors of 1.04 / sqrt(4096).
    assert abs(size(many) / 50_000 - 1) < 6 * 0.01625
    assert len(many.registers) == 4_096
    few = counting(str(one) for one in range(256))
    assert (few.is_exact, size(few)) == (True, 256)


def shopping(number: int) -> Sent:
    """Give an order or a use of the product that names 20 things that no other names."""
    goods = [{"product_id": f"p-{number}-{index}"} for index in range(20)]
    event = Event(
        type="track",
        message_id=f"s-{number}",
        at=number,
        event="Order Completed" if number % 2 else "Feature Used",
        properties={"products": goods, "feature": f"f-{number}", "topic": f"t-{number}"},
    )
    return Sent(event, Trust.PUBLIC, number)


SHOPPING = [shopping(number) for number in range(400)]


@settings(max_examples=3, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, len(SHOPPING)))
def test_products_features_and_values_stay_within_their_bounds(random, cut: int) -> None:
    shuffled = list(SHOPPING)
    random.shuffle(shuffled)
    whole, a, b = folded(SHOPPING), folded(shuffled[:cut]), folded(shuffled[cut:])
    assert encode(merge(a, b)) == encode(merge(b, a)) == encode(whole)
    assert len(whole.products) == MOST_PRODUCTS
    assert len(whole.features) == MOST_FEATURES
    counted = whole.gathered["most_frequent"].values
    assert (len(counted), sum(counted.values())) == (MOST_VALUES + 1, 200)
