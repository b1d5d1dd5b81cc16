"""News about decisions as server-sent events: GET /v1/stream, and in OpenFeature's words."""

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qs

import msgspec

from wegweiser.terms.errors import ComeAgain, InputRefused, KeyRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wire import WireRequest
from wegweiser.web.api.answer import refusal
from wegweiser.web.asgi import Receive, Scope, Send, header_of, send_response
from wegweiser.web.reach import CORS
from wegweiser.workspace.decision_doors import EVENTS, Listener, News
from wegweiser.workspace.site import Site

PATH = "/v1/stream"
PATHS = (PATH, EVENTS)
MOST_LISTENERS = 500
HEARTBEAT_S = 15.0
LOOK_AGAIN_S = 0.25
STUCK_S = 60.0
# After so long somebody else's key or person is asked for again.
CHECKED_S = 5.0
_STATED = ("authorization", "x-write-key", "x-api-key", "origin", "last-event-id")
_HEADERS = (
    ("content-type", "text/event-stream; charset=utf-8"),
    ("cache-control", "no-store"),
    ("x-accel-buffering", "no"),
    ("x-content-type-options", "nosniff"),
)


async def stream(site: Site, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
    """Answer with a stream that goes on until the listener leaves, its right ends, or we stop."""
    stated = {name: header_of(scope, name.encode()) for name in _STATED}
    headers = {name: value for name, value in stated.items() if value}
    query = scope["query_string"].decode("latin-1")
    request = WireRequest(scope["method"], scope["path"], query, headers)
    try:
        listener = _opened(site, request)
    except (InputRefused, ComeAgain) as error:
        await send_response(refusal(site, error, scope["path"]), send, request_id)
        return
    feed = site.deciding.doors.feed
    gone = asyncio.create_task(_left(receive))
    feed.open += 1
    try:
        await _begin(send, request_id)
        told = _flag_frame if scope["path"].removesuffix("/") == EVENTS else _frame
        await _follow(listener, site, gone, send, told, request)
    except TimeoutError:
        return  # nothing is taken any more; the last event id says where to go on
    finally:
        feed.open -= 1
        gone.cancel()


def _opened(site: Site, request: WireRequest) -> Listener:
    """Let a token or a secret key in; raises InputRefused, ComeAgain."""
    if request.method not in ("GET", "HEAD"):
        raise InputRefused("method_not_allowed", "Use GET.", 405)
    feed = site.deciding.doors.feed
    if feed.open >= MOST_LISTENERS:
        raise ComeAgain("too many listen already", 10)
    last = request.headers.get("last-event-id", "")
    query = parse_qs(request.query)
    if token := query.get("token", [""])[-1]:
        decision, _ = site.deciding.tracks.opened(token, "stream")
        return feed.listen(decision.subject, last)
    caller = site.receiver.caller(request, "decide")
    if caller.public:
        told = "Listen with the token of an answer, which is for one visitor."
        raise KeyRefused("forbidden", told, 403)
    named = query.get("subject", [""])[-1]
    return feed.listen_to(named, last) if named else feed.listen(None, last)


def _may_still_listen(site: Site, request: WireRequest) -> bool:
    """Tell whether the right of an open stream still holds: it may have ended meanwhile."""
    token = parse_qs(request.query).get("token", [""])[-1]
    try:
        if token:
            site.deciding.tracks.opened(token, "stream")
            return True
        return "decide" in site.receiver.holder(request).scopes
    except KeyRefused:
        return False


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _begin(send: Send, request_id: str) -> None:
    stated = (*_HEADERS, *CORS, ("request-id", request_id))
    headers = [(name.encode(), value.encode()) for name, value in stated]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await _write(send, b"retry: 5000\n\n")


async def _follow(
    listener: Listener,
    site: Site,
    gone: "asyncio.Task[None]",
    send: Send,
    told: Callable[[News, str], bytes],
    request: WireRequest,
) -> None:
    """Write news as they come, and a sign of life where there are none."""
    time = asyncio.get_running_loop().time
    # A rebuild makes all of this anew, and lets go of whoever listens to the old.
    readers = site.profiles.readers
    once = "once=true" in request.query.split("&")
    written_at = checked_at = time()
    while not gone.done():
        if time() - checked_at >= CHECKED_S:
            checked_at = time()
            if not _may_still_listen(site, request):
                break
        if readers.closing:
            break
        news = listener.next()
        frames = b"".join(told(one, str(listener.cursor)) for one in news)
        if not frames and time() - written_at >= HEARTBEAT_S:
            frames = b": heartbeat\n\n"
        if not frames and once:
            break
        if not frames:
            await asyncio.wait({gone}, timeout=LOOK_AGAIN_S)
            continue
        await _write(send, frames)
        written_at = time()
    await send({"type": "http.response.body", "body": b""})


async def _write(send: Send, frame: bytes) -> None:
    """Hand over bytes; raises TimeoutError when the listener takes nothing for long."""
    async with asyncio.timeout(STUCK_S):
        await send({"type": "http.response.body", "body": frame, "more_body": True})


def _frame(news: News, last: str) -> bytes:
    return f"event: {news.kind}\nid: {last}\ndata: ".encode() + _json(news.data) + b"\n\n"


def _flag_frame(news: News, last: str) -> bytes:
    """Tell clients of OpenFeature to ask for all flags again, whatever it is that changed."""
    if news.kind == "decision.ready":
        return b""
    data: JsonObject = {"type": "refetchEvaluation", "etag": last}
    return f"id: {last}\ndata: ".encode() + _json(data) + b"\n\n"


def _json(data: JsonObject) -> bytes:
    return msgspec.json.encode(data)
