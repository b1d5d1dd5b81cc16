"""The API's own description as an OpenAPI document."""

from functools import cache

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.reference import FAMILIES
from wegweiser.web.reference.openapi import written
from wegweiser.workspace.site import Site

_HEADERS = (
    ("content-type", "application/json; charset=utf-8"),
    ("cache-control", "max-age=300"),
    ("access-control-allow-origin", "*"),
    ("x-content-type-options", "nosniff"),
)


async def document(site: Site, request: WireRequest) -> WireResponse:
    """Give the document that docs/openapi.json holds."""
    if request.method not in ("GET", "HEAD"):
        raise InputRefused("method_not_allowed", "Use GET.", 405)
    return WireResponse(200, _document(), _HEADERS)


@cache
def _document() -> bytes:
    return written(FAMILIES)
