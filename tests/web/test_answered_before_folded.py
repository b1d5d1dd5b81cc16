"""A decision is answered when it is on disk; whoever asks on about it waits for its fold."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec
import pytest

from tests.web.serving import Running, empty_site
from tests.web.test_collecting import Sender, question
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


def body_of(answer: bytes) -> dict[str, object]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), answer
    found: dict[str, object] = msgspec.json.decode(body)
    return found


def test_an_answer_waits_for_no_events_and_who_asks_on_waits_for_it(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = sender._server.site
    held = Held(sender, monkeypatch)
    first = body_of(held.ask("q-1", "a-1").result(PATIENCE_S))
    name = str(first["decision_id"])
    assert name.startswith("dec_")
    assert site.unifier.decisions.get(name) is None
    # Somebody else does not wait, and neither does who watches the server.
    other = body_of(held.ask("q-2", "a-2").result(PATIENCE_S))
    assert other["decision_id"] != name
    assert held.get("/healthz").result(PATIENCE_S).startswith(b"HTTP/1.1 200")
    again, same = held.ask("q-3", "a-1"), held.ask("q-1", "a-1")
    page = held.get("/sign-in")
    reused = held.ask("q-1", "a-3").result(PATIENCE_S)
    assert reused.startswith(b"HTTP/1.1 409")
    held.get("/healthz").result(PATIENCE_S)
    assert not any(one.done() for one in (again, same, page, held.events))
    held.let_go.set()
    assert body_of(same.result(PATIENCE_S)) == first
    assert body_of(again.result(PATIENCE_S))["decision_id"] not in (name, other["decision_id"])
    assert page.result(PATIENCE_S).startswith(b"HTTP/1.1 200")
    assert held.events.result(PATIENCE_S).startswith(b"HTTP/1.1 200")
    assert site.unifier.decisions.get(name) is not None


def test_who_wants_to_be_told_of_changes_waits_for_the_fold_itself(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender._server.site.address = "https://wegweiser.example"
    held = Held(sender, monkeypatch)
    asked = msgspec.json.decode(question("q-1")) | {"stream": True}
    answer = held.send("/v1/decide", msgspec.json.encode(asked))
    held.ask("q-2", "a-2").result(PATIENCE_S)
    assert not answer.done()
    held.let_go.set()
    assert body_of(answer.result(PATIENCE_S))["stream_url"]
