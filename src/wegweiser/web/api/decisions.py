"""Decisions and outcomes over HTTP (wire, section 9)."""

import hashlib

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import json_answer
from wegweiser.workspace.site import Site

DECIDE_BODY_BYTES = 64 * 1024
OUTCOMES_BODY_BYTES = 4 * 1024 * 1024
_CORS = (
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "Retry-After, ETag, Request-Id, Wegweiser-Position"),
)


async def decide(site: Site, request: WireRequest) -> WireResponse:
    """Answer POST /v1/decide; the same request id gives the same bytes."""
    _require_post(request)
    body = site.receiver.value(request, DECIDE_BODY_BYTES)
    caller = site.receiver.caller(request, "decide", body if isinstance(body, dict) else None)
    digest = hashlib.sha256(request.body).hexdigest()
    answer = await site.deciding.chooser.decide(body, caller, digest)
    return json_answer(answer, 200, _CORS)


async def outcomes(site: Site, request: WireRequest) -> WireResponse:
    """Answer POST /v1/outcomes with one status per outcome."""
    _require_post(request)
    body = site.receiver.value(request, OUTCOMES_BODY_BYTES)
    # A page writes {"writeKey": ..., "outcomes": [...]}, which needs no preflight.
    root = body if isinstance(body, dict) else {}
    caller = site.receiver.caller(request, "ingest", root)
    statuses = await site.deciding.desk.report(root.get("outcomes") if root else body, caller)
    return json_answer(statuses, 207, _CORS)


def _require_post(request: WireRequest) -> None:
    if request.method != "POST":
        raise InputRefused("method_not_allowed", "Use POST.", 405)
