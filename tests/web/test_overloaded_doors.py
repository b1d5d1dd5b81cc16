"""Who is refused, and who goes first, while events wait for their turn."""

import re
from collections.abc import Iterator
from contextlib import closing
from math import inf

import msgspec
import pytest

from tests.web.serving import Running, empty_site
from tests.web.test_collecting import Sender, event, question
from wegweiser.web.backlog import Backlog

LONG_S = 3_600.0


@pytest.fixture(scope="module")
def sender() -> Iterator[Sender]:
    server = Running(empty_site)
    yield Sender(server)
    server.close()


def status(answers: bytes) -> bytes:
    found = re.findall(rb"HTTP/1.1 (\d+)", answers)
    assert len(found) == 1
    return bytes(found[0])


def pieces(whole: bytes) -> tuple[bytes, bytes]:
    return whole[:-2], whole[-2:]


def flags() -> bytes:
    return msgspec.json.encode({"context": {"targetingKey": "a-1"}})


def test_events_that_wait_refuse_no_decision_since_decisions_pass_them(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = sender.request("/v1/track", event("m-refused"))
    monkeypatch.setattr(Backlog, "waited_s", LONG_S)
    asked = sender.request("/v1/decide", question("q-passes"))
    assert status(sender.answers(told)) == b"429"
    assert status(sender.answers(*pieces(told))) == b"429"
    assert status(sender.answers(asked)) == b"200"
    assert status(sender.answers(*pieces(asked))) == b"200"


@pytest.mark.parametrize("sign", [("waited_s", LONG_S), ("is_full", True)])
def test_events_in_pieces_are_refused_at_their_end_as_well(
    sender: Sender, monkeypatch: pytest.MonkeyPatch, sign: tuple[str, object]
) -> None:
    first, last = pieces(sender.request("/v1/track", event("m-late")))
    with closing(sender.line()) as line:
        line.sendall(first)
        sender.answers(b"GET /healthz HTTP/1.0\r\nHost: x\r\n\r\n")
        monkeypatch.setattr(Backlog, *sign)
        line.sendall(last)
        answers = b"".join(iter(lambda: line.recv(65_536), b""))
    assert status(answers) == b"429"
    assert re.search(rb"\r\nretry-after: \d+\r\n", answers)


def test_no_events_are_taken_while_too_many_bytes_wait(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Backlog, "is_full", True)
    assert status(sender.answers(sender.request("/v1/track", event("m-full")))) == b"429"
    assert status(sender.answers(sender.request("/v1/decide", question("q-full")))) == b"200"


@pytest.mark.parametrize(
    ("path", "body"),
    [("/v1/decide", question("q-first")), ("/ofrep/v1/evaluate/flags/home.hero", flags())],
)
@pytest.mark.parametrize("cut", [False, True])
def test_whoever_waits_for_a_decision_goes_first_however_it_was_sent(
    sender: Sender, monkeypatch: pytest.MonkeyPatch, path: str, body: bytes, cut: bool
) -> None:
    # Whoever asked before has been forgotten after another round trip.
    sender.answers(b"GET /healthz HTTP/1.0\r\nHost: x\r\n\r\n")
    # Who comes soon after another waits to share a sync; else there is nothing to wait for.
    monkeypatch.setattr("wegweiser.flow.intake.ALONE_S", inf)
    noted: list[str] = []
    for name in ("give_way", "go_on"):
        real = getattr(Backlog, name)

        def note(backlog: Backlog, name: str = name, real=real) -> None:  # type: ignore[no-untyped-def]
            noted.append(name)
            real(backlog)

        monkeypatch.setattr(Backlog, name, note)
    whole = sender.request(path, body)
    assert status(sender.answers(*(pieces(whole) if cut else (whole,)))) == b"200"
    assert status(sender.answers(sender.request("/v1/track", event("m-after")))) == b"200"
    assert noted == ["give_way", "go_on"]


def test_who_waits_for_nothing_needs_nobody_to_give_way(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender.answers(b"GET /healthz HTTP/1.0\r\nHost: x\r\n\r\n")
    monkeypatch.setattr("wegweiser.flow.intake.ALONE_S", 0.0)
    noted: list[str] = []
    monkeypatch.setattr(Backlog, "give_way", lambda backlog: noted.append("gave way"))
    monkeypatch.setattr(Backlog, "go_on", lambda backlog: noted.append("went on"))
    assert status(sender.answers(sender.request("/v1/decide", question("q-alone")))) == b"200"
    assert noted == []
