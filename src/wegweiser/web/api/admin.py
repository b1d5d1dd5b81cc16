"""The admin routes: for commands of whoever runs the server, and for keys with the scope."""

import hmac
import secrets
from urllib.parse import parse_qsl

import msgspec

from wegweiser.terms.errors import ComeAgain, InputRefused, KeyRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.source import Caller
from wegweiser.terms.source import Scope as Right
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import json_answer, refusal
from wegweiser.web.asgi import Scope, Send, header_of, send_response
from wegweiser.workspace import operations, profile_operations
from wegweiser.workspace.rights import elements_in, scope_for
from wegweiser.workspace.site import Site

EXPORT = "/v1/admin/export/"
_KEY_HEADERS = ("authorization", "x-write-key", "x-api-key", "origin")


async def run(site: Site, token: str, request: WireRequest) -> WireResponse:
    """Run POST /v1/admin/{operation} with the JSON object of the body as arguments."""
    name = request.path.rstrip("/").rpartition("/")[2]
    caller = _check(site, token, request, scope_for(name))
    if request.method != "POST":
        raise InputRefused("method_not_allowed", "Use POST.", 405)
    try:
        arguments = msgspec.json.decode(request.body or b"{}", type=JsonObject)
    except msgspec.DecodeError as error:
        raise InputRefused("bad_json", f"The body is not a JSON object: {error}.") from error
    if caller is not None and caller.key is not None:
        # One was counted when the key was let in.
        more = elements_in(name, arguments) - 1
        site.callers.allowances.add(caller.key, request.client, more)
    return json_answer(await operations.run(site, name, arguments, caller))


async def export(site: Site, token: str, scope: Scope, send: Send) -> None:
    """Stream GET /v1/admin/export/{kind} as NDJSON."""
    request_id = secrets.token_hex(8)
    try:
        headers = {name: header_of(scope, name.encode()) for name in _KEY_HEADERS}
        stated = {name: value for name, value in headers.items() if value}
        _check(site, token, WireRequest("GET", scope["path"], "", stated), scope_for("export"))
        if scope["method"] not in ("GET", "HEAD"):
            raise InputRefused("method_not_allowed", "Use GET.", 405)
        kind = scope["path"][len(EXPORT) :].strip("/")
        options = _options(scope["query_string"])
        if scope["method"] == "HEAD":
            # Whoever asks for the head alone gets no data, so that nothing is read or noted.
            media = ("content-type", profile_operations.media_of(kind, options))
            await send_response(WireResponse(200, b"", (media,)), send, request_id)
            return
        rows = operations.export(site, kind, options)
        first = await anext(rows, b"")
    except (InputRefused, ComeAgain) as error:
        await send_response(refusal(site, error, EXPORT), send, request_id)
        return
    answered = [
        (b"content-type", profile_operations.media_of(kind, options).encode()),
        (b"request-id", request_id.encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": answered})
    await send({"type": "http.response.body", "body": first, "more_body": True})
    async for row in rows:
        await send({"type": "http.response.body", "body": row, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _options(query: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(query.decode("latin-1"), max_num_fields=20))
    except ValueError as error:
        raise InputRefused("bad_input", "The query cannot be read.", 422) from error


def _check(site: Site, token: str, request: WireRequest, needed: Right | None) -> Caller | None:
    """Let the token of the server in, which gives None, or a secret key with the scope."""
    authorization = request.headers.get("authorization", "")
    if hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        return None
    try:
        caller = site.receiver.caller(request, needed or "admin")
    except KeyRefused as refused:
        if refused.code != "unknown_key":
            raise
        told = "The token of server.json is needed here, or a secret key with the scope."
        raise InputRefused("unknown_key", told, 401) from refused
    if needed is None or caller.public:
        raise KeyRefused("forbidden", "This key may not do this.", 403)
    return caller
