"""Which call a path means."""

from collections.abc import Mapping

import msgspec

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.event import CALL_TYPES, CallType


class Route(msgspec.Struct, frozen=True):
    """An ingest route; `call` is a call type or "batch"; a beacon carries its key in the URL."""

    call: str
    call_type: CallType | None = None
    beacon: bool = False

    @property
    def batch(self) -> bool:
        """True where the body's root holds an array `batch` of elements."""
        return self.call_type is None


BATCH = Route("batch")
_BATCH_PATHS = ("/v1/batch", "/v1/b", "/v1/import")
_ROUTES = {
    **{f"/v1/{call}": Route(call, call) for call in CALL_TYPES},
    **{f"/v1/{call[0]}": Route(call, call) for call in CALL_TYPES},
    **dict.fromkeys(_BATCH_PATHS, BATCH),
    "/beacon/v1/batch": Route("batch", beacon=True),
}
BODY_PATHS = frozenset(_ROUTES)
"""The paths that take events in the body of a POST."""
_PIXELS = {
    **{f"/v1/pixel/{call}": Route(call, call) for call in CALL_TYPES},
    "/pixel/v1/track": Route("track", "track"),
    "/pixel/v1/page": Route("page", "page"),
}
METHODS_ALLOWED = "POST, OPTIONS"
PIXEL_METHODS_ALLOWED = "GET, OPTIONS"


def route_of(method: str, path: str) -> Route:
    """Find the ingest route of a path, with or without a trailing slash.

    Raises NotFound (404), InputRefused `method_not_allowed` (405).

    >>> route_of("POST", "/v1/t/").call, route_of("POST", "/v1/import").batch
    ('track', True)
    """
    return _found(_ROUTES, method, path, "POST", METHODS_ALLOWED)


def pixel_route_of(method: str, path: str) -> Route:
    """Find the route of a pixel, which carries one event in its address; raises as `route_of`.

    >>> pixel_route_of("GET", "/pixel/v1/page").call
    'page'
    """
    return _found(_PIXELS, method, path, "GET", PIXEL_METHODS_ALLOWED)


def _found(routes: Mapping[str, Route], method: str, path: str, needed: str, allowed: str) -> Route:
    route = routes.get(path) or routes.get(path.removesuffix("/"))
    if route is None:
        raise NotFound("There is nothing at this path.")
    if method != needed:
        raise InputRefused("method_not_allowed", f"This path takes {allowed} only.", status=405)
    return route
