"""A repeat is found wherever its first copy is: in the window, in the filter, in the table."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wegweiser.adapters.memory import MemoryStore
from wegweiser.flow import duplicates, seen_filter
from wegweiser.flow.duplicates import ERA_MS, SeenMessages
from wegweiser.flow.seen_filter import SeenFilter
from wegweiser.flow.tables import seen_table
from wegweiser.ports.operational_store import Change

MARKS = st.lists(st.binary(min_size=16, max_size=16), unique=True, min_size=1, max_size=60)


@pytest.fixture(autouse=True, scope="module")
def small_window():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duplicates, "WINDOW", 4)
        patch.setattr(duplicates, "MOVED", 2)
        patch.setattr(seen_filter, "MARKS_PER_SNAPSHOT", 5)
        patch.setattr(seen_filter, "MARKS_PER_ROW", 2)
        patch.setattr(seen_filter, "FIRST_FILTER", 8)
        patch.setattr(seen_filter, "BYTES_PER_ROW", 4)
        yield


@settings(max_examples=60)
@given(
    MARKS,
    st.lists(
        st.sampled_from(["admit", "begin", "slice", "drain", "commit", "restart"]), max_size=90
    ),
)
def test_nothing_is_admitted_twice_however_late_the_commits_are(marks, steps):
    store = MemoryStore()
    seen = SeenMessages(store)
    waiting: list = []
    admitted: list[bytes] = []
    committed = 0
    handed, whole = 0, True
    left = iter(marks)
    for step in steps:
        if step == "admit" and (mark := next(left, None)) is not None:
            assert seen.admit(mark, 0)
            admitted.append(mark)
        elif step == "begin":
            waiting += seen.begin_drain()
            handed, whole = len(admitted), False
        elif step == "slice":
            waiting += (part := seen.drain_slice(2))
            whole = whole or not part
        elif step == "drain":
            waiting += seen.drain()
            handed, whole = len(admitted), True
        elif step == "commit" and whole:
            store.commit(waiting)
            if waiting or handed == committed:
                seen.evict()
            waiting, committed = [], handed
        elif step == "restart":
            seen, waiting, whole = SeenMessages(store), [], True
            # What was not committed is folded again from the log.
            for mark in admitted[committed:]:
                assert seen.admit(mark, 0)
            handed = committed
        assert not any(seen.admit(mark, 0) for mark in admitted)


@settings(max_examples=60)
@given(st.lists(MARKS, min_size=1, max_size=8))
def test_what_is_kept_of_the_filter_answers_for_every_stored_mark(groups):
    store = MemoryStore()
    stored: set[bytes] = set()
    for group in groups:
        # A new start each time reads back only what was kept, none of the tables.
        seen = SeenMessages(store)
        for mark in group:
            assert seen.admit(mark, 0) == (mark not in stored)
            stored.add(mark)
            store.commit(seen.drain())
            seen.evict()
        kept = SeenFilter(store, ())
        assert all(map(kept.may_contain, stored))


ERAS = st.sampled_from([0, ERA_MS - 1, ERA_MS, 3 * ERA_MS + 5])


@settings(max_examples=100)
@given(
    MARKS,
    st.lists(st.one_of(ERAS, st.sampled_from(["drain", "commit", "again"])), max_size=150),
)
def test_each_mark_is_kept_once_in_its_era_and_the_window_stays_small(marks, steps):
    store, waiting = MemoryStore(), []
    seen, left = SeenMessages(store), iter(marks)
    noted: dict[bytes, int] = {}
    drained = committed = 0
    for step in steps:
        if step == "drain":
            waiting, drained = [*waiting, *seen.drain()], len(noted)
        elif step == "commit" and drained == len(noted):
            store.commit(waiting)
            seen.evict()
            waiting, committed = [], drained
        elif step == "again":
            assert not any(seen.admit(mark, ERA_MS) for mark in noted)
        elif isinstance(step, int) and (mark := next(left, None)) is not None:
            assert seen.admit(mark, step)
            noted[mark] = step
            kept = max(duplicates.WINDOW, len(noted) - committed)
            assert len(seen._window) < kept + duplicates.MOVED + 1
    store.commit([*waiting, *seen.drain()])
    for mark, received_at in noted.items():
        assert store.get(seen_table(received_at), [mark]) == [b""]
    assert set(seen.tables) == {seen_table(at) for at in noted.values()}
    rows = [key for table in seen.tables for key, _ in store.scan(table)]
    assert len(rows) == len(noted)


def test_a_folder_without_a_kept_filter_is_read_once_and_then_kept():
    store = MemoryStore()
    old = [bytes([number]) * 16 for number in range(20)]
    rows = [Change("seen_00001", mark, b"") for mark in old]
    store.commit([*rows, Change("seen_eras", b"seen_00001", b"")])
    seen = SeenMessages(store)
    assert not any(seen.admit(mark, 0) for mark in old)
    assert seen.admit(b"n" * 16, 0)
    store.commit(seen.drain())
    kept = SeenFilter(store, ())
    assert all(map(kept.may_contain, [*old, b"n" * 16]))
