"""Old decisions over HTTP: why, the proof, and the same situation decided again."""

from urllib.parse import parse_qs, unquote

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import json_answer
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

BEGINNING = "/v1/decisions/"
_MODES = ("explain", "verify", "recompute", "what_if")


async def one(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET /v1/decisions/{id}?mode=explain|verify|recompute|what_if."""
    if request.method not in ("GET", "HEAD"):
        raise InputRefused("method_not_allowed", "Use GET.", 405)
    name = unquote(request.path.removeprefix(BEGINNING)).strip("/")
    if not name or "/" in name:
        raise NotFound("There is nothing here; a decision is at /v1/decisions/{id}.")
    caller = site.receiver.caller(request, "profile:read")
    asked = {key: values[-1] for key, values in parse_qs(request.query).items()}
    mode = asked.get("mode", "explain")
    if mode not in _MODES:
        raise InputRefused("bad_mode", f"mode is one of {', '.join(_MODES)}.", 422, "mode")
    arguments: JsonObject = {"id": name}
    for number in ("bundle", "model"):
        if number in asked:
            arguments[number] = _whole(number, asked[number])
    operation = "decision_show" if mode == "explain" else f"decision_{mode}"
    return json_answer(await operations.run(site, operation, arguments, caller), 200, ())


def _whole(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise InputRefused("bad_input", f"{name} is a whole number.", 422, name)
    return int(value)
