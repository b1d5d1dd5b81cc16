"""Whatever was noted is found by leaf and time, however far it is on its way into the store."""

from hypothesis import given
from hypothesis import strategies as st

from wegweiser.adapters.memory import MemoryStore
from wegweiser.flow.event_places import EventPlaces
from wegweiser.terms.instant import DAY_MS

LEAVES = ("user_id:u", "user_id:u-2", "claim:u/a")
moments = st.integers(0, 5 * DAY_MS)
records = st.lists(st.tuples(st.sampled_from(LEAVES), moments), min_size=1, max_size=6)
steps = st.lists(
    st.one_of(records, st.sampled_from(("begin", "slice", "commit"))), min_size=1, max_size=20
)


@given(steps, moments, moments)
def test_nothing_is_lost_on_the_way(taken, one: int, other: int) -> None:
    store, unsaved, noted = MemoryStore(), [], []
    places = EventPlaces(store)
    position = 0
    for step in taken:
        if step == "begin":
            places.begin_drain()
        elif step == "slice":
            unsaved += places.drain_slice(2)
        elif step == "commit":
            unsaved += places.drain()
            store.commit(unsaved)
            unsaved = []
            places.evict()
        else:
            position += 1
            for leaf, at in step:
                places.note((leaf, at, position))
                noted.append((leaf, at, position))
    start, end = sorted((one, other))
    for leaf in LEAVES:
        told = {(at, where) for name, at, where in noted if name == leaf and start <= at < end}
        assert places.of_leaf(leaf, start, end) == told
    whole = EventPlaces(MemoryStore())
    for entry in noted:
        whole.note(entry)
    store.commit([*unsaved, *places.drain()])
    expected = MemoryStore()
    expected.commit(whole.drain())
    assert list(store.scan("event_places")) == list(expected.scan("event_places"))
