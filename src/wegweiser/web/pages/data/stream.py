"""A sign over server-sent events that something new is there; the page then fetches itself."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from wegweiser.web.pages.desk import Desk

LOOK_AGAIN_S = 0.25
HEARTBEAT_LOOKS = 60
# After so many looks a right that was taken away ends the stream.
CHECK_LOOKS = 20
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def stream(desk: Desk, request: Request) -> Response:
    """Tell of every change of the log, until whoever listens leaves or the server ends."""
    attempt_id = request.query_params.get("attempt", "")
    signs = _signs(desk, request, attempt_id)
    return StreamingResponse(signs, media_type="text/event-stream", headers=_HEADERS)


async def _signs(desk: Desk, request: Request, attempt_id: str) -> AsyncIterator[str]:
    yield "retry: 3000\n\n"
    told, looks = _state(desk, attempt_id), 0
    # A rebuild makes all of this anew, and lets go of whoever listens to the old.
    readers = desk.site.profiles.readers
    while not (readers.closing or desk.site.broken.is_set() or desk.site.intake.failed):
        await asyncio.sleep(LOOK_AGAIN_S)
        looks += 1
        if looks % CHECK_LOOKS == 0 and not desk.may(request, request.scope["page"].right):
            return
        state = _state(desk, attempt_id)
        if state != told:
            told = state
            yield f"id: {state}\ndata: {state}\n\n"
        elif looks % HEARTBEAT_LOOKS == 0:
            yield ": still here\n\n"


def _state(desk: Desk, attempt_id: str) -> str:
    """Name the present state: how far the log is, and how far an attempt is."""
    attempt = desk.site.attempts.get(attempt_id)
    return f"{desk.site.unifier.position}-{0 if attempt is None else attempt.changes}"
