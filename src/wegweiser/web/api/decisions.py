"""Decisions and outcomes over HTTP (wire, section 9)."""

import hashlib

from wegweiser.terms.contact import OF_FLAGS
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import json_answer
from wegweiser.web.api.tracked import token_of
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
    _require_own_id(body)
    digest = hashlib.sha256(request.body).hexdigest()
    streams = isinstance(body, dict) and body.get("stream") is True
    answer = await site.deciding.chooser.decide(body, caller, digest, early=not streams)
    name = answer["decision_id"]
    if streams and isinstance(name, str):
        # As an answer can be asked for again, so can the address: its hour began with the decision.
        answer = answer | {"stream_url": site.deciding.doors.stream_url(name)}
    return json_answer(answer, 200, _CORS)


async def outcomes(site: Site, request: WireRequest) -> WireResponse:
    """Answer POST /v1/outcomes with one status per outcome."""
    _require_post(request)
    body = site.receiver.value(request, OUTCOMES_BODY_BYTES)
    # A page writes {"writeKey": ..., "outcomes": [...]}, which needs no preflight.
    root = body if isinstance(body, dict) else {}
    told = root.get("outcomes") if root else body
    if token := token_of(request, root):
        statuses = await site.deciding.doors.keyless.report(token, told)
    else:
        caller = site.receiver.caller(request, "ingest", root)
        statuses = await site.deciding.desk.report(told, caller)
    return json_answer(statuses, 207, _CORS)


def _require_own_id(body: Json) -> None:
    """Refuse the ids of flag evaluations, which reserve nothing, for what is shown."""
    asked = body.get("request_id") if isinstance(body, dict) else None
    if isinstance(asked, str) and asked.startswith(OF_FLAGS):
        told = f"request_id begins with {OF_FLAGS!r}, which is kept for evaluations of flags."
        raise InputRefused("bad_value", told, 400, "request_id")


def _require_post(request: WireRequest) -> None:
    if request.method != "POST":
        raise InputRefused("method_not_allowed", "Use POST.", 405)
