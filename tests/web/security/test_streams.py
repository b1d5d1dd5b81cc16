"""Streams and heavy pages: none without end, and none for somebody who is signed out."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import ClassVar

import httpx
import pytest

from tests.web.roles import browser_of
from tests.web.serving import Running, until
from wegweiser.terms.instant import MINUTE_MS
from wegweiser.web.pages.answers import ASKED_AT_ONCE, MOST_AT_ONCE, Answers, Wish
from wegweiser.web.pages.frame import signs
from wegweiser.web.pages.frame.listeners import MOST_OF_ONE


def open_streams(attacked: Running) -> int:
    found: int = attacked.pages.state.desk.listeners.open  # type: ignore[attr-defined]
    return found


def test_a_session_cannot_open_streams_without_end(attacked: Running) -> None:
    client = browser_of(attacked, "owner")
    before = open_streams(attacked)
    with contextlib.ExitStack() as held:
        for number in range(MOST_OF_ONE):
            answer = held.enter_context(client.stream("GET", "/data/stream"))
            assert answer.status_code == 200
            until(lambda number=number: open_streams(attacked) == before + number + 1)  # type: ignore[misc]
        assert client.get("/data/stream").status_code == 429
        # Others are not kept from theirs.
        other = browser_of(attacked, "admin")
        assert held.enter_context(other.stream("GET", "/data/stream")).status_code == 200
    until(lambda: open_streams(attacked) == before)


def test_the_head_of_a_stream_is_no_stream(attacked: Running) -> None:
    answer = attacked.client.head("/data/stream")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_a_stream_ends_with_its_session(attacked: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signs, "CHECK_LOOKS", 1)
    client, other = attacked.sign_in(), attacked.sign_in()
    with client.stream("GET", "/data/stream") as answer:
        assert answer.status_code == 200
        attacked.site.people.sessions.end(client.cookies["wegweiser"])
        with contextlib.suppress(httpx.RemoteProtocolError):
            for _ in answer.iter_bytes():
                pass
    assert other.get("/settings").status_code == 200


def test_what_a_page_fetches_by_itself_keeps_no_session_alive(attacked: Running) -> None:
    people = attacked.site.people
    token = people.sign_in("admin")
    began = people.session_of(token)
    assert began is not None
    client = attacked.visitor()
    client.cookies.set("wegweiser", token)
    attacked.site.clock.advance(10 * MINUTE_MS)  # type: ignore[attr-defined]
    assert client.get("/settings", headers={"x-swap": "live"}).status_code == 200
    assert people.session_of(token, in_use=False) == began
    assert client.get("/settings", headers={"x-swap": "1"}).status_code == 200
    assert people.session_of(token, in_use=False) != began


class NeverReady:
    """A site whose measures never end; only what answers ask of it."""

    class unifier:  # noqa: N801 - stands for an attribute
        position = 1

    class clock:  # noqa: N801 - stands for an attribute
        @staticmethod
        def now_ms() -> int:
            return 0

    class views:  # noqa: N801 - stands for an attribute
        forgotten: ClassVar[list[Callable[[], None]]] = []

    def __init__(self) -> None:
        self.asked = 0

    async def measure(self, name: str, options: dict[str, str]) -> None:
        self.asked += 1
        await asyncio.Event().wait()


def test_an_answer_from_before_an_erasure_is_not_kept() -> None:
    async def play() -> list[bool]:
        site, one = NeverReady(), Wish("profit.accounts")
        site.views.forgotten.clear()
        answers = Answers(site)  # type: ignore[arg-type]
        answers._held[one] = ("an answer", 1)  # type: ignore[assignment]
        before = answers.known(one) is not None
        for forget in site.views.forgotten:
            forget()
        return [before, answers.known(one) is not None]

    assert asyncio.run(play()) == [True, False]


def test_pages_begin_only_so_many_measures_at_once() -> None:
    async def play() -> tuple[int, int, bool]:
        site = NeverReady()
        answers = Answers(site)  # type: ignore[arg-type]
        wishes = [Wish("web.visits", (("from", str(at)),)) for at in range(MOST_AT_ONCE + 20)]
        asking = [asyncio.create_task(answers.get([one])) for one in wishes]
        await asyncio.sleep(0.01)
        waits, begun = answers.computing(wishes[-1:]), len(answers._running)
        for one in [*asking, *answers._running.values()]:
            one.cancel()
        return site.asked, begun, waits

    asked, begun, waits = asyncio.run(play())
    assert begun == MOST_AT_ONCE
    assert asked == ASKED_AT_ONCE
    assert waits
