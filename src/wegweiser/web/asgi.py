"""ASGI messages as plain requests and answers, with limits on size and time."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from wegweiser.terms.errors import BodyRefused
from wegweiser.terms.wire import WireRequest, WireResponse

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_LIMIT_BYTES = 4 * 1024 * 1024
BODY_DEADLINE_S = 30.0
# A body must come with 1 kB/s once these seconds are over.
SLOW_START_S = 5.0
SLOWEST_BYTES_PER_S = 1_000


def header_of(scope: Scope, name: bytes) -> str:
    """Give a header of a request, "" when it is not there."""
    found = next((value for key, value in scope["headers"] if key == name), b"")
    return bytes(found).decode("latin-1")


async def read_request(scope: Scope, receive: Receive) -> WireRequest:
    """Read a whole request; raises BodyRefused above 4 MiB or when it comes too slowly."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    client = scope.get("client")
    return WireRequest(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=await _read_body(headers, receive),
        client=client[0] if client else "",
    )


async def _read_body(headers: dict[str, str], receive: Receive) -> bytes:
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > BODY_LIMIT_BYTES:
        raise _too_large()
    message = await receive()
    if not message.get("more_body"):
        return bytes(message.get("body", b""))
    try:
        async with asyncio.timeout(None) as patience:
            return await _read_rest(bytearray(message["body"]), receive, patience)
    except TimeoutError as error:
        raise BodyRefused("too_slow", "The body arrived too slowly.", 408) from error


async def _read_rest(body: bytearray, receive: Receive, patience: asyncio.Timeout) -> bytes:
    began = asyncio.get_running_loop().time()
    while True:
        earned_s = SLOW_START_S + len(body) / SLOWEST_BYTES_PER_S
        patience.reschedule(began + min(BODY_DEADLINE_S, earned_s))
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BodyRefused("cut_off", "The connection ended inside the body.", 400)
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT_BYTES:
            raise _too_large()
        if not message.get("more_body"):
            return bytes(body)


def _too_large() -> BodyRefused:
    return BodyRefused("too_large", f"The body is larger than {BODY_LIMIT_BYTES} bytes.", 413)


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
