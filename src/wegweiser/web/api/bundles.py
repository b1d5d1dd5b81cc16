"""Bundles, drafts and rules over HTTP: check, publish, list, compare, roll back, test."""

from collections.abc import Awaitable, Callable

import msgspec

from wegweiser.terms.errors import DocumentRefused, InputRefused, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Caller
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import json_answer, refusal
from wegweiser.workspace import operations
from wegweiser.workspace.bundle_operations import fault
from wegweiser.workspace.site import Site

BODY_BYTES = 8 * 1024 * 1024
_YAML = "yaml"
_REVIEW = ("submit", "approve", "publish")


async def validate(site: Site, request: WireRequest) -> WireResponse:
    """Answer POST /v1/bundles:validate with all faults; nothing is published."""
    caller = site.receiver.caller(request, "admin")
    return await _run(site, "bundle_validate", _documents(site, request), caller)


async def publish(site: Site, request: WireRequest) -> WireResponse:
    """Answer POST /v1/bundles:publish; 422 with all faults where there are some."""
    caller = site.receiver.caller(request, "admin")
    return await _run(site, "bundle_publish", _documents(site, request), caller)


async def bundles(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET /v1/bundles with what was published, newest first."""
    caller = site.receiver.caller(request, "admin")
    _require(request, "GET", "HEAD")
    rows = await operations.run(site, "bundle_list", {"limit": 1_000}, caller)
    return json_answer({"bundles": rows})


async def bundle(site: Site, request: WireRequest) -> WireResponse:
    """Answer one bundle, its comparison with another, and its return."""
    caller = site.receiver.caller(request, "admin")
    path, _, verb = request.path.strip("/").partition(":")
    parts = path.split("/")[2:]
    if verb == "rollback" and len(parts) == 1:
        _require(request, "POST")
        asked = {**_body(site, request), "number": _number(parts[0])}
        return await _run(site, "bundle_rollback", asked, caller)
    _require(request, "GET", "HEAD")
    if verb or len(parts) not in (1, 3) or parts[1:2] not in ([], ["diff"]):
        raise NotFound("There is nothing at this path.")
    if len(parts) == 3:
        asked = {"old": _number(parts[0]), "new": _number(parts[2])}
        return await _run(site, "bundle_diff", asked, caller)
    return await _run(site, "bundle_show", {"number": _number(parts[0])}, caller)


async def drafts(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET /v1/drafts."""
    caller = site.receiver.caller(request, "admin")
    _require(request, "GET", "HEAD")
    return json_answer({"drafts": await operations.run(site, "draft_list", {}, caller)})


async def draft(site: Site, request: WireRequest) -> WireResponse:
    """Answer one draft: read, saved, compared, submitted, approved, published, discarded."""
    caller = site.receiver.caller(request, "admin")
    path, _, verb = request.path.strip("/").partition(":")
    parts = path.split("/")[2:]
    named: JsonObject = {"name": parts[0]}
    if verb in _REVIEW and len(parts) == 1:
        _require(request, "POST")
        return await _run(site, f"draft_{verb}", {**_body(site, request), **named}, caller)
    if verb or len(parts) > 2 or parts[1:] not in ([], ["diff"]):
        raise NotFound("There is nothing at this path.")
    if parts[1:]:
        _require(request, "GET", "HEAD")
        return await _run(site, "draft_diff", named, caller)
    if request.method == "POST":
        return await _run(site, "draft_save", {**_documents(site, request), **named}, caller)
    if request.method == "DELETE":
        try:
            return await _run(site, "draft_discard", named, caller)
        except NotFound:
            # Whoever repeats the request wants to hear that the draft is gone.
            return json_answer({"discarded": parts[0]})
    _require(request, "GET", "HEAD")
    return await _run(site, "draft_show", named, caller)


async def rule_tested(site: Site, request: WireRequest) -> WireResponse:
    """Answer POST /v1/rules:test."""
    caller = site.receiver.caller(request, "admin")
    _require(request, "POST")
    return await _run(site, "rule_test", _body(site, request), caller)


async def rules(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET /v1/rules."""
    caller = site.receiver.caller(request, "admin")
    _require(request, "GET", "HEAD")
    return await _run(site, "rule_list", {}, caller)


async def _run(site: Site, name: str, asked: JsonObject, caller: Caller) -> WireResponse:
    try:
        return json_answer(await operations.run(site, name, asked, caller))
    except DocumentRefused as error:
        answer = refusal(site, error, "/v1/bundles")
        told = msgspec.json.decode(answer.body, type=JsonObject)
        faults: list[Json] = [fault(one) for one in error.each]
        return msgspec.structs.replace(answer, body=msgspec.json.encode({**told, "faults": faults}))


def _documents(site: Site, request: WireRequest) -> JsonObject:
    """Read the documents of a body: YAML as it is, or a JSON object with `documents` or `files`."""
    _require(request, "POST")
    if _YAML in request.headers.get("content-type", ""):
        try:
            return {"files": [["body", request.body.decode()]]}
        except UnicodeDecodeError as error:
            raise InputRefused("bad_encoding", "The body is not UTF-8 text.") from error
    return _body(site, request)


def _body(site: Site, request: WireRequest) -> JsonObject:
    if not request.body:
        return {}
    body = site.receiver.value(request, BODY_BYTES)
    if not isinstance(body, dict):
        raise InputRefused("bad_shape", "The body is an object.", 400)
    return body


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise NotFound("There is no such bundle; name it by its number.")
    return int(text)


def _require(request: WireRequest, *methods: str) -> None:
    if request.method not in methods:
        raise InputRefused("method_not_allowed", f"Use {methods[0]}.", 405)


Handler = Callable[[Site, WireRequest], Awaitable[WireResponse]]
EXACT: dict[str, Handler] = {
    "/v1/bundles:validate": validate,
    "/v1/bundles:publish": publish,
    "/v1/bundles": bundles,
    "/v1/drafts": drafts,
    "/v1/rules:test": rule_tested,
    "/v1/rules": rules,
}
BEGINNING: dict[str, Handler] = {"/v1/bundles/": bundle, "/v1/drafts/": draft}
