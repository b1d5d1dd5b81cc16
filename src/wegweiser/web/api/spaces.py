"""Reading profiles over HTTP, in the shape of Segment's Profile API and beyond it."""

import asyncio

from wegweiser.terms.errors import ComeAgain, InputRefused, KeyRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.source import Caller, Scope
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import json_answer
from wegweiser.web.api.profile_lookup import looked_up
from wegweiser.web.api.profile_parts import PARTS
from wegweiser.web.api.profile_query import Asked, Found, not_found, read_question
from wegweiser.workspace.site import Site

LONGEST_WAIT_S = 0.2
_LOOK_AGAIN_S = 0.004
_LOOKUP = ":lookup"
_CODES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found",
    429: "rate_limit_error",
    503: "unavailable",
}
_KEPT_CODES = ("validation_error",)


async def read(site: Site, request: WireRequest) -> WireResponse:
    """Answer one read; errors have the shape of that API and of ours."""
    try:
        looking_up = request.path.removesuffix("/").endswith(_LOOKUP)
        if not looking_up and request.method not in ("GET", "HEAD"):
            raise InputRefused("method_not_allowed", "Use GET, HEAD.", 405)
        admitted(site, request)
        await reached(site, request)
        if looking_up:
            return await looked_up(site, request)
        asked = read_question(request)
        part = PARTS.get(asked.part)
        if part is None:
            raise InputRefused("not_found", "A profile has no such part.", 404)
        found = found_in(site, asked)
        return answer(site, await part(site, found, asked), found)
    except (InputRefused, ComeAgain) as error:
        return refused(error)


def admitted(site: Site, request: WireRequest, scope: Scope = "profile:read") -> Caller:
    """Let a secret key in that may read; raises KeyRefused, ComeAgain."""
    try:
        caller = site.receiver.caller(request, scope)
    except KeyRefused as error:
        if error.code == "forbidden" and _is_public(site, request):
            raise KeyRefused(
                "unknown_key", "A write key reads nothing; use a secret key."
            ) from error
        raise
    site.profiles.rate.spend()
    return caller


def _is_public(site: Site, request: WireRequest) -> bool:
    try:
        return site.receiver.holder(request).public
    except KeyRefused:
        return False


async def reached(site: Site, request: WireRequest) -> None:
    """Wait for the log position that `Wegweiser-After` names, at most 200 ms.

    Raises InputRefused: 400 for what is no position, 503 when it is not reached in time.
    """
    stated = request.headers.get("wegweiser-after", "").strip()
    if not stated:
        return
    if not (stated.isascii() and stated.isdigit() and len(stated) < 19):
        told = "Wegweiser-After must be a log position, as Wegweiser-Position gave it."
        raise InputRefused("validation_error", told, 400, "Wegweiser-After")
    time = asyncio.get_running_loop().time
    deadline = time() + LONGEST_WAIT_S
    while site.unifier.position < int(stated):
        if time() >= deadline:
            told = f"Only position {site.unifier.position} is reached yet; ask again."
            raise InputRefused("unavailable", told, 503)
        await asyncio.sleep(_LOOK_AGAIN_S)


def found_in(site: Site, asked: Asked) -> Found:
    """Find the profile that is asked about; raises the one refusal for all that is not there."""
    if asked.collection == "users":
        person_id = site.views.find_person(asked.identifier)
        if person_id is not None:
            return Found(person_id=person_id)
    else:
        group_id = site.views.find_account(asked.identifier)
        if group_id is not None:
            return Found(group_id=group_id)
    raise not_found()


def answer(site: Site, document: object, found: Found) -> WireResponse:
    """Write an answer with the position that it was read at, and whose it is."""
    position = ("wegweiser-position", str(site.unifier.position))
    whose = (("wegweiser-person-id", found.person_id),) if found.person_id else ()
    return json_answer(document, 200, (position, *whose))


def refused(error: InputRefused | ComeAgain) -> WireResponse:
    """Write an error in the shape of that API, which holds ours as well."""
    if isinstance(error, ComeAgain):
        return _told("rate_limit_error", error.reason, 429, error.retry_after_s)
    kept = error.code in _KEPT_CODES or error.status not in _CODES
    code = error.code if kept else _CODES[error.status]
    return _told(code, error.message, error.status, 1 if error.status == 503 else 0)


def _told(code: str, message: str, status: int, retry_after_s: int) -> WireResponse:
    error: JsonObject = {"code": code, "message": message}
    headers: tuple[tuple[str, str], ...] = ()
    if retry_after_s:
        headers = (("retry-after", str(retry_after_s)),)
    if status == 405:
        headers = (("allow", message.removeprefix("Use ").rstrip(".")),)
    return json_answer({"success": False, **error, "error": error}, status, headers)


__all__ = ["admitted", "answer", "found_in", "reached", "read", "refused"]
