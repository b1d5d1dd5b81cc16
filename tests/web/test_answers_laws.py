"""Whatever pages ask in whatever order: nothing is lost, nobody starves, and nothing piles up."""

import asyncio
from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.flow.sites import running
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Answer
from wegweiser.web.pages import answers as module
from wegweiser.web.pages.answers import FRESH_MS, Answers, Wish
from wegweiser.workspace.site import Site

# Small ones, so that few steps reach them.
AT_ONCE, ASKED, KEPT = 6, 2, 16
PAGES = [[Wish(f"page.{page}", (("at", str(at)),)) for at in range(4)] for page in range(7)]
PAGES.append([PAGES[0][0], PAGES[1][0], PAGES[2][0], PAGES[0][0]])
PAGES += [page[:2] for page in PAGES[:5]]
PAGES.append([*PAGES[0][:2], *PAGES[1][:2]])
PAGES.append([Wish("page.large", (("at", str(at)),)) for at in range(AT_ONCE + 3)])
STEPS = st.one_of(
    st.tuples(st.just("look"), st.integers(0, len(PAGES) - 1)),
    st.tuples(st.just("leave"), st.integers(0, len(PAGES) - 1)),
    st.tuples(st.sampled_from(["answer", "fail", "refuse", "break"]), st.integers(0, ASKED - 1)),
    st.tuples(st.just("pass"), st.sampled_from([1, FRESH_MS - 1, FRESH_MS])),
    st.tuples(st.sampled_from(["turn", "arrive", "forget"]), st.just(0)),
)


class Worker:
    """Stands for the one worker: answers or fails when let."""

    def __init__(self, site: Site, answer: Answer):
        self._site, self._answer = site, answer
        self.asked: dict[asyncio.Future[None], Wish] = {}
        site.measure = self.measure  # type: ignore[method-assign]

    async def measure(self, name: str, options: Mapping[str, str]) -> Answer:
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.asked[ready] = Wish(name, tuple(sorted(options.items())))
        try:
            await ready
        finally:
            del self.asked[ready]
        return msgspec.structs.replace(self._answer, as_of=self._site.clock.now_ms())

    def end(self, which: int, error: Exception | None) -> None:
        ready = [one for one in self.asked if not one.done()]
        if which < len(ready):
            ready[which].set_exception(error) if error else ready[which].set_result(None)


class Pages:
    """Pages that are opened and left, and what must hold of their answers after every step."""

    def __init__(self, site: Site, answer: Answer):
        self._site = site
        self._others = len(asyncio.all_tasks())
        self.answers, self.worker = Answers(site), Worker(site, answer)
        self.faults: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, told: self.faults.append(told))

    async def step(self, deed: str, number: int) -> None:
        errors = {"fail": ValueError("x"), "refuse": InputRefused("x", "x"), "answer": None}
        if deed == "look":
            await self.look(PAGES[number])
        elif deed == "leave":
            # Whoever looked goes away before the answer came.
            asyncio.create_task(self.answers.get(PAGES[number], 60.0)).cancel()
        elif deed in errors:
            self.worker.end(number, errors[deed])
        elif deed == "break":
            self.worker.end(number, TimeoutError())
        elif deed == "pass":
            self._site.clock.advance(number)  # type: ignore[attr-defined]
        elif deed == "arrive":
            self._site.unifier.position += 1
        elif deed == "forget":
            self.answers._forget()
        await asyncio.sleep(0)
        self.check()

    async def look(self, wishes: list[Wish]) -> None:
        told = await self.answers.get(wishes, 0.0)
        assert set(told) == {one for one in wishes if self.answers.known(one) is not None}
        # The newest page has a place for all that it lacks, as far as there are places.
        lacks = {one for one in wishes if one not in told} - self._failed_just_now()
        held = len({one for one in self.answers._running if one in lacks})
        assert held >= min(len(lacks), AT_ONCE - ASKED)

    def _failed_just_now(self) -> set[Wish]:
        now = self._site.clock.now_ms()
        return {one for one, at in self.answers._failed.items() if now - at < FRESH_MS}

    def check(self) -> None:
        failed = self._failed_just_now()
        for one in {one for page in PAGES for one in page}:
            # On every page that is open a figure is there, or comes, or has just failed.
            there = self.answers.known(one) is not None
            assert there or self.answers.computing([one]) or one in failed
        running, waiting = self.answers._running, self.answers._waiting
        assert set(waiting) <= set(running)
        assert len(running) <= AT_ONCE
        assert 0 <= self.answers._asked <= ASKED
        assert self.answers._asked == len(running) - len(waiting)
        assert not waiting or self.answers._asked == ASKED or self._beginning()
        assert len(self.answers._held) <= KEPT
        assert len(self.answers._failed) <= KEPT
        assert set(self.answers._refused) <= set(self.answers._failed)
        assert not self.faults

    def _beginning(self) -> bool:
        """Tell whether a task was made that had no turn of the loop yet."""
        return any(
            task.get_coro().cr_frame is not None  # type: ignore[union-attr]
            and task.get_coro().cr_await is None  # type: ignore[union-attr]
            for task in self.answers._running.values()
        )

    async def end(self) -> None:
        """Let the open page have all; afterwards nothing is under way and nobody was forgotten."""
        self._site.clock.advance(FRESH_MS)  # type: ignore[attr-defined]
        for page in PAGES:
            for _ in range(len(page) + AT_ONCE):
                await self.look(page)
                self.worker.end(0, None)
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            assert set(page) <= set(await self.answers.get(page, 0.0))
            assert not self.answers.computing(page)
        while self.worker.asked:
            self.worker.end(0, None)
            for _ in range(4):
                await asyncio.sleep(0)
        assert (self.answers._asked, self.answers._running, self.answers._waiting) == (0, {}, {})
        assert len(asyncio.all_tasks()) == self._others
        self.check()


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_AT_ONCE", AT_ONCE)
    monkeypatch.setattr(module, "ASKED_AT_ONCE", ASKED)
    monkeypatch.setattr(module, "ANSWERS_KEPT", KEPT)


def test_whatever_pages_ask_no_answer_is_lost_and_nobody_starves() -> None:
    runner = asyncio.Runner()

    async def made() -> tuple[Site, Answer]:
        site = await context.__aenter__()
        return site, await site.measure("web.visits", {})

    context = running()
    site, answer = runner.run(made())

    async def lived(steps: list[tuple[str, int]]) -> None:
        pages = Pages(site, answer)
        for deed, number in steps:
            await pages.step(deed, number)
        await pages.end()

    @given(st.lists(STEPS, max_size=60))
    @example([("look", 0), *2 * [("turn", 0)], ("fail", 0), *2 * [("turn", 0)], ("pass", FRESH_MS)])
    @settings(max_examples=150, deadline=None)
    def law(steps: list[tuple[str, int]]) -> None:
        runner.run(lived(steps))

    try:
        law()
    finally:
        runner.run(context.__aexit__(None, None, None))
        runner.close()
