"""Reports over HTTP: the list with what failed, and one as a page to be read or printed."""

from urllib.parse import unquote

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import json_answer
from wegweiser.workspace import operations, report_operations
from wegweiser.workspace.site import Site

BEGINNING = "/v1/reports/"
# A page of its own: nothing is loaded from anywhere, nothing runs.
_PAGE = (
    ("content-type", "text/html; charset=utf-8"),
    ("content-security-policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'"),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
)


async def listed(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET /v1/reports."""
    _require_reading(request)
    caller = site.receiver.caller(request, "export")
    return json_answer(await operations.run(site, "report_list", {}, caller))


async def one(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET /v1/reports/{key} with the page of a report as of now; nothing is sent."""
    _require_reading(request)
    site.receiver.caller(request, "export")
    key = unquote(request.path.removeprefix(BEGINNING)).strip("/")
    page = await report_operations.page_of(site, key)
    return WireResponse(200, page.encode(), _PAGE)


def _require_reading(request: WireRequest) -> None:
    if request.method not in ("GET", "HEAD"):
        raise InputRefused("method_not_allowed", "Use GET.", 405)
