"""The laws of the quarantine hold for any order of what is set aside, replayed and given up."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import START
from wegweiser.adapters.memory import MemoryStore
from wegweiser.flow.quarantine import Place
from wegweiser.flow.unify import Unifier
from wegweiser.terms.event import Event, Refused
from wegweiser.terms.record import Collected
from wegweiser.terms.source import Trust

numbers = st.integers(0, 5)
places = st.tuples(st.integers(1, 12), st.integers(0, 2))


def event(number: int) -> Event:
    return Event(type="track", message_id=f"m-{number}", at=START, user_id="u-1", event="Paid")


def came(source: str, events: tuple[int, ...], refused: tuple[int, ...], dropped: int) -> Collected:
    return Collected(
        received_at=START,
        source_id=source,
        trust=Trust.SERVER,
        kind="live",
        events=tuple(event(number) for number in events),
        refused=tuple(
            Refused(index, "bad_type", "why", {"x": number}, f"m-{number}")
            for index, number in enumerate(refused)
        ),
        dropped=dropped,
    )


def replaced(source: str, events: tuple[int, ...], gone: tuple[Place, ...]) -> Collected:
    return Collected(
        received_at=START,
        source_id=source,
        trust=Trust.SERVER,
        kind="live",
        events=tuple(event(number) for number in events),
        dropped=0 if events else len(set(gone)),
        replaces=tuple(dict.fromkeys(gone)),
    )


def listed(most: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.lists(numbers, max_size=most).map(tuple)


sources = st.sampled_from(["shop", "site"])
records = st.lists(
    st.one_of(
        st.builds(came, sources, listed(3), listed(3), st.integers(0, 2)),
        st.builds(replaced, sources, listed(2), st.tuples(places)),
        st.builds(
            replaced, sources, st.just(()), st.lists(places, min_size=1, max_size=3).map(tuple)
        ),
    ),
    max_size=12,
)


def fold(unifier: Unifier, log: list[Collected], after: int = 0) -> None:
    for position, record in enumerate(log, 1):
        if position > after:
            for _ in unifier.fold(position, record):
                pass


@settings(max_examples=200, deadline=None)
@given(records)
def test_everything_received_is_accounted_for(log: list[Collected]) -> None:
    store = MemoryStore()
    unifier = Unifier(store)
    fold(unifier, log)
    store.commit(unifier.drain())
    unifier.evict()
    rows = list(unifier.quarantine.rows())
    assert unifier.tally.unaccounted == 0
    assert unifier.tally.quarantined == len(rows)
    assert min(unifier.tally.stored, unifier.tally.duplicate, unifier.tally.dropped) >= 0
    for source in ("shop", "site"):
        kept = [one for _, one in rows if one.source_id == source]
        assert (unifier.quarantine.bytes_of(source) > 0) == bool(kept)


@settings(max_examples=200, deadline=None)
@given(records, st.integers(0, 12))
def test_a_restart_anywhere_changes_nothing(log: list[Collected], cut: int) -> None:
    straight, store = Unifier(MemoryStore()), MemoryStore()
    fold(straight, log)
    first = Unifier(store)
    fold(first, log[:cut])
    store.commit(first.drain())
    second = Unifier(store)
    fold(second, log, min(cut, len(log)))
    assert second.tally == straight.tally
    assert second.quarantine.counts == straight.quarantine.counts
    everywhere = [(position, index) for position in range(1, 13) for index in range(3)]
    found = [straight.quarantine.get(place) for place in everywhere]
    assert [second.quarantine.get(place) for place in everywhere] == found
