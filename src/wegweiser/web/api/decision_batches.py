"""Decisions for many over HTTP: taken at once, worked off in the background, read page by page."""

from urllib.parse import parse_qs

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import json_answer
from wegweiser.web.api.decision_list import whole_number
from wegweiser.workspace.site import Site

PATH = "/v1/decide/batch"
BODY_BYTES = 512_000
MOST_RESULTS = 1_000
USUAL_RESULTS = 100


async def create(site: Site, request: WireRequest) -> WireResponse:
    """Answer POST /v1/decide/batch: 202, with the batch and where it is told of."""
    if request.method != "POST":
        raise InputRefused("method_not_allowed", "Use POST.", 405)
    body = site.receiver.value(request, BODY_BYTES)
    caller = site.receiver.caller(request, "decide", body if isinstance(body, dict) else None)
    _refuse_public(caller.public)
    told = await site.deciding.doors.batches.create(body, caller)
    place = ("location", f"{PATH}/{told['batch_id']}")
    return json_answer(told, 202, (place,))


async def one(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET and DELETE /v1/decide/batch/{id}, and GET /v1/decide/batch/{id}/results."""
    batch_id, _, part = request.path.removeprefix(PATH).strip("/").partition("/")
    if part not in ("", "results") or not batch_id:
        raise NotFound("There is nothing at this path.")
    if request.method not in ("GET", "HEAD", *(() if part else ("DELETE",))):
        raise InputRefused("method_not_allowed", "Use GET, HEAD or DELETE.", 405)
    caller = site.receiver.caller(request, "decide")
    _refuse_public(caller.public)
    batches = site.deciding.doors.batches
    if request.method == "DELETE":
        return json_answer(batches.cancel(batch_id, caller))
    if not part:
        return json_answer(batches.show(batch_id, caller))
    query = parse_qs(request.query)
    after = whole_number(query, "after", 0, 0, 10**9)
    limit = whole_number(query, "limit", USUAL_RESULTS, 1, MOST_RESULTS)
    return json_answer(batches.results(batch_id, caller, after, limit))


def _refuse_public(public: bool) -> None:
    if public:
        raise InputRefused("forbidden", "A public key may ask for its own visitor only.", 403)
