"""A repeat is found wherever its first copy is: in the window, in the filter, in the table."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wegweiser.adapters.memory import MemoryStore
from wegweiser.flow import duplicates
from wegweiser.flow.duplicates import SeenMessages

MARKS = st.lists(st.binary(min_size=16, max_size=16), unique=True, min_size=1, max_size=60)


@pytest.fixture(autouse=True, scope="module")
def small_window():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duplicates, "WINDOW", 4)
        patch.setattr(duplicates, "MOVED", 2)
        yield


@settings(max_examples=60)
@given(MARKS, st.lists(st.sampled_from(["admit", "drain", "commit", "restart"]), max_size=90))
def test_nothing_is_admitted_twice_however_late_the_commits_are(marks, steps):
    store = MemoryStore()
    seen = SeenMessages(store)
    waiting: list = []
    admitted: list[bytes] = []
    committed = 0
    handed = 0
    left = iter(marks)
    for step in steps:
        if step == "admit" and (mark := next(left, None)) is not None:
            assert seen.admit(mark, 0)
            admitted.append(mark)
        elif step == "drain":
            waiting += seen.drain()
            handed = len(admitted)
        elif step == "commit":
            store.commit(waiting)
            if waiting or handed == committed:
                seen.evict()
            waiting, committed = [], handed
        elif step == "restart":
            seen, waiting = SeenMessages(store), []
            # What was not committed is folded again from the log.
            for mark in admitted[committed:]:
                assert seen.admit(mark, 0)
            handed = committed
        assert not any(seen.admit(mark, 0) for mark in admitted)
