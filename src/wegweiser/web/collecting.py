"""A connection on which whole requests of the hot path are taken without the ways of the rest."""

from collections.abc import Callable
from typing import ClassVar, Protocol, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.admission import Admission
from wegweiser.web.connection import GuardedConnection

Headers = list[tuple[bytes, bytes]]


class Door(Protocol):
    """Who takes events, and questions for decisions."""

    def takes(self, target: bytes) -> bool:
        """Tell whether a POST to a target is taken whole."""

    def take(self, request: WireRequest, tell: Callable[[WireResponse, str], None]) -> None:
        """Take a whole request; `tell` hears the answer once, and the id of the request."""


class Unheard:
    """An event that nobody waits for."""

    def set(self) -> None:
        """Tell nobody."""


class Exchange:
    """A request that is whole and its answer, where the server below keeps its own of both."""

    __slots__ = ("disconnected", "keep_alive", "response_complete")
    more_body = False
    message_event = Unheard()

    def __init__(self, keep_alive: bool):
        self.keep_alive = keep_alive
        self.response_complete = False
        self.disconnected = False


class CollectingConnection(GuardedConnection):
    """Takes requests of which head and body come at once; all else goes the usual way."""

    door: ClassVar[Door]
    _held: list[bytes] | None = None
    _common_headers: Headers | None = None
    _common_lines = b""

    def data_received(self, data: bytes) -> None:
        """Read on; a body of which only a part came is read by a task, which has deadlines."""
        super().data_received(data)
        if self._held is not None and not self.transport.is_closing():
            held, self._held, in_frame = self._held, None, self._in_frame
            super()._begin()
            for part in held:
                super().on_body(part)
            self._in_frame = in_frame

    def _waits_for_head(self) -> bool:
        return self._held is None and super()._waits_for_head()

    def _begin(self) -> None:
        if self._is_plain() and self.door.takes(self.url):
            self._held = []
        else:
            super()._begin()

    def _is_plain(self) -> bool:
        """Tell whether nothing but a body can follow this head, and nothing else is under way."""
        return (
            (self.cycle is None or self.cycle.response_complete)
            and self.parser.get_method() == b"POST"
            and not self.expect_100_continue
            and not self.flow.write_paused
            and not self.parser.should_upgrade()
        )

    def on_body(self, body: bytes) -> None:
        """Keep a part of the body."""
        if self._held is None:
            super().on_body(body)
        else:
            self._in_frame = False
            self._held.append(body)

    def on_message_complete(self) -> None:
        """Take a request that is whole."""
        if self._held is None:
            super().on_message_complete()
            return
        held, self._held, self._in_frame = self._held, None, False
        keep_alive = self.parser.get_http_version() != "1.0" and self.parser.should_keep_alive()
        exchange = Exchange(keep_alive)
        self.cycle = cast(RequestResponseCycle, exchange)
        headers = self.headers
        request = WireRequest(
            "POST",
            self.url.decode(),
            headers={name.decode("latin-1"): value.decode("latin-1") for name, value in headers},
            body=held[0] if len(held) == 1 else b"".join(held),
            client=self._address,
        )

        def tell(answer: WireResponse, request_id: str) -> None:
            self._answer(exchange, answer, request_id)

        self.door.take(request, tell)

    def _answer(self, exchange: Exchange, answer: WireResponse, request_id: str) -> None:
        exchange.response_complete = True
        if self.transport.is_closing():
            return
        self.corked.send(written(answer, self._common(), request_id, exchange.keep_alive))
        if not exchange.keep_alive:
            self.transport.close()
        if self.pipeline or self.flow.read_paused or self.transport.is_closing():
            self.on_response_complete()
        else:
            self.server_state.total_requests += 1
            self._begin_to_idle()

    def _common(self) -> bytes:
        """Write the headers that every answer of the server carries; they change each second."""
        common = self.server_state.default_headers
        if common is not self._common_headers:
            self._common_headers = common
            self._common_lines = b"".join([b"%b: %b\r\n" % header for header in common])
        return self._common_lines


def written(answer: WireResponse, common: bytes, request_id: str, keep_alive: bool) -> bytes:
    r"""Write a whole answer; `common` are the lines that every answer of the server carries.

    >>> written(WireResponse(200, b"{}", ()), b"date: today\r\n", "r-1", True)
    b'HTTP/1.1 200 OK\r\ndate: today\r\ncontent-length: 2\r\nrequest-id: r-1\r\n\r\n{}'
    """
    own = "".join([f"{name}: {value}\r\n" for name, value in answer.headers])
    end = "\r\n" if keep_alive else "connection: close\r\n\r\n"
    last = f"{own}content-length: {len(answer.body)}\r\nrequest-id: {request_id}\r\n{end}"
    return b"".join((STATUS_LINE[answer.status], common, last.encode("latin-1"), answer.body))


def guarding(admission: Admission, door: Door) -> type[CollectingConnection]:
    """Make the kind of connection that one server's door counts."""
    return type(
        "CountedConnection", (CollectingConnection,), {"admission": admission, "door": door}
    )
