"""Who is who over HTTP: why, operators' statements, what waits, the rules, one message's way."""

from urllib.parse import parse_qs, unquote

from wegweiser.terms.errors import ComeAgain, InputRefused, KeyRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Caller, Scope
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api import spaces
from wegweiser.web.api.answer import json_answer
from wegweiser.web.api.profile_query import SPACE, not_found, read_question
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

BODY_BYTES = 256 * 1024
IDENTITY = f"/v1/spaces/{SPACE}/identity/"
MESSAGES = f"/v1/spaces/{SPACE}/messages/"
DELETE = "/external_ids/delete"
SAID = ("link", "cut", "separate", "restore", "release")
# GET routes below identity/, with the operation that answers each.
READ = {
    "queue": "identity_queue",
    "operations": "identity_operations",
    "rules": "identity_rules",
    "types": "identity_types",
}
_NUMBERS = ("limit", "days")
LONGEST_NUMBER = 18
MOST_FIELDS = 20


async def anything(site: Site, request: WireRequest) -> WireResponse:
    """Answer what stands below a space; reading profiles is left to others."""
    path = request.path.removesuffix("/")
    if not (path.startswith((IDENTITY, MESSAGES)) or path.endswith(DELETE)):
        return await spaces.read(site, request)
    try:
        if path.startswith(MESSAGES):
            return await _message(site, request, path)
        if path.startswith(IDENTITY):
            return await _identity(site, request, path.removeprefix(IDENTITY))
        return await _apart(site, request)
    except (InputRefused, ComeAgain) as error:
        return spaces.refused(error)


def allowed(site: Site, request: WireRequest, scope: Scope) -> Caller:
    """Let a secret key with a right in; a key that anybody can read is told nothing (401)."""
    try:
        caller = site.receiver.caller(request, scope)
    except KeyRefused as error:
        if error.code == "forbidden" and site.receiver.holder(request).public:
            told = "A write key may not do this; use a secret key."
            raise KeyRefused("unknown_key", told) from error
        raise
    site.profiles.rate.spend()
    return caller


async def _message(site: Site, request: WireRequest, path: str) -> WireResponse:
    allowed(site, request, "profile:read")
    _require(request, "GET")
    found = await site.identity.messages.of(unquote(path.removeprefix(MESSAGES)))
    return _answer(site, found)


async def _identity(site: Site, request: WireRequest, rest: str) -> WireResponse:
    caller = allowed(site, request, "identity")
    if rest in READ and request.method != "POST":
        _require(request, "GET")
        return _answer(site, await operations.run(site, READ[rest], _query(request), caller))
    steps = rest.split("/")
    arguments = _body(site, request) if request.method == "POST" else {}
    name = _operation(steps)
    if name is None:
        raise InputRefused("not_found", "There is nothing at this path.", 404)
    _require(request, "POST")
    if steps[0] == "operations":
        arguments["operation_id"] = steps[1]
    return _answer(site, await operations.run(site, name, arguments, caller))


def _operation(steps: list[str]) -> str | None:
    match steps:
        case [kind] if kind in SAID:
            return f"identity_{kind}"
        case ["operations", _, "undo"]:
            return "identity_undo"
        case ["rules", "dry-run"]:
            return "identity_rules_dry_run"
        case ["types"]:
            return "identity_classify"
        case ["rules"]:
            return "identity_rules_publish"
    return None


async def _apart(site: Site, request: WireRequest) -> WireResponse:
    """Take identifiers out of a profile, as POST .../external_ids/delete asks."""
    caller = allowed(site, request, "identity")
    _require(request, "POST")
    asked = read_question(request)
    if asked.collection != "users":
        raise not_found()
    body = _body(site, request)
    listed = body.pop("delete_external_ids", None)
    if not isinstance(listed, list) or not listed:
        told = "Send delete_external_ids, a list of objects with id and type."
        raise InputRefused("validation_error", told, 400, "delete_external_ids")
    names: list[Json] = [_named(one) for one in listed]
    arguments: JsonObject = {**body, "identifier": asked.identifier, "names": names}
    return _answer(site, await operations.run(site, "identity_apart", arguments, caller))


def _named(one: Json) -> str:
    if not isinstance(one, dict) or not isinstance(one.get("type"), str) or "id" not in one:
        told = "Each of delete_external_ids has an id and a type."
        raise InputRefused("validation_error", told, 400, "delete_external_ids")
    return f"{one['type']}:{one['id']}"


def _body(site: Site, request: WireRequest) -> JsonObject:
    found = site.receiver.value(request, BODY_BYTES) if request.body else {}
    if not isinstance(found, dict):
        raise InputRefused("validation_error", "The body is not a JSON object.", 400)
    # Who speaks is the key, whatever the body says.
    stated = {name: value for name, value in found.items() if name != "by"}
    preview = _fields(request).get("preview", "").lower()
    if preview not in ("", "true", "false"):
        # Whoever meant to look only must not change anything by a slip of the pen.
        raise InputRefused("validation_error", "preview is true or false.", 400, "preview")
    return {**stated, "preview": preview == "true"} if preview else stated


def _fields(request: WireRequest) -> dict[str, str]:
    try:
        fields = parse_qs(request.query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        told = f"A query has at most {MOST_FIELDS} parameters."
        raise InputRefused("validation_error", told, 400) from None
    return {name: values[-1] for name, values in fields.items()}


def _query(request: WireRequest) -> JsonObject:
    found: JsonObject = {}
    for name, text in _fields(request).items():
        is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
        # What is no number is refused by the operation, which names it.
        found[name] = int(text) if name in _NUMBERS and is_number else text
    return found


def _require(request: WireRequest, method: str) -> None:
    methods = ("GET", "HEAD") if method == "GET" else (method,)
    if request.method not in methods:
        raise InputRefused("method_not_allowed", f"Use {', '.join(methods)}.", 405)


def _answer(site: Site, document: Json) -> WireResponse:
    position = ("wegweiser-position", str(site.unifier.position))
    return json_answer(document, 200, (position,))
