"""Placements as OpenFeature flags over HTTP (wire, section 9)."""

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import json_answer
from wegweiser.web.api.ofrep_refusal import FLAGS, flag_in
from wegweiser.web.reach import with_cors
from wegweiser.workspace.site import Site

BODY_BYTES = 64 * 1024


async def flags(site: Site, request: WireRequest) -> WireResponse:
    """Answer POST /ofrep/v1/evaluate/flags, and /ofrep/v1/evaluate/flags/{key}."""
    if not (request.path + "/").startswith(FLAGS + "/"):
        raise InputRefused("not_found", "There is nothing at this path.", 404)
    if request.method != "POST":
        raise InputRefused("method_not_allowed", "Use POST.", 405)
    body = site.receiver.value(request, BODY_BYTES)
    root: JsonObject = body if isinstance(body, dict) else {}
    if root is not body:
        raise InputRefused("bad_shape", "The body is not a JSON object.")
    caller = site.receiver.caller(request, "decide", root)
    asked = site.deciding.doors.flags
    if key := flag_in(request.path):
        return with_cors(json_answer(await asked.one(key, root, caller)))
    found = await asked.all(root, caller, request.headers.get("if-none-match", ""))
    etag = ("etag", found.etag)
    if found.body is None:
        return with_cors(WireResponse(304, b"", (etag, ("cache-control", "no-store"))))
    if caller.key is not None:
        # One was counted when the key was let in; each flag is a decision.
        site.callers.allowances.add(caller.key, request.client, found.decisions - 1)
    return with_cors(json_answer(found.body, 200, (etag,)))
