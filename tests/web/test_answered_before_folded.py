"""A decision is answered when it is on disk; whoever asks on about it waits for its fold."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from math import inf

import msgspec
import pytest

from tests.web.serving import Running, empty_site
from tests.web.test_collecting import Sender, question
from wegweiser.flow import intake, unfolded
from wegweiser.flow.intake import Intake
from wegweiser.flow.unify import EVENTS_PER_SLICE

PATIENCE_S = 60.0


@pytest.fixture
def sender() -> Iterator[Sender]:
    server = Running(empty_site)
    yield Sender(server)
    server.close()


class Held:
    """Holds the fold of events still from `wait` on, until it is let go."""

    def __init__(self, sender: Sender, monkeypatch: pytest.MonkeyPatch):
        self._pool = ThreadPoolExecutor(8)
        self._sender = sender
        self._begun, self.let_go = threading.Event(), threading.Event()
        unifier = sender._server.site.unifier
        real = unifier.fold

        def fold(*arguments):  # type: ignore[no-untyped-def]
            self._begun.set()
            while not self.let_go.is_set():
                yield
            return (yield from real(*arguments))

        monkeypatch.setattr(unifier, "fold", fold)
        # However slow this machine is, nobody is refused because these events wait.
        monkeypatch.setattr(Intake, "waited_s", 0.0)
        events = [
            {"type": "track", "event": "Seen", "userId": "u-9", "messageId": f"m-{number}"}
            for number in range(3 * EVENTS_PER_SLICE)
        ]
        self.events = self.send("/v1/batch", msgspec.json.encode({"batch": events}))
        assert self._begun.wait(PATIENCE_S)

    def send(self, path: str, body: bytes) -> "Future[bytes]":
        """Send a request; gives what becomes its answer."""
        return self._pool.submit(self._sender.answers, self._sender.request(path, body))

    def ask(self, request_id: str, device: str) -> "Future[bytes]":
        """Ask what to show to somebody."""
        asked = msgspec.json.decode(question(request_id)) | {"anonymousId": device}
        return self.send("/v1/decide", msgspec.json.encode(asked))

    def get(self, path: str) -> "Future[bytes]":
        """Get a page."""
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        return self._pool.submit(self._sender.answers, head.encode())


@pytest.fixture
def held(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    holds = Held(sender, monkeypatch)
    yield holds
    holds.let_go.set()


def body_of(answer: bytes) -> dict[str, object]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), answer
    found: dict[str, object] = msgspec.json.decode(body)
    return found


def test_an_answer_waits_for_no_events_and_who_asks_on_waits_for_it(
    sender: Sender, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = sender._server.site
    monkeypatch.setattr(unfolded, "PATIENCE_S", PATIENCE_S)
    first = body_of(held.ask("q-1", "a-1").result(PATIENCE_S))
    name = str(first["decision_id"])
    assert name.startswith("dec_")
    assert site.unifier.decisions.get(name) is None
    # Somebody else does not wait, and neither does who watches the server.
    other = body_of(held.ask("q-2", "a-2").result(PATIENCE_S))
    assert other["decision_id"] != name
    for apart in ("/healthz", "/wegweiser.js", "/sign-in", "/static/app.css"):
        assert held.get(apart).result(PATIENCE_S).startswith(b"HTTP/1.1 200"), apart
    again, same = held.ask("q-3", "a-1"), held.ask("q-1", "a-1")
    page = held.get("/decisions")
    reused = held.ask("q-1", "a-3").result(PATIENCE_S)
    assert reused.startswith(b"HTTP/1.1 409")
    held.get("/healthz").result(PATIENCE_S)
    assert not any(one.done() for one in (again, same, page, held.events))
    held.let_go.set()
    assert body_of(same.result(PATIENCE_S)) == first
    assert body_of(again.result(PATIENCE_S))["decision_id"] not in (name, other["decision_id"])
    assert page.result(PATIENCE_S).startswith(b"HTTP/1.1 303")
    assert held.events.result(PATIENCE_S).startswith(b"HTTP/1.1 200")
    assert site.unifier.decisions.get(name) is not None


def test_a_fold_that_is_held_for_long_keeps_nobody_from_looking(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unfolded, "PATIENCE_S", 0.05)
    body_of(held.ask("q-1", "a-1").result(PATIENCE_S))
    assert held.get("/decisions").result(PATIENCE_S).startswith(b"HTTP/1.1 303")
    held.let_go.set()


def test_nobody_waits_for_another_whom_nothing_names(held: Held) -> None:
    for number, device in enumerate(("a-1", "null", "undefined", "null")):
        body_of(held.ask(f"q-{number}", device).result(PATIENCE_S))
    held.let_go.set()


# A repeat may find the first on its way to the disk, or on disk and not folded.
@pytest.mark.parametrize("alone_s", [0.0, inf])
@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/v1/decide", msgspec.json.decode(question("q-1")) | {"stream": True}),
        ("/ofrep/v1/evaluate/flags", {"context": {"targetingKey": "a-1"}}),
    ],
)
def test_two_who_ask_the_same_and_need_the_fold_are_told_the_same(
    sender: Sender,
    held: Held,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    asked: dict[str, object],
    alone_s: float,
) -> None:
    monkeypatch.setattr(intake, "ALONE_S", alone_s)
    sender._server.site.address = "https://wegweiser.example"
    answers = [held.send(path, msgspec.json.encode(asked)) for _ in range(3)]
    held.ask("q-2", "a-2").result(PATIENCE_S)
    assert not any(one.done() for one in answers)
    held.let_go.set()
    told = [body_of(one.result(PATIENCE_S)) for one in answers]
    assert told[0] == told[1] == told[2]
    assert "tream" in str(told[0])
    assert "dec_" in str(told[0])
