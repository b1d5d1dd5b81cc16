"""Profile changes as server-sent events: GET /v1/spaces/{space}/feed."""

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qs

import msgspec

from wegweiser.terms.errors import ComeAgain, InputRefused, KeyRefused
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile_change import TYPES, ProfileChange, read_cursor
from wegweiser.terms.wire import WireRequest
from wegweiser.web.api import spaces
from wegweiser.web.api.profile_query import SPACE, invalid
from wegweiser.web.asgi import Receive, Scope, Send, header_of, send_response
from wegweiser.workspace.profile_room import FeedReader, FeedReaders
from wegweiser.workspace.site import Site

PATH = f"/v1/spaces/{SPACE}/feed"
MOST_READERS = 20
KEEPALIVE_S = 15.0
LOOK_AGAIN_S = 0.1
# Who takes longer than this for a page is let go after it, and who takes the second time, at once.
SLOW_S = 30.0
STUCK_S = 60.0
_HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
)
_STATED = ("authorization", "x-write-key", "x-api-key", "origin", "last-event-id")


async def stream(site: Site, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
    """Answer with a stream that goes on until the reader leaves, is too slow, or we stop."""
    stated = {name: header_of(scope, name.encode()) for name in _STATED}
    headers = {name: value for name, value in stated.items() if value}
    query = scope["query_string"].decode("latin-1")
    request = WireRequest(scope["method"], scope["path"], query, headers)
    try:
        reader = _opened(site, request)
    except (InputRefused, ComeAgain) as error:
        await send_response(spaces.refused(error), send, request_id)
        return
    readers = site.profiles.readers
    gone = asyncio.create_task(_left(receive))
    readers.open += 1
    try:
        await _begin(send, request_id)
        once = "once=true" in query.split("&")

        def may_read() -> bool:
            return _may_still_read(site, request)

        await _follow(reader, readers, gone, send, site.profiles.floor, once, may_read)
    except TimeoutError:
        return  # nothing is taken any more; the last event id says where to go on
    finally:
        readers.open -= 1
        gone.cancel()


def _opened(site: Site, request: WireRequest) -> FeedReader:
    """Let a secret key with the scope `feed` in; raises InputRefused, ComeAgain."""
    if request.method != "GET":
        raise InputRefused("method_not_allowed", "Use GET.", 405)
    caller = spaces.admitted(site, request, "feed")
    query = parse_qs(request.query)
    stated = request.headers.get("last-event-id") or query.get("after", [""])[-1]
    after = read_cursor(stated) if stated else site.profiles.changes.head
    if after is None:
        raise invalid("after", "the id of a change, or a log position")
    types = _listed(query, "types")
    if not set(types) <= set(TYPES):
        raise invalid("types", f"a comma list of {', '.join(TYPES)}")
    if site.profiles.readers.open >= MOST_READERS:
        raise ComeAgain("too many readers follow the feed", 10)
    site.audit.note("feed.open", caller.key.key_id if caller.key else caller.source_id)
    return site.profiles.reader(
        after, types, [site.purposes.key_of(name) for name in _listed(query, "purpose")]
    )


def _may_still_read(site: Site, request: WireRequest) -> bool:
    """Tell whether the key of an open stream still holds: it may have been revoked meanwhile."""
    try:
        return "feed" in site.receiver.holder(request).scopes
    except KeyRefused:
        return False


def _listed(query: dict[str, list[str]], name: str) -> tuple[str, ...]:
    return tuple(part for part in query.get(name, [""])[-1].split(",") if part)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _begin(send: Send, request_id: str) -> None:
    started = [*_HEADERS, (b"request-id", request_id.encode())]
    await send({"type": "http.response.start", "status": 200, "headers": started})
    await _write(send, b"retry: 3000\n\n")


async def _follow(
    reader: FeedReader,
    readers: FeedReaders,
    gone: "asyncio.Task[None]",
    send: Send,
    floor: str,
    once: bool,
    may_read: Callable[[], bool],
) -> None:
    """Write changes as they are committed, one page at a time, so that nothing piles up here."""
    time = asyncio.get_running_loop().time
    if reader.misses:
        await _write(send, _frame("feed.gap", "", {"kept_after": floor}))
    written_at = time()
    while not gone.done():
        before = reader.after
        if not may_read():
            await _end(send, str(before), "key_ended")
            return
        frames = b"".join(_change(one.change, one.data) for one in await reader.next())
        if reader.after != before:
            frames += f"id: {reader.after}\n\n".encode()
        elif once or readers.closing:
            await _end(send, str(reader.after), "complete" if once else "stopping")
            return
        elif time() - written_at >= KEEPALIVE_S:
            frames = b": keepalive\n\n"
        else:
            await asyncio.wait({gone}, timeout=LOOK_AGAIN_S)
            continue
        began = time()
        await _write(send, frames)
        written_at = time()
        if written_at - began > SLOW_S:
            await _end(send, str(reader.after), "slow")
            return


async def _end(send: Send, last: str, reason: str) -> None:
    """Say why the stream ends, and after what to go on; then end it."""
    await _write(send, _frame("feed.end", last, {"reason": reason, "resume_after": last}))
    await send({"type": "http.response.body", "body": b""})


async def _write(send: Send, frame: bytes) -> None:
    """Hand over bytes; raises TimeoutError when the reader takes nothing for long."""
    async with asyncio.timeout(STUCK_S):
        await send({"type": "http.response.body", "body": frame, "more_body": True})


def _change(change: ProfileChange, data: JsonObject) -> bytes:
    at: Json = format_instant(change.at)
    return _frame(change.type, str(change.cursor), {"type": change.type, "at": at, **data})


def _frame(kind: str, last: str, data: JsonObject) -> bytes:
    named = f"id: {last}\n" if last else ""
    return f"event: {kind}\n{named}data: ".encode() + msgspec.json.encode(data) + b"\n\n"
