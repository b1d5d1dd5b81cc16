"""The admin routes, for commands of the user who runs the server (token in server.json)."""

import hmac
import secrets

import msgspec

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import json_answer, refusal
from wegweiser.web.asgi import Scope, Send, header_of, send_response
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

EXPORT = "/v1/admin/export/"


async def run(site: Site, token: str, request: WireRequest) -> WireResponse:
    """Run POST /v1/admin/{operation} with the JSON object of the body as arguments."""
    _check(token, request.headers.get("authorization", ""))
    if request.method != "POST":
        raise InputRefused("method_not_allowed", "Use POST.", 405)
    try:
        arguments = msgspec.json.decode(request.body or b"{}", type=JsonObject)
    except msgspec.DecodeError as error:
        raise InputRefused("bad_json", f"The body is not a JSON object: {error}.") from error
    name = request.path.rstrip("/").rpartition("/")[2]
    return json_answer(await operations.run(site, name, arguments))


async def export(site: Site, token: str, scope: Scope, send: Send) -> None:
    """Stream GET /v1/admin/export/{kind} as NDJSON."""
    request_id = secrets.token_hex(8)
    try:
        _check(token, header_of(scope, b"authorization"))
        if scope["method"] not in ("GET", "HEAD"):
            raise InputRefused("method_not_allowed", "Use GET.", 405)
        rows = operations.export(site, scope["path"][len(EXPORT) :].strip("/"))
        first = await anext(rows, b"")
    except InputRefused as error:
        await send_response(refusal(site, error, EXPORT), send, request_id)
        return
    headers = [
        (b"content-type", b"application/x-ndjson; charset=utf-8"),
        (b"request-id", request_id.encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": first, "more_body": True})
    async for row in rows:
        await send({"type": "http.response.body", "body": row, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _check(token: str, authorization: str) -> None:
    if not hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        raise InputRefused("unknown_key", "The token of server.json is needed here.", 401)
