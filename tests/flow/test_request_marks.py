"""A request that was answered is found again, whatever of the store was read into the filter."""

from hypothesis import given
from hypothesis import strategies as st

from wegweiser.adapters.memory import MemoryStore
from wegweiser.flow.request_marks import RequestMarks
from wegweiser.flow.tables import REQUESTS
from wegweiser.ports.operational_store import Change

keys = st.binary(min_size=1, max_size=3)


@given(st.lists(keys, max_size=40), st.lists(keys, max_size=40), st.integers(1, 7))
def test_nothing_that_is_stored_or_about_to_be_is_denied(
    before: list[bytes], later: list[bytes], rows: int
) -> None:
    store = MemoryStore()
    store.commit([Change(REQUESTS, key, b"") for key in before])
    marks = RequestMarks(store, room=8)
    held: set[bytes] = set()
    for key in later:
        marks.add([key])
        held.add(key)
        assert all(marks.may_hold(one) for one in [*before, *held])
        # What is handed over is committed at some time, and read from then on.
        store.commit([Change(REQUESTS, one, b"") for one in held])
        marks.read_on(held, rows)
    assert all(marks.may_hold(one) for one in [*before, *later])
    marks.begin(())
    for _ in range(100):
        marks.read_on((), rows)
    assert marks.complete
    assert all(marks.may_hold(one) for one in [*before, *later])


def test_what_was_never_there_is_denied_once_all_is_read() -> None:
    store = MemoryStore()
    store.commit([Change(REQUESTS, b"%d" % number, b"") for number in range(100)])
    marks = RequestMarks(store)
    marks.read_on((), rows=60)
    assert not marks.complete
    assert marks.may_hold(b"never")
    marks.read_on((), rows=60)
    assert marks.complete
    assert sum(marks.may_hold(b"never %d" % number) for number in range(1_000)) < 20
