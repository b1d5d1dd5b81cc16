"""The parts of a profile that go beyond Segment's: whole, now and at any past moment."""

from typing import Any

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile_detail import Entry
from wegweiser.web.api.profile_query import Asked, Found, invalid
from wegweiser.workspace.profile_operations import KINDS
from wegweiser.workspace.segment_operations import stays_of
from wegweiser.workspace.site import Site

MOST_ROWS = 200


async def profile(site: Site, found: Found, asked: Asked) -> Json:
    """Give everything in one document, or the parts named in `include`, at `as_of` (now)."""
    at, wanted = asked.moment("as_of"), asked.names("include")
    document = await site.profiles.documents.document(found.person_id, found.group_id, at)
    unknown = [name for name in wanted if name not in document]
    if unknown:
        raise invalid("include", f"a list of {', '.join(document)}")
    return {name: document[name] for name in wanted or document}


async def consent(site: Site, found: Found, asked: Asked) -> Json:
    """Give the status of each purpose, and every statement that stands behind it."""
    person_id = _person(found)
    statements: list[Json] = [
        {**told, "at": format_instant(at)} for at, told in site.profiles.details.choices(person_id)
    ]
    status: JsonObject = {**site.views.consent_of(person_id)}
    return {"consent": status, "statements": statements}


async def segments(site: Site, found: Found, asked: Asked) -> Json:
    """Give the segments that it is in, and since when."""
    return stays_of(site, found.subject)


async def stage(site: Site, found: Found, asked: Asked) -> Json:
    """Give the belief about the journey's stage at `as_of` (now), with its reasons."""
    as_of = asked.moment("as_of")
    if found.person_id:
        return site.views.stage_of_person(found.person_id, as_of)
    return site.views.stage_of_account(found.group_id, as_of)


async def interests(site: Site, found: Found, asked: Asked) -> Json:
    """Give interests by topic and engagement, scaled to `as_of` (now)."""
    at = asked.moment("as_of")
    at = site.clock.now_ms() if at is None else at
    told = await site.profiles.documents.interests(found.person_id, found.group_id, at)
    return {**told, "as_of": format_instant(at)}


async def sessions(site: Site, found: Found, asked: Asked) -> Json:
    """Give the sessions of a person, newest first."""
    limit = asked.limit(25, MOST_ROWS)
    after = asked.after
    held = sorted(site.profiles.details.sessions(_person(found)), reverse=True)
    if after is not None:
        moment = _number(after, "next")
        held = [one for one in held if one[0] < moment]
    data: list[Json] = [
        {
            "start": format_instant(start),
            "end": format_instant(end),
            "seconds": (end - start) / 1000,
        }
        for start, end in held[:limit]
    ]
    last: list[Json] | None = [held[limit - 1][0]] if len(held) > limit else None
    return {"data": data, "cursor": asked.cursor(limit, last)}


async def timeline(site: Site, found: Found, asked: Asked) -> Json:
    """Give what happened to a person, kind by kind in one list, newest first."""
    person_id, limit = _person(found), asked.limit(50, MOST_ROWS)
    kinds = asked.names("kinds") or KINDS
    if not set(kinds) <= set(KINDS):
        raise invalid("kinds", f"a comma list of {', '.join(KINDS)}")
    start, end = asked.window(site.clock.now_ms(), days=90)
    after = asked.after
    last = None if after is None else _entry(after)
    entries, more = await site.profiles.timeline.page(
        person_id, frozenset(kinds), (start, end), limit, last, asked.query("channel")
    )
    data: list[Json] = [_line(entry) for entry in entries]
    spot: list[Json] | None = None
    if more and entries:
        spot = [entries[-1].at, entries[-1].kind, entries[-1].name]
    return {"data": data, "cursor": asked.cursor(limit, spot)}


def _line(entry: Entry) -> JsonObject:
    return {"kind": entry.kind, "at": format_instant(entry.at), "id": entry.name, **entry.told}


def _entry(after: list[Any]) -> Entry:
    match after:
        case [int(at), str(kind), str(name)]:
            return Entry(at, kind, name)
    raise invalid("next", "the text that the page before gave")


def _number(after: list[Any], name: str) -> int:
    match after:
        case [int(number)]:
            return number
    raise invalid(name, "the text that the page before gave")


def _person(found: Found) -> str:
    if not found.person_id:
        raise InputRefused("not_found", "Only persons have this part.", 404)
    return found.person_id


PARTS = {
    "profile": profile,
    "consent": consent,
    "segments": segments,
    "stage": stage,
    "interests": interests,
    "sessions": sessions,
    "timeline": timeline,
}
