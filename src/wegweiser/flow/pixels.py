"""Pixels: events in the address of a picture, answered with the picture whatever they hold."""

from wegweiser.collect.pixel import GIF, read_pixel
from wegweiser.collect.route import Route, pixel_route_of
from wegweiser.collect.wire import CORS
from wegweiser.flow.receive import Receiver
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wire import WireRequest, WireResponse

_HEADERS = (
    ("content-type", "image/gif"),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    *CORS,
)


class Pixels:
    """Answers `GET /v1/pixel/{call}` and `GET /pixel/v1/{call}` (wire, section 1)."""

    def __init__(self, receiver: Receiver):
        self._receiver = receiver

    async def receive(self, request: WireRequest) -> WireResponse:
        """Keep the event of a pixel, or set it aside; raises ComeAgain, NotFound, and 405.

        A mail or a page shows the picture, so that a refusal would only show a broken one.
        """
        route = pixel_route_of(request.method, request.path)
        try:
            position = await self._keep(request, route)
        except InputRefused:
            return WireResponse(200, GIF, _HEADERS)
        return WireResponse(200, GIF, (*_HEADERS, ("wegweiser-position", str(position))))

    async def _keep(self, request: WireRequest, route: Route) -> int:
        decoded = read_pixel(request.query)
        caller = self._receiver.caller(request, "ingest", decoded.root)
        kept = await self._receiver.keep(request, decoded, route, caller)
        return kept.landed.position
