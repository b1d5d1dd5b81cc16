"""A sign over server-sent events that the log holds something new."""

from starlette.requests import Request
from starlette.responses import Response

from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.signs import signs


async def stream(desk: Desk, request: Request) -> Response:
    """Tell how far the log is, at once and whenever it grows."""
    return signs(desk, request, lambda: f"{desk.site.unifier.position}")
