"""Regulations over HTTP, in the shape of Segment's Public API; and the key of receipts."""

import msgspec

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Caller
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import json_answer
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

_MOST_LISTED = 1_000


async def regulations(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET and POST /regulations."""
    caller = site.receiver.caller(request, "erase")
    if request.method == "POST":
        return await _create(site, request, caller)
    _require(request, "GET", "HEAD")
    rows = await operations.run(site, "regulation_list", {}, caller)
    assert isinstance(rows, list)
    pages: JsonObject = {"current": "MA==", "totalEntries": len(rows)}
    return _data({"regulations": rows[:_MOST_LISTED], "pagination": pages})


async def one(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET and DELETE of one regulation, and POST for a source."""
    caller = site.receiver.caller(request, "erase")
    parts = request.path.strip("/").split("/")[1:]
    if len(parts) == 2 and parts[0] in ("sources", "cloudsources"):
        _require(request, "POST")
        return await _create(site, request, caller, "/".join(parts))
    if len(parts) != 1:
        raise NotFound("There is nothing at this path.")
    if request.method == "DELETE":
        return _data(await operations.run(site, "regulation_delete", {"id": parts[0]}, caller))
    _require(request, "GET", "HEAD")
    found = await operations.run(site, "regulation_show", {"id": parts[0]}, caller)
    return _data({"regulation": found})


async def _create(
    site: Site, request: WireRequest, caller: Caller, source: str = ""
) -> WireResponse:
    try:
        body = msgspec.json.decode(request.body or b"{}", type=JsonObject)
    except msgspec.DecodeError as error:
        raise InputRefused("bad_json", f"The body is not a JSON object: {error}.") from error
    asked: JsonObject = {**body, "source": source}
    return _data(await operations.run(site, "regulation_create", asked, caller))


async def suppressions(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET /suppressions: who may not come in, by hash, since nobody is named."""
    site.receiver.caller(request, "erase")
    _require(request, "GET", "HEAD")
    rows: list[Json] = [
        {
            "subjectType": "USER_ID" if held.kind == "user_id" else "IDENTIFIER",
            "kind": held.kind,
            "hash": key.hex(),
            "suppressedAt": format_instant(held.erased_at) if held.erased_at else None,
            "request": held.request_id,
        }
        for key, held in site.suppressions.listed()
        if held.suppressed
    ]
    pages: JsonObject = {"current": "MA==", "totalEntries": len(rows)}
    return _data({"suppressed": rows[:_MOST_LISTED], "pagination": pages})


async def public_key(site: Site, request: WireRequest) -> WireResponse:
    """Give the public key of receipts as PEM, to anybody."""
    _require(request, "GET", "HEAD")
    headers = (
        ("content-type", "application/x-pem-file"),
        ("x-content-type-options", "nosniff"),
    )
    return WireResponse(200, site.receipt_keys.public_pem.encode(), headers)


def _require(request: WireRequest, *methods: str) -> None:
    if request.method not in methods:
        raise InputRefused("method_not_allowed", f"Use {methods[0]}.", 405)


def _data(found: Json) -> WireResponse:
    return json_answer({"data": found})
