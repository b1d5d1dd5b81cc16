"""Which call a path means."""

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


_BATCH_PATHS = ("/v1/batch", "/v1/b", "/v1/import")
_ROUTES = {
    **{f"/v1/{call}": Route(call, call) for call in CALL_TYPES},
    **{f"/v1/{call[0]}": Route(call, call) for call in CALL_TYPES},
    **dict.fromkeys(_BATCH_PATHS, Route("batch")),
    "/beacon/v1/batch": Route("batch", beacon=True),
}
METHODS_ALLOWED = "POST, OPTIONS"


def route_of(method: str, path: str) -> Route:
    """Find the ingest route of a path, with or without a trailing slash.

    Raises NotFound (404), InputRefused `method_not_allowed` (405).

    >>> route_of("POST", "/v1/t/").call, route_of("POST", "/v1/import").batch
    ('track', True)
    """
    route = _ROUTES.get(path) or _ROUTES.get(path.removesuffix("/"))
    if route is None:
        raise NotFound("There is nothing at this path.")
    if method != "POST":
        raise InputRefused(
            "method_not_allowed", f"This path takes {METHODS_ALLOWED} only.", status=405
        )
    return route
