"""Simulations over HTTP (decisioning, sections 10 and 11)."""

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import json_answer
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

BODY_BYTES = 4 * 1024 * 1024


async def simulate(site: Site, request: WireRequest) -> WireResponse:
    """Answer POST /v1/simulations; nothing is published, shown or counted."""
    if request.method != "POST":
        raise InputRefused("method_not_allowed", "Use POST.", 405)
    body = site.receiver.value(request, BODY_BYTES)
    if not isinstance(body, dict):
        raise InputRefused("bad_shape", "The body is an object.", 400)
    caller = site.receiver.caller(request, "export")
    return json_answer(await operations.run(site, "simulate", body, caller), 200, ())
