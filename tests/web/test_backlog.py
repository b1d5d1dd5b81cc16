"""Work that waits for its turn: in order, never lost, and never a long round of the loop."""

import asyncio
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from wegweiser.web.backlog import ROUND_S, Backlog

LONG_S = 0.4 * ROUND_S
AT_MOST_IN_A_ROUND = 3


def test_a_round_ends_and_others_have_their_turn() -> None:
    done: list[str] = []

    def work() -> None:
        time.sleep(LONG_S)
        done.append("work")

    async def scenario() -> None:
        backlog = Backlog()
        for _ in range(10):
            backlog.add(work)
        assert len(done) <= AT_MOST_IN_A_ROUND
        assert backlog.waited_s > 0.0
        done.append("other")
        while len(done) < 10 + done.count("other"):
            await asyncio.sleep(0)
            done.append("other")
        assert backlog.waited_s == 0.0

    asyncio.run(scenario())
    rounds = "".join("." if one == "work" else " " for one in done).split()
    assert max(map(len, rounds)) <= AT_MOST_IN_A_ROUND


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.sampled_from([0.0, LONG_S, 2 * ROUND_S]), st.booleans()), max_size=12))
def test_work_is_done_once_in_the_order_of_its_arrival(
    works: list[tuple[float, bool]],
) -> None:
    done: list[int] = []

    def work(number: int, takes_s: float) -> None:
        time.sleep(takes_s)
        done.append(number)

    async def scenario() -> None:
        backlog = Backlog()
        for number, (takes_s, pauses) in enumerate(works):
            backlog.add(lambda number=number, takes_s=takes_s: work(number, takes_s))
            if pauses:
                await asyncio.sleep(0)
        while backlog.waited_s:
            await asyncio.sleep(0)

    asyncio.run(scenario())
    assert done == [*range(len(works))]
