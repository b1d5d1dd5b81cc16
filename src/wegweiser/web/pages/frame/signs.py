"""Server-sent events that tell a state and its every change; the page then fetches itself."""

import asyncio
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from wegweiser.web.pages.desk import Desk

LOOK_AGAIN_S = 0.25
HEARTBEAT_LOOKS = 60
# After so many looks a right that was taken away ends the stream.
CHECK_LOOKS = 20
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def signs(desk: Desk, request: Request, state: Callable[[], str]) -> Response:
    """Tell the state and its every change, until whoever listens leaves or the server ends.

    Told at once, it shows a page whether it missed something since it was drawn; whoever was cut
    off names the last state that they heard (`Last-Event-ID`), and is told only what is new.
    """
    session_id = desk.session_id(request)
    if desk.listeners.is_full(session_id):
        return Response("Too many pages listen.", 429, {"Retry-After": "60"})
    if request.method == "HEAD":
        return Response(media_type="text/event-stream", headers=_HEADERS)
    heard = request.headers.get("last-event-id", "")
    told = _counted(desk, session_id, _told(desk, request, state, heard))
    return StreamingResponse(told, media_type="text/event-stream", headers=_HEADERS)


async def _counted(desk: Desk, session_id: str, told: AsyncIterator[str]) -> AsyncIterator[str]:
    """Pass everything on, and count the stream as long as it lasts."""
    desk.listeners.enter(session_id)
    try:
        async for sign in told:
            yield sign
    finally:
        desk.listeners.leave(session_id)


async def _told(
    desk: Desk, request: Request, state: Callable[[], str], heard: str
) -> AsyncIterator[str]:
    told, looks = state(), 0
    yield "retry: 3000\n\n" + ("" if told == heard else _sign(told))
    # A rebuild makes all of this anew, and lets go of whoever listens to the old.
    readers = desk.site.profiles.readers
    while not (readers.closing or desk.site.broken.is_set() or desk.site.intake.failed):
        await asyncio.sleep(LOOK_AGAIN_S)
        looks += 1
        if looks % CHECK_LOOKS == 0 and not _may_listen(desk, request):
            return
        now = state()
        if now != told:
            told = now
            yield _sign(now)
        elif looks % HEARTBEAT_LOOKS == 0:
            yield ": still here\n\n"


def _may_listen(desk: Desk, request: Request) -> bool:
    operator, right = desk.who(request), request.scope["page"].right
    if operator is None or not (right is None or operator.may(right)):
        return False
    # Somebody who was signed out everywhere hears nothing more either.
    alive = desk.site.people.sessions.alive(operator.name)
    return any(session_id == desk.session_id(request) for session_id, _ in alive)


def _sign(state: str) -> str:
    return f"id: {state}\ndata: {state}\n\n"
