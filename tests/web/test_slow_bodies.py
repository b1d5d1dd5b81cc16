"""Bodies that never start, stop or trickle: answered with 408 and closed, on every route."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import msgspec
import pytest

from tests.web.serving import Running, empty_site
from wegweiser.web import connection
from wegweiser.web.asgi import API_BODY
from wegweiser.web.pages.form import FORM

FORM_HEAD = "Sec-Fetch-Site: same-origin\r\n"
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def hasty() -> Iterator[Running]:
    """A server that waits a second for a body: too long to wait, long enough to send one."""
    soon = {"start_s": 1.0, "deadline_s": 2.0}
    limits, form_limits = (msgspec.structs.replace(one, **soon) for one in (API_BODY, FORM))
    server = Running(empty_site, limits, form_limits)
    yield server
    server.close()


def connected(server: Running) -> socket.socket:
    """Open a connection to the server."""
    host, port = server.address.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_S)


def answers_to(server: Running, *sent: bytes) -> list[bytes]:
    """Send bytes, each over a line of its own, and read all lines until the server closes them.

    A server that does not fails the test.
    """
    with ExitStack() as stack:
        lines = [stack.enter_context(connected(server)) for _ in sent]
        for line, words in zip(lines, sent, strict=True):
            line.sendall(words)
        return [b"".join(iter(partial(line.recv, 65536), b"")) for line in lines]


def said_on(line: socket.socket, words: bytes) -> bool:
    """Read what comes, in however many pieces, until words are said or the line is closed."""
    got = b""
    while words not in got and (piece := line.recv(65536)):
        got += piece
    return words in got


PLACES = [
    ("/v1/track", ""),
    ("/v1/decide", ""),
    ("/v1/admin/doctor", ""),
    ("/sign-in", FORM_HEAD),
    ("/look", FORM_HEAD),
]
BEGINNINGS = [
    ("Content-Length: 100", b""),
    ("Content-Length: 100", b"{"),
    ("Transfer-Encoding: chunked", b""),
    ("Transfer-Encoding: chunked", b"1\r\n{\r\n"),
]


def test_a_body_that_does_not_come_is_given_up(hasty: Running) -> None:
    sent = [
        f"POST {path} HTTP/1.1\r\nHost: x\r\n{more}{length}\r\n\r\n".encode() + body
        for path, more in PLACES
        for length, body in BEGINNINGS
    ]
    for words, got in zip(sent, answers_to(hasty, *sent), strict=True):
        assert got.startswith(b"HTTP/1.1 408 "), (words, got[:200])
        assert b"\r\nconnection: close\r\n" in got.lower(), words


def test_the_server_goes_on_after_them(hasty: Running) -> None:
    form = {"name": "admin", "password": hasty.password, "next": "/"}
    with hasty.visitor() as visitor:
        assert visitor.get("/healthz").status_code == 200
        assert visitor.post("/sign-in", data=form).status_code == 303


def test_a_form_is_refused_by_its_declared_length(hasty: Running) -> None:
    head = f"POST /sign-in HTTP/1.1\r\nHost: x\r\n{FORM_HEAD}Content-Length: 65537\r\n\r\n"
    (got,) = answers_to(hasty, head.encode())
    assert got.startswith(b"HTTP/1.1 413 ")


def test_a_request_right_behind_a_large_body_is_answered(hasty: Running) -> None:
    body = b'{"batch": [], "x": "' + b"y" * 60_000 + b'"}'
    first = b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    second = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with connected(hasty) as line:
        line.sendall(first + body + second[:20])
        assert said_on(line, b"HTTP/1.1 401 ")
        line.sendall(second[20:])
        assert said_on(line, b"HTTP/1.1 200 OK")


def test_a_refused_body_that_came_after_all_does_not_cut_what_follows(
    hasty: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As long as may be, so that a slow machine sends the rest in time, but over before the 408.
    monkeypatch.setattr(connection, "LINGER_S", 0.8)
    head = f"POST /sign-in HTTP/1.1\r\nHost: x\r\n{FORM_HEAD}Content-Length: 65537\r\n\r\n"
    slow = b"POST /v1/decide HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
    with connected(hasty) as line:
        line.sendall(head.encode())
        assert said_on(line, b"HTTP/1.1 413 ")
        line.sendall(b"x" * 65_537 + slow)
        # Its own deadline ends this one with an answer, after the first one's rest was waited for.
        assert said_on(line, b"HTTP/1.1 408 ")
