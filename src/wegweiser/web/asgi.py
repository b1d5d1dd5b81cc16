"""ASGI messages as plain requests and answers, with limits on size and time."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from wegweiser.terms.errors import BodyRefused
from wegweiser.terms.wire import WireRequest, WireResponse

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class BodyLimits(msgspec.Struct, frozen=True):
    """How large a body may be, and how long it may take.

    It has `deadline_s` in all, and must come with `slowest_bytes_per_s` once `start_s` are over.
    """

    size_bytes: int = 4 * 1024 * 1024
    deadline_s: float = 30.0
    start_s: float = 5.0
    slowest_bytes_per_s: int = 1_000

    def patience_s(self, came_bytes: int) -> float:
        """Give how long after its begin a body of which so much has come may still be waited for.

        >>> BodyLimits().patience_s(0), BodyLimits().patience_s(10_000)
        (5.0, 15.0)
        """
        return min(self.deadline_s, self.start_s + came_bytes / self.slowest_bytes_per_s)


API_BODY = BodyLimits()


def header_of(scope: Scope, name: bytes) -> str:
    """Give a header of a request, "" when it is not there."""
    found = next((value for key, value in scope["headers"] if key == name), b"")
    return bytes(found).decode("latin-1")


async def read_request(
    scope: Scope, receive: Receive, limits: BodyLimits = API_BODY
) -> WireRequest:
    """Read a whole request; raises BodyRefused when its body breaks the limits."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    client = scope.get("client")
    return WireRequest(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=await read_body(headers.get("content-length", ""), receive, limits),
        client=client[0] if client else "",
    )


async def read_body(declared: str, receive: Receive, limits: BodyLimits) -> bytes:
    """Read a body with this Content-Length ("" for none); raises BodyRefused at a limit."""
    if declared.isdigit() and int(declared) > limits.size_bytes:
        raise too_large(limits)
    if _has_come(receive):
        return await _read_all(receive, limits, None)
    try:
        async with asyncio.timeout(None) as patience:
            return await _read_all(receive, limits, patience)
    except TimeoutError as error:
        raise BodyRefused("too_slow", "The body arrived too slowly.", 408) from error


def _has_come(receive: Receive) -> bool:
    """Tell whether the server holds the whole body already, so that no clock has to run for it."""
    cycle = getattr(receive, "__self__", None)
    return isinstance(cycle, RequestResponseCycle) and not cycle.more_body


async def _read_all(
    receive: Receive, limits: BodyLimits, patience: asyncio.Timeout | None
) -> bytes:
    began = asyncio.get_running_loop().time()
    body = bytearray()
    while True:
        if patience is not None:
            patience.reschedule(began + limits.patience_s(len(body)))
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BodyRefused("cut_off", "The connection ended inside the body.", 400)
        body += message.get("body", b"")
        if len(body) > limits.size_bytes:
            raise too_large(limits)
        if not message.get("more_body"):
            return bytes(body)


def too_large(limits: BodyLimits) -> BodyRefused:
    """Say that a body is larger than its limit."""
    return BodyRefused("too_large", f"The body is larger than {limits.size_bytes} bytes.", 413)


async def send_response(response: WireResponse, send: Send, request_id: str) -> None:
    """Send a complete answer under the id that our log knows it by."""
    headers = [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers
    ]
    headers.append((b"content-length", str(len(response.body)).encode()))
    headers.append((b"request-id", request_id.encode()))
    if response.status == 408:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
