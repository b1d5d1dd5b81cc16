"""What changed against before: only for events that are frequent enough to say so."""

from hypothesis import given
from hypothesis import strategies as st

from wegweiser.measure.plan_drift import Seen, against_before, against_plan

KIND = ("src_1", "track", "Paid")
AMOUNT = ("properties", "amount")
kinds = st.tuples(st.just("src_1"), st.sampled_from(["track", "page"]), st.sampled_from(["", "A"]))
counts = st.builds(
    Seen,
    st.integers(1, 100),
    st.dictionaries(
        st.tuples(st.just("properties"), st.sampled_from(["a", "b"])),
        st.dictionaries(st.sampled_from(["string", "number"]), st.integers(1, 100), max_size=2),
        max_size=2,
    ),
)


def told(now: Seen, before: Seen) -> list[tuple[str, str, str]]:
    """Give what differs between two stretches of time of one kind of event."""
    return [
        (one.finding, one.field, one.told) for one in against_before({KIND: now}, {KIND: before})
    ]


@given(st.dictionaries(kinds, counts, max_size=4))
def test_nothing_changed_is_nothing_found(seen):
    assert against_before(seen, seen) == []
    assert against_plan(seen, []) == []


def test_a_field_that_changes_its_type_comes_or_goes_is_told():
    numbers, texts = Seen(50, {AMOUNT: {"number": 50}}), Seen(50, {AMOUNT: {"string": 50}})
    assert told(texts, numbers) == [("changed_type", "properties/amount", "number before: string")]
    assert told(Seen(50, {}), numbers) == [("gone_field", "properties/amount", "")]
    assert told(numbers, Seen(50, {})) == [("new_field", "properties/amount", "")]
    nulls = Seen(50, {AMOUNT: {"number": 40, "null": 10}})
    assert told(nulls, numbers) == []


def test_rare_events_say_nothing_about_what_is_usual():
    assert told(Seen(19, {}), Seen(50, {AMOUNT: {"number": 50}})) == []
    assert against_before({}, {KIND: Seen(19, {})}) == []
    assert [one.finding for one in against_before({}, {KIND: Seen(20, {})})] == ["silent_event"]


def test_a_new_kind_of_event_is_told_unless_there_was_nothing_before():
    other = ("src_1", "track", "Sent")
    now = {KIND: Seen(5, {}), other: Seen(2, {})}
    assert [(one.finding, one.event) for one in against_before(now, {KIND: Seen(5, {})})] == [
        ("new_event", "Sent")
    ]
    assert against_before(now, {}) == []
