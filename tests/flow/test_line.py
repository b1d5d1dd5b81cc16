"""The line before the log: nobody is lost, decisions go first, groups stay small."""

import asyncio
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from wegweiser.flow.line import Line, Waiting
from wegweiser.terms.decision import Decision
from wegweiser.terms.record import Collected, Decided
from wegweiser.terms.source import Trust

EVENTS = Collected(received_at=0, source_id="s", trust=Trust.PUBLIC, kind="live")


# What was decided does not matter here, only that it was.
DECIDED = Decided(decision=cast(Decision, None))


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 30)), max_size=12), st.integers(1, 40))
def test_everybody_is_taken_once_in_order_and_decisions_first(sizes, most_bytes):
    loop = asyncio.new_event_loop()
    line = Line()
    everybody = [
        Waiting(DECIDED if first else EVENTS, bytes(size), loop.create_future())
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
        if group[-1].record is EVENTS:
            assert before_the_last < most_bytes
        taken += group
    first = [one for one in everybody if one.record is DECIDED]
    rest = [one for one in everybody if one.record is EVENTS]
    assert [id(one) for one in taken] == [id(one) for one in (*first, *rest)]
    assert line.size_bytes == 0
