"""Alarms over HTTP: the list, one, their quality, and what people say to them."""

from urllib.parse import parse_qs, unquote

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import JsonObject
from wegweiser.terms.source import Scope
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import json_answer
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

BEGINNING = "/v1/alarms/"
QUALITY = "/v1/alarms/quality"
MISSES = "/v1/alarms/misses"
BODY_BYTES = 16 * 1024
_SAID = {"acknowledge": "alarm_acknowledge", "snooze": "alarm_snooze", "judge": "alarm_judge"}


async def listed(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET /v1/alarms; with `open=true` only what nobody has acknowledged."""
    _require(request, "GET")
    asked = parse_qs(request.query)
    arguments: JsonObject = {"open": asked.get("open") == ["true"]}
    return await _run(site, request, "export", "alarm_list", arguments)


async def quality(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET /v1/alarms/quality."""
    _require(request, "GET")
    return await _run(site, request, "export", "alarm_quality", {})


async def miss(site: Site, request: WireRequest) -> WireResponse:
    """Answer POST /v1/alarms/misses."""
    _require(request, "POST")
    return await _run(site, request, "admin", "alarm_miss", _body(site, request))


async def said(site: Site, request: WireRequest) -> WireResponse:
    """Answer POST /v1/alarms/{id}/acknowledge, snooze and judge."""
    named, _, verb = request.path.removeprefix(BEGINNING).strip("/").partition("/")
    if verb not in _SAID:
        raise NotFound("There is no such address.")
    _require(request, "POST")
    arguments = _body(site, request) | {"id": unquote(named)}
    return await _run(site, request, "admin", _SAID[verb], arguments)


async def _run(
    site: Site, request: WireRequest, scope: Scope, operation: str, arguments: JsonObject
) -> WireResponse:
    caller = site.receiver.caller(request, scope)
    return json_answer(await operations.run(site, operation, arguments, caller))


def _body(site: Site, request: WireRequest) -> JsonObject:
    if not request.body:
        return {}
    body = site.receiver.value(request, BODY_BYTES)
    if not isinstance(body, dict):
        raise InputRefused("bad_shape", "The body is an object.", 400)
    return body


def _require(request: WireRequest, method: str) -> None:
    allowed = ("GET", "HEAD") if method == "GET" else (method,)
    if request.method not in allowed:
        raise InputRefused("method_not_allowed", f"Use {method}.", 405)
