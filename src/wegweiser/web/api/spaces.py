"""Reading profiles over HTTP, in the shape of Segment's Profile API (wire, section 10)."""

from urllib.parse import parse_qs

import msgspec

from wegweiser.terms.errors import ComeAgain, InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import AccountProfile, PersonProfile
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import json_answer
from wegweiser.workspace.journey_operations import moment
from wegweiser.workspace.segment_operations import stays_of
from wegweiser.workspace.site import Site

SPACE = "default"
_CODES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found",
    429: "rate_limit_error",
}
Profile = PersonProfile | AccountProfile


async def read(site: Site, request: WireRequest) -> WireResponse:
    """Answer one read; errors have the shape of that API and of ours."""
    try:
        return json_answer(_read(site, request))
    except InputRefused as error:
        allow = (("allow", "GET, HEAD"),) if error.status == 405 else ()
        return _refused(error.message, error.status, allow)
    except ComeAgain as error:
        return _refused(error.reason, 429, (("retry-after", str(error.retry_after_s)),))


def _refused(message: str, status: int, headers: tuple[tuple[str, str], ...]) -> WireResponse:
    told = {"code": _CODES.get(status, "invalid_request_error"), "message": message}
    return json_answer({"success": False, **told, "error": told}, status, headers)


def _read(site: Site, request: WireRequest) -> Json:
    if request.method not in ("GET", "HEAD"):
        raise InputRefused("method_not_allowed", "Use GET.", 405)
    caller = site.receiver.caller(request, "profile:read")
    del caller
    parts = request.path.strip("/").split("/")
    if len(parts) < 7 or parts[2] != SPACE or parts[3] != "collections" or parts[5] != "profiles":
        raise _unknown()
    profile, timeline_of = _find(site, parts[4], "/".join(parts[6:-1]))
    limit = _limit(request.query)
    match parts[-1]:
        case "profile":
            return _plain(profile)
        case "traits":
            return _traits(profile, limit)
        case "external_ids":
            return _external_ids(profile, limit)
        case "metadata":
            return _metadata(profile)
        case "stage":
            return _stage(site, profile, timeline_of, request.query)
        case "segments":
            return stays_of(site, _subject(profile))
        case "events" if timeline_of:
            return _events(site, timeline_of, limit)
    raise _unknown()


def _find(site: Site, collection: str, identifier: str) -> tuple[Profile, str]:
    if ":" not in identifier:
        raise InputRefused("bad_id", "Name a profile as type:value.", 400)
    if collection == "users":
        person_id = site.views.find_person(identifier)
        if person_id is not None:
            return site.views.person(person_id), person_id
    elif collection == "accounts":
        group_id = site.views.find_account(identifier)
        if group_id is not None:
            return site.views.account(group_id), ""
    raise _unknown()


def _unknown() -> InputRefused:
    return InputRefused("not_found", "Profile was not found.", 404)


def _limit(query: str) -> int:
    text = parse_qs(query).get("limit", ["10"])[0]
    if not text.isdigit() or not 1 <= int(text) <= 200:
        raise InputRefused("bad_limit", "limit is a whole number from 1 to 200.", 400)
    return int(text)


def _traits(profile: Profile, limit: int) -> JsonObject:
    kept = dict(sorted(profile.traits.items())[:limit])
    return {"traits": kept, "cursor": _cursor(len(profile.traits), limit)}


def _external_ids(profile: Profile, limit: int) -> JsonObject:
    collection = "users" if isinstance(profile, PersonProfile) else "accounts"
    data: list[Json] = [
        {
            "collection": collection,
            "id": known.value,
            "type": known.type,
            "created_at": profile.created_at,
            "encoding": "none",
            "status": known.status,
        }
        for known in profile.identifiers[:limit]
    ]
    return {"data": data, "cursor": _cursor(len(profile.identifiers), limit)}


def _stage(site: Site, profile: Profile, person_id: str, query: str) -> JsonObject:
    as_of = moment(parse_qs(query).get("as_of", [""])[0])
    if person_id:
        return site.views.stage_of_person(person_id, as_of)
    return site.views.stage_of_account(profile.identifiers[0].value, as_of)


def _subject(profile: Profile) -> str:
    if isinstance(profile, PersonProfile):
        return f"person_id:{profile.person_id}"
    return f"group_id:{profile.identifiers[0].value}"


def _metadata(profile: Profile) -> JsonObject:
    return {
        "metadata": {
            "created_at": profile.created_at,
            "updated_at": profile.updated_at,
            "expires_at": None,
        }
    }


def _events(site: Site, person_id: str, limit: int) -> JsonObject:
    found = site.views.timeline(person_id, limit)
    data: list[Json] = [
        {
            "event": happening.name,
            "message_id": happening.message_id,
            "timestamp": site.views.written(happening.at),
            "detail": happening.detail,
        }
        for happening in found
    ]
    return {"data": data, "cursor": {"limit": limit}}


def _cursor(count: int, limit: int) -> JsonObject:
    return {"url": "", "has_more": count > limit, "next": "", "limit": limit}


def _plain(profile: Profile) -> Json:
    plain: Json = msgspec.to_builtins(profile)
    return plain
