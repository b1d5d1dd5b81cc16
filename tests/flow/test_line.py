"""The line before the log: nobody is lost, who waits for it alone goes first, groups are small."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from wegweiser.flow.line import Line, Waiting
from wegweiser.terms.record import Collected
from wegweiser.terms.source import Trust

EVENTS = Collected(received_at=0, source_id="s", trust=Trust.PUBLIC, kind="live")


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 30)), max_size=12), st.integers(1, 40))
def test_everybody_is_taken_once_in_order_and_who_waits_for_the_disk_alone_first(sizes, most_bytes):
    loop = asyncio.new_event_loop()
    line = Line()
    everybody = [
        Waiting(EVENTS, bytes(size), loop.create_future(), loop.create_future() if first else None)
        for first, size in sizes
    ]
    loop.close()
    for one in everybody:
        line.join(one)
    assert line.size_bytes == sum(size for _, size in sizes)
    taken: list[Waiting] = []
    while line:
        group = line.take(most_bytes)
        before_the_last = sum(len(one.payload) for one in group[:-1])
        if group[-1].synced is None:
            assert before_the_last < most_bytes
        taken += group
    first = [one for one in everybody if one.synced is not None]
    rest = [one for one in everybody if one.synced is None]
    assert [id(one) for one in taken] == [id(one) for one in (*first, *rest)]
    assert line.size_bytes == 0


@given(st.lists(st.booleans(), max_size=12), st.lists(st.sampled_from(["all", "alone", "urgent"])))
def test_who_goes_first_never_keeps_the_others_out(kinds, ways):
    loop = asyncio.new_event_loop()
    line = Line()
    for first in kinds:
        line.join(
            Waiting(EVENTS, b"x", loop.create_future(), loop.create_future() if first else None)
        )
    loop.close()
    left = len(kinds)
    alone_before = False
    for way in ways:
        before = line.has_urgent
        group = line.take_urgent() if way == "urgent" else line.take(alone=way == "alone")
        left -= len(group)
        assert line.size_bytes == left
        assert not line.has_urgent
        others = [one for one in group if one.synced is None]
        if way == "urgent":
            assert not others
        elif left:
            # Somebody stays only where those who go first have a group for themselves.
            assert way == "alone"
            assert before
            assert not alone_before
            assert not others
            alone_before = True
        else:
            alone_before = False
    assert bool(line) == bool(left)
