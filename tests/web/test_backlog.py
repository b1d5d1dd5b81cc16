"""Work that waits for its turn: in order, never lost, and never a long round of the loop."""

import asyncio
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from wegweiser.web.backlog import (
    FULL_BYTES,
    GIVES_WAY_S,
    ROUND_S,
    UNDER_WAY_BYTES,
    UNDER_WAY_BYTES_PER_SYNC_S,
    Backlog,
)

LONG_S = 0.4 * ROUND_S
AT_MOST_IN_A_ROUND = 3
# Far beyond any test: work that never gets its turn fails it.
PATIENCE_S = 30.0


async def emptied(backlog: Backlog) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while backlog.waited_s:
            await asyncio.sleep(0)


def test_a_round_ends_and_others_have_their_turn() -> None:
    done: list[str] = []

    def work() -> None:
        time.sleep(LONG_S)
        done.append("work")

    async def scenario() -> None:
        backlog = Backlog()
        for _ in range(10):
            backlog.add(work, 1)
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


def test_no_more_is_begun_than_fits_into_the_line() -> None:
    begun: list[asyncio.Future[object]] = []

    def work() -> asyncio.Future[object]:
        begun.append(asyncio.get_running_loop().create_future())
        return begun[-1]

    async def scenario() -> None:
        backlog = Backlog()
        for _ in range(5):
            backlog.add(work, UNDER_WAY_BYTES // 2)
        await asyncio.sleep(2 * ROUND_S)
        assert len(begun) == 2
        begun[0].set_result(None)
        await asyncio.sleep(2 * ROUND_S)
        assert len(begun) == 3
        # What failed has left the line as well; and what is larger than the line goes alone.
        begun[1].set_exception(OSError())
        begun[1].exception()
        begun[2].set_result(None)
        await asyncio.sleep(2 * ROUND_S)
        assert len(begun) == 5
        backlog.add(work, 100 * UNDER_WAY_BYTES)
        assert len(begun) == 5
        for one in begun[3:]:
            one.set_result(None)
        await emptied(backlog)
        assert len(begun) == 6

    asyncio.run(scenario())


def test_who_waits_for_a_decision_goes_first_but_not_for_ever() -> None:
    done: list[int] = []

    async def scenario() -> None:
        backlog = Backlog()
        backlog.give_way()
        backlog.give_way()
        backlog.add(lambda: done.append(1), 1)
        backlog.go_on()
        await asyncio.sleep(0)
        assert done == []
        backlog.go_on()
        await asyncio.sleep(0)
        assert done == [1]
        # One who waits for good holds up nobody else for longer than that.
        backlog.give_way()
        for number in (2, 3):
            backlog.add(lambda number=number: done.append(number), 1)
        assert done == [1]
        await emptied(backlog)
        backlog.add(lambda: done.append(4), 1)
        await asyncio.sleep(3 * GIVES_WAY_S)
        await emptied(backlog)

    asyncio.run(scenario())
    assert done == [1, 2, 3, 4]


def test_while_a_slow_disk_syncs_as_much_more_is_begun() -> None:
    begun: list[asyncio.Future[object]] = []
    slow_s = 4 * UNDER_WAY_BYTES / UNDER_WAY_BYTES_PER_SYNC_S

    def work() -> asyncio.Future[object]:
        begun.append(asyncio.get_running_loop().create_future())
        return begun[-1]

    async def scenario() -> None:
        sync_s = [slow_s]
        backlog = Backlog(lambda: sync_s[0])
        for _ in range(12):
            backlog.add(work, UNDER_WAY_BYTES)
        await asyncio.sleep(2 * ROUND_S)
        assert len(begun) == 5
        # The disk is quick again: what is under way leaves before anything else is begun.
        sync_s[0] = 0.0
        for number in range(4):
            begun[number].set_result(None)
            await asyncio.sleep(2 * ROUND_S)
            assert len(begun) == 5
        begun[4].set_result(None)
        await asyncio.sleep(2 * ROUND_S)
        assert len(begun) == 6
        # However slow a disk is, what is begun for its sake has a bound.
        sync_s[0] = 3_600.0
        for _ in range(100):
            backlog.add(work, UNDER_WAY_BYTES)
        await asyncio.sleep(2 * ROUND_S)
        assert len(begun) < 50

    asyncio.run(scenario())


def test_rounds_in_between_make_nobody_give_way_for_longer() -> None:
    done: list[int] = []

    async def scenario() -> None:
        backlog, loop = Backlog(), asyncio.get_running_loop()
        backlog.give_way()
        backlog.give_way()
        backlog.add(lambda: done.append(1), 1)
        began_s = loop.time()
        await asyncio.sleep(0.75 * GIVES_WAY_S)
        backlog.go_on()
        await asyncio.sleep(0)
        # A machine that slept for longer has done it by now.
        clock = backlog._clock
        assert done == ([1] if clock is None else [])
        if clock is not None:
            assert clock.when() <= began_s + 1.25 * GIVES_WAY_S
        await emptied(backlog)

    asyncio.run(scenario())
    assert done == [1]


def test_work_that_fails_holds_up_nobody() -> None:
    done: list[int] = []
    told: list[object] = []

    def failing() -> None:
        raise OSError("a fault of ours")

    async def scenario() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, about: told.append(about))
        backlog = Backlog()
        backlog.give_way()
        for one in (failing, lambda: done.append(1), failing, lambda: done.append(2)):
            backlog.add(one, 1)
        backlog.go_on()
        await emptied(backlog)

    asyncio.run(scenario())
    assert done == [1, 2]
    assert len(told) == 2


def test_what_waits_has_a_bound_in_bytes() -> None:
    async def scenario() -> None:
        backlog = Backlog()
        backlog.give_way()
        backlog.add(lambda: None, FULL_BYTES - 1)
        assert not backlog.is_full
        backlog.add(lambda: None, 1)
        assert backlog.is_full
        backlog.go_on()
        await emptied(backlog)
        assert not backlog.is_full

    asyncio.run(scenario())


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, LONG_S, 2 * ROUND_S]),
            st.sampled_from([1, UNDER_WAY_BYTES // 3, 2 * UNDER_WAY_BYTES]),
            st.sampled_from(["", "pause", "ask", "decided"]),
        ),
        max_size=12,
    )
)
def test_work_is_done_once_in_the_order_of_its_arrival(works: list[tuple[float, int, str]]) -> None:
    done: list[int] = []

    def work(number: int, takes_s: float) -> "asyncio.Future[object]":
        time.sleep(takes_s)
        done.append(number)
        leaving: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(leaving.set_result, None)
        return leaving

    async def scenario() -> None:
        backlog, asked = Backlog(), 0
        for number, (takes_s, size_bytes, then) in enumerate(works):
            backlog.add(lambda number=number, takes_s=takes_s: work(number, takes_s), size_bytes)
            if then == "pause":
                await asyncio.sleep(0)
            elif then == "ask":
                backlog.give_way()
                asked += 1
            elif then == "decided" and asked:
                backlog.go_on()
                asked -= 1
        await emptied(backlog)

    asyncio.run(scenario())
    assert done == [*range(len(works))]
