"""Events and questions that come in one piece are taken another way: nobody must notice it."""

import re
import socket
from collections.abc import Iterator
from contextlib import closing

import msgspec
import pytest

from tests.web.serving import Running, empty_site
from wegweiser.web import connection

PATIENCE_S = 60.0
# What differs between any two answers.
_OWN = re.compile(rb"\r\n(?:date|request-id|wegweiser-position): [^\r]*", re.IGNORECASE)
PLACEMENT = "{kind: placement, key: home.hero, channel: web, slots: 1}"


class Sender:
    """Speaks HTTP over bare sockets, to decide itself in which pieces a request arrives."""

    def __init__(self, server: Running):
        self._server = server
        host, port = server.address.removeprefix("http://").split(":")
        self._target = host, int(port)
        created = server.site.callers.create
        key = server.wait(_made(lambda: created("shop").write_key))
        self.key = f"X-Write-Key: {key}\r\n"
        server.wait(server.site.applier.apply([("test.yaml", PLACEMENT)]))

    def waiting_in_rows(self) -> int:
        """Count the requests that were read and wait behind another one on their connection."""
        return len(self.rows())

    def rows(self) -> list[object]:
        """Give the requests that were read and wait behind another one on the longest row."""
        open_now = [*self._server._server.server_state.connections]
        rows = [[*one.pipeline] for one in open_now]  # type: ignore[union-attr]
        return [cycle for cycle, _ in max(rows, key=len, default=[])]

    def line(self) -> socket.socket:
        """Open a connection."""
        made = socket.create_connection(self._target, timeout=PATIENCE_S)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def answers(self, *pieces: bytes) -> bytes:
        """Send pieces of requests, the last of which ends the connection; give all answers."""
        with closing(self.line()) as line:
            for piece in pieces[:-1]:
                line.sendall(piece)
                # A round trip of another request lets the server read what was sent so far.
                self.answers(b"GET /healthz HTTP/1.0\r\nHost: x\r\n\r\n")
            line.sendall(pieces[-1])
            return b"".join(iter(lambda: line.recv(65_536), b""))

    def request(self, path: str, body: bytes, more: str = "Connection: close\r\n") -> bytes:
        """Write a request that carries a key."""
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\n{self.key}{more}"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def _made(make):  # type: ignore[no-untyped-def]
    return make()


@pytest.fixture(scope="module")
def sender() -> Iterator[Sender]:
    server = Running(empty_site)
    yield Sender(server)
    server.close()


def event(message_id: str) -> bytes:
    return msgspec.json.encode({"userId": "u-1", "event": "Visited", "messageId": message_id})


def question(request_id: str) -> bytes:
    asked = [{"key": "home.hero", "max": 1}]
    body = {"request_id": request_id, "anonymousId": "a-1", "placements": asked}
    return msgspec.json.encode(body)


def positions(answers: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"wegweiser-position: (\d+)", answers)]


BODIES = [
    ("/v1/track", event("m-whole")),
    ("/v1/batch", b'{"batch": [{"type": "page", "userId": "u-2"}, {"type": "odd"}]}'),
    ("/v1/track", b'{"event": "Visited"}'),
    ("/v1/track", b'{"event": '),
    ("/v1/track", b""),
    ("/v1/batch/", b'{"batch": []}'),
    ("/v1/decide", question("q-1")),
    ("/v1/decide", question("q-1").replace(b"hero", b"zero")),
    ("/v1/decide", question("q-2").replace(b"hero", b"zero")),
    ("/v1/decide", question("q-3").replace(b"anonymousId", b"userId")),
    ("/v1/decide", question("q-4") + b" " * (64 * 1024)),
    ("/v1/decide", b'{"request_id": "q-5"}'),
    ("/v1/decide", b"{"),
    ("/v1/decide", b""),
]


@pytest.mark.parametrize(("path", "body"), BODIES)
def test_one_piece_is_answered_like_two(sender: Sender, path: str, body: bytes) -> None:
    whole = sender.request(path, body)
    cut = whole.index(b"\r\n\r\n") + 4 + len(body) // 2
    sender.answers(whole)  # so that both of the following are repeats, where anything is kept
    at_once, in_two = sender.answers(whole), sender.answers(whole[:cut], whole[cut:])
    assert at_once.startswith(b"HTTP/1.1 ")
    assert _OWN.sub(b"", at_once) == _OWN.sub(b"", in_two)


def test_whole_requests_of_the_hot_path_need_no_cycle_of_the_server_below(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    begin = connection.GuardedConnection._begin

    def noted(self: connection.GuardedConnection) -> None:
        begun.append(self.url.decode())
        begin(self)

    monkeypatch.setattr(connection.GuardedConnection, "_begin", noted)
    for path, body in (("/v1/track", event("m-way")), ("/v1/decide", question("q-way"))):
        whole = sender.request(path, body)
        assert sender.answers(whole).startswith(b"HTTP/1.1 200 OK\r\n")
        assert path not in begun
        sender.answers(whole[:-1], whole[-1:])
        assert path in begun


def test_keys_and_methods_are_judged_alike(sender: Sender) -> None:
    unknown = sender.request("/v1/track", event("m-2")).replace(b"wgw_pk_", b"wgw_pk_x", 1)
    assert sender.answers(unknown).startswith(b"HTTP/1.1 401 ")
    asked = sender.request("/v1/track", b"").replace(b"POST", b"GET", 1)
    assert sender.answers(asked).startswith(b"HTTP/1.1 405 ")


def test_requests_in_one_piece_are_answered_in_order(sender: Sender) -> None:
    kept = [sender.request("/v1/track", event(f"m-row-{i}"), "") for i in range(5)]
    refused = sender.request("/v1/track", b"{", "")
    health = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answers = sender.answers(b"".join([refused, *kept, refused, health]))
    statuses = re.findall(rb"HTTP/1.1 (\d+)", answers)
    assert statuses == [b"400", *[b"200"] * 5, b"400", b"200"]
    found = positions(answers)
    assert found == sorted(found)
    assert len(found) == 5


def test_a_decision_in_one_piece_is_taken_once_and_in_its_turn(sender: Sender) -> None:
    asked = [sender.request("/v1/decide", question(f"q-row-{i % 2}"), "") for i in range(4)]
    told = sender.request("/v1/track", event("m-between"), "")
    health = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answers = sender.answers(b"".join([asked[0], told, *asked[1:], health]))
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"200"] * 6
    names = re.findall(rb'"decision_id":"(dec_\w+)"', answers)
    assert (names[0], names[1]) == (names[2], names[3])
    assert names[0] != names[1]


def test_a_request_may_be_cut_anywhere(sender: Sender) -> None:
    whole = sender.request("/v1/track", event("m-cut"))
    head = whole.index(b"\r\n\r\n") + 4
    for cut in (1, 6, head - 3, head - 1, head, head + 1, len(whole) - 1):
        assert sender.answers(whole[:cut], whole[cut:]).startswith(b"HTTP/1.1 200 OK\r\n"), cut


def test_the_clock_of_the_head_ends_no_body(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HEADER_DEADLINE_S", 0.1)
    whole = sender.request("/v1/track", event("m-slow"))
    with closing(sender.line()) as line:
        line.sendall(whole[:-1])
        with closing(sender.line()) as idle:
            assert idle.recv(1) == b""  # by now the clock of the other one would have run down
        line.sendall(whole[-1:])
        assert line.recv(65_536).startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_connection_is_kept_as_its_sender_asks(sender: Sender) -> None:
    body = event("m-kept")
    with closing(sender.line()) as line:
        for _ in range(3):
            line.sendall(sender.request("/v1/track", body, ""))
            assert b"\r\nconnection: close\r\n" not in line.recv(65_536)
    old = sender.request("/v1/track", body, "").replace(b"HTTP/1.1", b"HTTP/1.0", 1)
    for asked in (old, sender.request("/v1/track", body)):
        assert b"\r\nconnection: close\r\n" in sender.answers(asked)


def test_who_waits_for_leave_to_go_on_gets_it(sender: Sender) -> None:
    body = event("m-leave")
    whole = sender.request("/v1/track", body, "Expect: 100-continue\r\nConnection: close\r\n")
    answers = sender.answers(whole[: -len(body)], body)
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"100", b"200"]
