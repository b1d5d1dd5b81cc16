"""Answers beside the pages: whoever looks now is answered first, and nobody is forgotten."""

import asyncio
from collections.abc import Mapping

import msgspec

from tests.flow.sites import running
from wegweiser.terms.result import Answer
from wegweiser.web.pages.answers import ASKED_AT_ONCE, MOST_AT_ONCE, Answers, Wish
from wegweiser.workspace.site import Site

TODAY = [Wish("web.visits", (("from", f"2026-01-0{day}"),)) for day in range(1, 7)]
WEB = [Wish("web.dwell", (("from", f"2026-01-0{day}"),)) for day in range(1, 7)]


class Worker:
    """Stands for the one worker: answers what it was asked, one after the other, when let."""

    def __init__(self, site: Site, answer: Answer):
        self.asked: list[Wish] = []
        self._ready: list[asyncio.Future[Answer]] = []
        self._answer = answer
        site.measure = self.measure  # type: ignore[method-assign]

    async def measure(self, name: str, options: Mapping[str, str]) -> Answer:
        self.asked.append(Wish(name, tuple(sorted(options.items()))))
        ready = asyncio.get_running_loop().create_future()
        self._ready.append(ready)
        return await ready

    async def answers(self, count: int) -> None:
        for _ in range(count):
            self._ready.pop(0).set_result(self._answer)
            await asyncio.sleep(0.001)


async def looked(answers: Answers, wishes: list[Wish]) -> dict[Wish, Answer]:
    return await answers.get(wishes, patience_s=0.001)


async def worlds(site: Site) -> tuple[Answers, Worker]:
    answer = await site.measure("web.visits", {})
    return Answers(site), Worker(site, msgspec.structs.replace(answer, as_of=0))


def test_the_page_that_was_opened_last_is_answered_first() -> None:
    async def scenario() -> None:
        async with running() as site:
            answers, worker = await worlds(site)
            await looked(answers, TODAY)
            assert worker.asked == TODAY[:ASKED_AT_ONCE]
            await looked(answers, WEB)
            await worker.answers(3)
            assert worker.asked == [*TODAY[:ASKED_AT_ONCE], *WEB[:3]]
            # Whoever goes back is answered first again, and then everybody else.
            await looked(answers, TODAY)
            assert answers.computing(WEB)
            await worker.answers(9)
            assert worker.asked == [*TODAY[:2], *WEB[:3], *TODAY[2:], *WEB[3:]]
            assert set(await looked(answers, TODAY + WEB)) == {*TODAY, *WEB}
            assert not answers.computing(TODAY + WEB)

    asyncio.run(scenario())


def test_what_was_never_answered_goes_before_what_is_only_old() -> None:
    async def scenario() -> None:
        async with running() as site:
            answers, worker = await worlds(site)
            await looked(answers, TODAY[:3])
            await worker.answers(3)
            answers._held = {one: (told, -1) for one, (told, _) in answers._held.items()}
            worker.asked.clear()
            await looked(answers, TODAY)
            await worker.answers(6)
            assert worker.asked == [*TODAY[3:], *TODAY[:3]]

    asyncio.run(scenario())


def test_pages_left_open_keep_no_figure_of_the_newest_page_waiting() -> None:
    left = [Wish("web.visits", (("from", str(at)),)) for at in range(MOST_AT_ONCE + 5)]

    async def scenario() -> None:
        async with running() as site:
            answers, worker = await worlds(site)
            await looked(answers, left)
            assert len(answers._running) == MOST_AT_ONCE
            await looked(answers, WEB)
            assert len(answers._running) == MOST_AT_ONCE
            await worker.answers(ASKED_AT_ONCE + len(WEB))
            assert worker.asked[: ASKED_AT_ONCE + len(WEB)] == [*left[:ASKED_AT_ONCE], *WEB]
            assert set(await looked(answers, WEB)) == {*WEB}
            # Whoever left the others open gets them as well, while they are open.
            assert answers.computing(left)
            for _ in range(3):
                await looked(answers, left)
                await worker.answers(len(worker._ready))
                while answers._running:
                    await worker.answers(len(worker._ready))
            assert set(await looked(answers, left)) == {*left}
            assert not answers.computing([*left, *WEB])
            assert answers._asked == 0

    asyncio.run(scenario())


def test_what_is_only_old_takes_nobodys_place() -> None:
    left = [Wish("web.visits", (("from", str(at)),)) for at in range(MOST_AT_ONCE)]

    async def scenario() -> None:
        async with running() as site:
            answers, worker = await worlds(site)
            await looked(answers, WEB)
            await worker.answers(len(WEB))
            answers._held = {one: (told, -1) for one, (told, _) in answers._held.items()}
            await looked(answers, left)
            assert set(await looked(answers, WEB)) == {*WEB}
            assert set(answers._running) == {*left}
            for one in list(answers._running.values()):
                one.cancel()

    asyncio.run(scenario())


def test_a_wish_that_is_given_up_makes_room() -> None:
    async def scenario() -> None:
        async with running() as site:
            answers, worker = await worlds(site)
            await looked(answers, TODAY[:4])
            for one in TODAY[:3]:
                answers._running[one].cancel()
            await asyncio.sleep(0.001)
            assert worker.asked == [*TODAY[:2], TODAY[3]]
            assert list(answers._running) == [TODAY[3]]

    asyncio.run(scenario())
