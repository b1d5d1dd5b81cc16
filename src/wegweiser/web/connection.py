"""One HTTP connection, guarded: deadlines and limits that the server below does not have."""

import sys
from asyncio import BaseTransport, TimerHandle, Transport
from collections.abc import Sized
from typing import ClassVar, cast

import msgspec
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from wegweiser.web.admission import Admission
from wegweiser.web.corked import CorkedTransport

HEADER_DEADLINE_S = 10.0
HEADER_BLOCK_BYTES = 32 * 1024
HEADERS = 100
HOST = b"host"
CODING, CHUNKED = b"transfer-encoding", [b"chunked"]
TARGET_BYTES = 8 * 1024
# How long the rest of a refused body is read and thrown away, so that the refusal is heard.
LINGER_S = 5.0
# How long somebody who reads nothing of an answer is waited for.
UNREAD_S = 60.0
COME_AGAIN_S = 5


class HeadersRefused(Exception):
    """The head of a request breaks a limit; the connection ends with this status."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(message)
        self.status = status
        self.code = code


class FlowInTurn(FlowControl):
    """Reads on only when no request that was read already waits for its turn.

    The server below reads on with each request that it begins, so that whoever sends many in a
    row would fill its memory with them.
    """

    def __init__(self, transport: Transport, waiting: Sized):
        super().__init__(transport)
        self._waiting = waiting

    def resume_reading(self) -> None:
        """Read on, unless others wait."""
        if not self._waiting:
            super().resume_reading()


class GuardedConnection(HttpToolsProtocol):
    """Ends connections that are too many, or whose head is too slow, too large or names no host."""

    admission: ClassVar[Admission] = Admission(sys.maxsize, sys.maxsize)
    _counted = False
    _deadline: TimerHandle | None = None
    _refused: HeadersRefused | None = None
    _head_bytes = 0
    _chunk_bytes = 0
    _in_head = True
    # Behind the length of a piece of a body, or behind the last one: more than a few bytes that
    # are no body are none of a sender's.
    _in_frame = False
    # Until when a connection without a request is kept (loop time); 0 while one is under way.
    _idle_until_s = 0.0
    _idle_clock: TimerHandle | None = None
    _unread_clock: TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Start to wait for the first request, unless this is one connection too many."""
        self.corked = CorkedTransport(cast(Transport, transport), self.loop)
        super().connection_made(cast(Transport, self.corked))
        self.flow = FlowInTurn(cast(Transport, self.corked), self.pipeline)
        self._counted = self.admission.enter(self._address)
        if not self._counted:
            self._end(HeadersRefused(429, "come_again", "Too many connections are open."))
            return
        self._start_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        if self._counted:
            self.admission.leave(self._address)
        self._head_came()
        if self._idle_clock is not None:
            self._idle_clock.cancel()
        self._stop_unread_clock()
        super().connection_lost(exc)
        # They and this hold each other, which only a full garbage collection would find out.
        self.pipeline.clear()
        self.cycle = cast(RequestResponseCycle, None)

    def pause_writing(self) -> None:
        """Wait for the other end to read, but not for ever."""
        super().pause_writing()
        self._stop_unread_clock()
        # Closing would wait for the rest to be read.
        self._unread_clock = self.loop.call_later(UNREAD_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: a good part of what waited was read."""
        self._stop_unread_clock()
        super().resume_writing()

    def _stop_unread_clock(self) -> None:
        if self._unread_clock is not None:
            self._unread_clock.cancel()
            self._unread_clock = None

    def data_received(self, data: bytes) -> None:
        """Read on, unless the connection is ending."""
        if self.transport.is_closing():
            return
        self._chunk_bytes = len(data)
        self._idle_until_s = 0.0
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._deadline is None and self._waits_for_head():
            self._start_clock()
        if self._in_head or self._in_frame:
            self._head_bytes += len(data)
            if self._head_bytes > HEADER_BLOCK_BYTES + TARGET_BYTES:
                self._stop_flood()

    def _stop_flood(self) -> None:
        if self._in_head:
            self._refused = _too_large()
            self.send_400_response("")
        else:
            # The answer to the head may be on its way already: another one would be taken for it.
            self.transport.close()

    def _waits_for_head(self) -> bool:
        """Tell whether the rest of a head has to come, and no clock runs for it.

        Any bytes stop the clock for idle connections, also those that begin nothing.
        """
        if self._in_head:
            return True
        idle = self.cycle is None or self.cycle.response_complete
        return idle and self.timeout_keep_alive_task is None and not self._idle_until_s

    def _begin_to_idle(self) -> None:
        """Start to wait for the next request.

        One clock goes on through many requests: setting one for each costs more than its answer.
        """
        self._idle_until_s = self.loop.time() + self.timeout_keep_alive
        if self._idle_clock is None:
            self._idle_clock = self.loop.call_at(self._idle_until_s, self._look_whether_idle)

    def _look_whether_idle(self) -> None:
        self._idle_clock = None
        if self._idle_until_s == 0.0 or self.transport.is_closing():
            return
        if self._idle_until_s > self.loop.time():
            self._idle_clock = self.loop.call_at(self._idle_until_s, self._look_whether_idle)
        else:
            self.transport.close()

    def on_message_begin(self) -> None:
        """Start to read the head of a request."""
        # What the server below makes for each request, few need: `_begin` has it made.
        self.url, self.headers, self.expect_100_continue = b"", [], False
        self._in_head, self._in_frame = True, False
        # A request before it in the same bytes may have been answered at once.
        self._idle_until_s = 0.0
        if self.timeout_keep_alive_task is not None:
            self._unset_keepalive_if_required()
        # The chunk in which a head begins may hold the end of a large body; it is added below.
        self._head_bytes = -self._chunk_bytes

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a line of the head; what follows a body may say nothing of its request."""
        if not self._in_head:
            return
        name = name.lower()
        if name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_chunk_header(self) -> None:
        """Count what is no body, until the next part of it comes."""
        self._in_frame = True
        self._head_bytes = -self._chunk_bytes

    on_chunk_complete = on_chunk_header

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._in_frame = False
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Know that nothing more of the request comes."""
        self._in_frame = False
        super().on_message_complete()

    def on_headers_complete(self) -> None:
        """Check the head before the application sees anything of it."""
        self._head_came()
        short = -HEADER_BLOCK_BYTES <= self._head_bytes == -self._chunk_bytes
        self._refused = _fault(self.url, self.headers, self.parser.get_http_version(), short)
        if self._refused is not None:
            raise self._refused
        self._begin()

    def _begin(self) -> None:
        """Hand a request to the application as soon as its head is there."""
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers += headers
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Give up a connection whose refused body is still coming."""
        cycle = self.cycle
        super().on_response_complete()
        if cycle is not None and cycle.response_complete and cycle.more_body:
            self.loop.call_later(LINGER_S, self._give_up, cycle)

    def _give_up(self, cycle: RequestResponseCycle) -> None:
        # Another request on the connection means that the rest of the body came after all.
        if self.cycle is cycle:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no acceptable request in the shape of the API, and close."""
        self._end(self._refused or HeadersRefused(400, "bad_request", msg))

    @property
    def _address(self) -> str:
        return self.client[0] if self.client else ""

    def _end(self, refused: HeadersRefused) -> None:
        told = {"code": refused.code, "message": str(refused)}
        body = msgspec.json.encode({"success": False, **told, "error": {**told, "field": None}})
        wait = b"retry-after: %d\r\n" % COME_AGAIN_S if refused.status == 429 else b""
        head = (
            b"content-type: application/json; charset=utf-8\r\ncache-control: no-store\r\n"
            b"connection: close\r\ncontent-length: %d\r\n\r\n" % len(body)
        )
        self.transport.write(STATUS_LINE[refused.status] + wait + head + body)
        self.transport.close()

    def _start_clock(self) -> None:
        self._deadline = self.loop.call_later(HEADER_DEADLINE_S, self.transport.close)

    def _head_came(self) -> None:
        self._in_head = False
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def _fault(
    target: bytes, headers: list[tuple[bytes, bytes]], version: str, short: bool
) -> HeadersRefused | None:
    """Say what is wrong with the head of a request, None when nothing is.

    A `short` one came in fewer bytes than its headers may have, so that they need no counting.
    """
    if len(target) > TARGET_BYTES:
        return HeadersRefused(414, "target_too_long", "The address is longer than 8 KiB.")
    if len(headers) > HEADERS:
        return _too_large()
    if not short and sum(map(_size, headers)) > HEADER_BLOCK_BYTES:
        return _too_large()
    names = [name for name, _ in headers]
    if CODING in names and [value.lower() for name, value in headers if name == CODING] != CHUNKED:
        return HeadersRefused(400, "bad_request", "The only transfer coding is chunked.")
    hosts = names.count(HOST)
    if hosts > 1 or (hosts == 0 and version == "1.1"):
        return HeadersRefused(400, "bad_request", "The request must name one Host.")
    return None


def _size(header: tuple[bytes, bytes]) -> int:
    """Give the bytes of a header line with its separator and its end."""
    return len(header[0]) + len(header[1]) + 4


def _too_large() -> HeadersRefused:
    return HeadersRefused(
        431, "headers_too_large", "At most 100 headers of 32 KiB together are taken."
    )
