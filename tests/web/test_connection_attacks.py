"""Bytes that are no honest request: they cost little, end in time, and change no other request."""

import gc
import re
import socket
import struct
import time
import weakref
from collections.abc import Iterator
from contextlib import closing
from threading import Thread

import pytest

from tests.web.serving import Running, empty_site, until
from tests.web.test_collecting import Sender, event
from wegweiser.web import connection

KEPT_S = 0.2
LATE_S = 3 * KEPT_S
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
# What nobody sends behind a body.
FLOOD_BYTES = 64 * 1024 * 1024
# What the loop reads of a socket at most at a time.
READ_BYTES = 256 * 1024


@pytest.fixture(scope="module")
def sender() -> Iterator[Sender]:
    server = Running(empty_site)
    server._server.config.timeout_keep_alive = KEPT_S  # type: ignore[assignment]
    yield Sender(server)
    server.close()


def statuses(answers: bytes) -> list[bytes]:
    return re.findall(rb"HTTP/1.1 (\d+)", answers)


def in_chunks(sender: Sender, body: bytes, trailers: str = "", key: str | None = None) -> bytes:
    key = sender.key if key is None else key
    head = f"POST /v1/track HTTP/1.1\r\nHost: x\r\n{key}Connection: close\r\n"
    framed = b"%x\r\n%b\r\n0\r\n%b\r\n" % (len(body), body, trailers.encode())
    return f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + framed


@pytest.mark.parametrize("rest", [5, -5])
def test_a_request_behind_one_that_was_refused_at_once_has_its_whole_time(
    sender: Sender, rest: int
) -> None:
    refused = sender.request("/v1/track", b"{", "")
    whole = sender.request("/v1/track", event("m-behind"))
    with closing(sender.line()) as line:
        line.sendall(refused + whole[:rest])
        # Until a moment at which a connection that idles since the refusal is gone.
        time.sleep(LATE_S)
        line.sendall(whole[rest:])
        answers = b"".join(iter(lambda: line.recv(65_536), b""))
    assert statuses(answers) == [b"400", b"200"]


@pytest.mark.parametrize("cut", [0, -40])
def test_what_follows_a_body_is_no_part_of_the_head(sender: Sender, cut: int) -> None:
    body = event(f"m-trailer-{-cut}")
    first, second = in_chunks(sender, body, sender.key, key=""), in_chunks(sender, body, sender.key)
    for whole, told in ((first, b"401"), (second, b"200")):
        pieces = (whole[:cut], whole[cut:]) if cut else (whole,)
        assert statuses(sender.answers(*pieces)) == [told]
    other = in_chunks(sender, body, "X-Api-Key: wgw_pk_other\r\nContent-Encoding: gzip\r\n")
    assert statuses(sender.answers(other)) == [b"200"]


@pytest.mark.parametrize("path", ["/v1/track", "/v1/decide", "/sign-in", "/v1/admin/doctor"])
@pytest.mark.parametrize(
    ("begin", "line"),
    [(b"0\r\n", b"x-a: " + b"y" * 200 + b"\r\n"), (b"0\r\nx-a: ", b"y"), (b"1\r\n{\r\n0;", b"e")],
)
def test_nobody_fills_the_memory_with_what_follows_a_body(
    sender: Sender, path: str, begin: bytes, line: bytes
) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\n{sender.key}Transfer-Encoding: chunked\r\n\r\n"
    block, sent = line * (65_536 // len(line)), 0
    with closing(sender.line()) as one:
        one.sendall(head.encode() + begin)
        try:
            while sent < FLOOD_BYTES:
                one.sendall(block)
                sent += len(block)
        except OSError:
            pass
    # Some stand in the buffers of the machine.
    assert sent < FLOOD_BYTES


def test_a_body_in_many_small_chunks_is_no_flood(sender: Sender) -> None:
    body = event("m-small") + b" " * 30_000
    framed = b"".join(b"1;x=yz\r\n%c\r\n" % one for one in body) + b"0\r\nx-sum: 1\r\n\r\n"
    assert len(framed) > 4 * (connection.HEADER_BLOCK_BYTES + connection.TARGET_BYTES)
    head = f"POST /v1/track HTTP/1.1\r\nHost: x\r\n{sender.key}Connection: close\r\n"
    whole = f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + framed
    assert statuses(sender.answers(whole)) == [b"200"]
    cuts = range(0, len(whole), 7_001)
    pieces = [whole[cut : cut + 7_001] for cut in cuts]
    assert statuses(sender.answers(*pieces)) == [b"200"]


@pytest.mark.parametrize(
    "coding",
    ["gzip, chunked", "gzip\r\nTransfer-Encoding: chunked", "chunked, chunked", "identity"],
)
def test_another_transfer_coding_is_refused_and_nothing_behind_it_is_read(
    sender: Sender, coding: str
) -> None:
    whole = in_chunks(sender, event("m-coded")).replace(b": chunked", f": {coding}".encode(), 1)
    whole = whole.replace(b"Connection: close\r\n", b"")
    assert statuses(sender.answers(whole + HEALTH)) == [b"400"]


@pytest.mark.parametrize("coding", ["chunked", "Chunked", "\t chunked"])
def test_chunks_are_told_however_they_are_written(sender: Sender, coding: str) -> None:
    whole = in_chunks(sender, event("m-told")).replace(b" chunked", f" {coding}".encode(), 1)
    assert statuses(sender.answers(whole)) == [b"200"]


def pour(line: socket.socket, words: bytes) -> None:
    while True:
        line.sendall(words)


def test_who_reads_no_answer_is_not_waited_for_for_ever(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = sender.request("/v1/track", b"{", "")
    with closing(sender.line()) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        line.settimeout(LATE_S)
        # What does not fit any more on the way back stops the way there.
        with pytest.raises(TimeoutError):
            pour(line, refused * 50)
    monkeypatch.setattr(connection, "UNREAD_S", KEPT_S)
    with closing(sender.line()) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        with pytest.raises(ConnectionError):
            pour(line, refused * 50)


def test_who_reads_slowly_is_waited_for(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "UNREAD_S", 2.0)
    asked, count = sender.request("/v1/track", b"{", ""), 4_000
    last = HEALTH.replace(b"Host", b"Connection: close\r\nHost")
    with closing(sender.line()) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        sending = Thread(target=line.sendall, args=(asked * count + last,))
        sending.start()
        answers = b""
        while piece := line.recv(16_384):
            answers += piece
            time.sleep(0.03)
        sending.join()
    assert statuses(answers) == [*[b"400"] * count, b"200"]


def test_requests_in_a_row_wait_in_the_socket_and_not_in_memory(sender: Sender) -> None:
    asked, count = sender.request("/v1/track", event("m-row"), ""), 20_000
    last = HEALTH.replace(b"Host", b"Connection: close\r\nHost")
    most = 0
    with closing(sender.line()) as line:
        sending = Thread(target=line.sendall, args=(asked * count + last,))
        sending.start()
        answers = bytearray()
        while piece := line.recv(65_536):
            answers += piece
            most = max(most, sender.waiting_in_rows())
        sending.join()
    assert statuses(bytes(answers)) == [b"200"] * (count + 1)
    # What one look into the socket brings, and no more.
    assert 0 < most <= READ_BYTES // len(asked) + 1


def test_who_breaks_off_leaves_none_of_the_requests_in_a_row_behind(sender: Sender) -> None:
    asked = b"GET /sign-in HTTP/1.1\r\nHost: x\r\n\r\n" * 2_000
    gc.disable()
    try:
        with closing(sender.line()) as line:
            sending = Thread(target=line.sendall, args=(asked,))
            sending.start()
            until(lambda: sender.waiting_in_rows() > 0)
            waiting = [weakref.ref(one) for one in sender.rows()]
            sending.join()
            # With the reset that follows whoever was cut off.
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert waiting
        until(lambda: not any(one() for one in waiting))
    finally:
        gc.enable()


def test_nothing_is_taken_behind_a_request_that_ends_the_connection(sender: Sender) -> None:
    late = sender.request("/v1/track", event("m-too-late"))
    for first in (b"{", event("m-last")):
        answers = sender.answers(sender.request("/v1/track", first) + late)
        assert len(statuses(answers)) == 1
    assert sender.answers(late).endswith(b'{"success": true}')
    assert sender.answers(late).endswith(b'{"success": true, "duplicates":1}')


@pytest.mark.parametrize("upgraded", ["GET /healthz", "POST /v1/track"])
def test_an_offer_to_upgrade_is_answered_as_if_it_was_not_made(
    sender: Sender, upgraded: str
) -> None:
    length = "Content-Length: 0\r\n" if upgraded.startswith("POST") else ""
    offer = f"{upgraded} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    event_before = sender.request("/v1/track", event("m-before"), "")
    last = HEALTH.replace(b"Host", b"Connection: close\r\nHost")
    answers = sender.answers(event_before, f"{offer}{length}\r\n".encode(), last)
    told = b"400" if length else b"200"
    assert statuses(answers) == [b"200", told, b"200"]
