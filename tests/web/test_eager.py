"""Coroutines that begin at once end as tasks would."""

import asyncio

import pytest

from wegweiser.web.eager import begin


def test_who_waits_for_nothing_is_done_at_once_without_a_task() -> None:
    async def play() -> None:
        done: list[int] = []

        async def work() -> None:
            done.append(1)

        before = asyncio.all_tasks()
        assert begin(work()) is None
        assert done == [1]
        assert asyncio.all_tasks() == before

    asyncio.run(play())


def test_an_error_before_the_first_wait_is_raised_and_one_after_it_is_the_tasks() -> None:
    async def play() -> None:
        async def work(turns: int) -> None:
            for _ in range(turns):
                await asyncio.sleep(0)
            raise ValueError("wrong")

        with pytest.raises(ValueError, match="wrong"):
            begin(work(0))
        for turns in (1, 2):
            task = begin(work(turns))
            assert task is not None
            with pytest.raises(ValueError, match="wrong"):
                await task

    asyncio.run(play())


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("early", [False, True])
def test_the_first_thing_waited_for_may_end_before_the_task_begins(
    fails: bool, early: bool
) -> None:
    async def play() -> None:
        asked: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        found: list[object] = []

        async def work() -> None:
            try:
                found.append(await asked)
            except KeyError as error:
                found.append(error)
            found.append(await asyncio.sleep(0, "on"))

        def end() -> None:
            if fails:
                asked.set_exception(KeyError("gone"))
            else:
                asked.set_result(3)

        # Somebody else waits for the same, and begins to do so in between.
        tasks = [begin(work()), asyncio.ensure_future(asyncio.wait([asked]))]
        if early:
            end()
        await asyncio.sleep(0)
        if not early:
            end()
        await asyncio.gather(*filter(None, tasks))
        assert isinstance(found[0], KeyError) if fails else found[0] == 3
        assert found[1] == "on"

    asyncio.run(play())


def test_two_may_begin_to_wait_for_the_same() -> None:
    async def play() -> None:
        asked: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        found: list[int] = []

        async def work() -> None:
            found.append(await asked)

        begun = [begin(work()), begin(work()), asyncio.ensure_future(work())]
        await asyncio.sleep(0)
        begun.append(begin(work()))
        asked.set_result(7)
        await asyncio.gather(*filter(None, begun))
        assert found == [7, 7, 7, 7]

    asyncio.run(play())


@pytest.mark.parametrize("turns", [0, 1, 2])
def test_a_cancelled_one_may_tidy_up_and_wait_while_it_does(turns: int) -> None:
    async def play() -> None:
        never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        tidied: list[str] = []

        async def work() -> None:
            try:
                await never
            finally:
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                tidied.append("up")

        task = begin(work())
        assert task is not None
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert tidied == ["up"]

    asyncio.run(play())
