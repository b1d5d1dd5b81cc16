"""The parts of a profile that Segment's Profile API knows, and the table of all parts."""

from collections.abc import Awaitable, Callable

from wegweiser.terms.instant import format_day, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import AccountProfile, PersonProfile
from wegweiser.terms.profile_detail import ShownIdentifier, ShownLink, ShownTrait
from wegweiser.web.api import account_parts, contact_parts, identity_parts, profile_own
from wegweiser.web.api.profile_events import events
from wegweiser.web.api.profile_query import Asked, Found, invalid
from wegweiser.workspace.site import Site

Part = Callable[[Site, Found, Asked], Awaitable[Json]]
CLASSES = ("", "audience", "computed_trait")
MOST_LINKS = 20
_LINKED_BY = ("id", "type", "source_id", "collection", "created_at", "encoding")


async def traits(site: Site, found: Found, asked: Asked) -> Json:
    """Give traits by name; `class=audience` those that are segments."""
    limit = asked.limit(10, 200)
    wanted, verbose = frozenset(asked.names("include")), asked.flag("verbose")
    held = _traits_of(site, found, asked)
    names = sorted(name for name in held if not wanted or name in wanted)
    names, last = _page(asked, names, limit)
    shown: JsonObject = {name: _trait(held[name], verbose) for name in names}
    return {"traits": shown, "cursor": asked.cursor(limit, last)}


def _traits_of(site: Site, found: Found, asked: Asked) -> dict[str, ShownTrait]:
    kind, profiles = asked.query("class"), site.profiles.details
    if kind not in CLASSES:
        raise invalid("class", "audience or computed_trait")
    own = (
        profiles.person_traits(found.person_id)
        if found.person_id
        else profiles.account_traits(found.group_id)
    )
    if kind == "audience":
        return profiles.audiences(found.subject)
    if kind == "computed_trait":
        return profiles.computed(found.subject)
    return {**profiles.audiences(found.subject), **profiles.computed(found.subject), **own}


def _trait(shown: ShownTrait, verbose: bool) -> Json:
    if not verbose:
        return shown.value
    flags: list[Json] = [*shown.flags]
    return {
        "value": shown.value,
        "source_id": shown.source_id or None,
        "updated_at": format_instant(shown.at) if shown.at else None,
        "trust": shown.trust or None,
        "event_id": shown.message_id or None,
        "flags": flags,
    }


async def external_ids(site: Site, found: Found, asked: Asked) -> Json:
    """Give the identifiers, each with the event that named it first."""
    limit = asked.limit(25, 200)
    wanted = frozenset(asked.names("include"))
    held = {
        f"{one.type}:{one.value}": one
        for one in _identifiers(site, found)
        if not wanted or one.type in wanted
    }
    names, last = _page(asked, sorted(held), limit)
    verbose = asked.flag("verbose")
    data: list[Json] = [_external_id(held[name], asked.collection, verbose) for name in names]
    return {"data": data, "cursor": asked.cursor(limit, last)}


def _identifiers(site: Site, found: Found) -> list[ShownIdentifier]:
    if found.person_id:
        return site.profiles.details.identifiers(found.person_id)
    return site.profiles.details.account_identifiers(found.group_id)


def _external_id(shown: ShownIdentifier, collection: str, verbose: bool) -> JsonObject:
    told: JsonObject = {
        "source_id": shown.source_id or None,
        "collection": collection,
        "id": shown.value,
        "type": shown.type,
        "created_at": format_instant(shown.created_at) if shown.created_at else None,
        "encoding": "none",
        "first_message_id": shown.message_id or None,
        "status": shown.status,
    }
    return told | {"first_source_id": shown.source_id or None} if verbose else told


async def metadata(site: Site, found: Found, asked: Asked) -> Json:
    """Give when the profile was made and last changed, and by which events."""
    asked.flag("verbose")
    views, details = site.views, site.profiles.details
    if found.person_id:
        cells = views.cells_of(found.person_id)
        profile: PersonProfile | AccountProfile = views.person(found.person_id)
    else:
        cells = [*views.own_cells_of(found.group_id), *views.cells_of_members(found.group_id)]
        profile = views.account(found.group_id)
    first, last = await details.first_and_last(found.person_id, found.group_id, cells)
    told: JsonObject = {
        "created_at": profile.created_at or None,
        "updated_at": profile.updated_at or None,
        "expires_at": None,
        "first_message_id": None if first is None else first.event.message_id,
        "first_source_id": None if first is None else first.source_id,
        "last_message_id": None if last is None else last.event.message_id,
        "last_source_id": None if last is None else last.source_id,
    }
    return {"metadata": told}


async def links(site: Site, found: Found, asked: Asked) -> Json:
    """Give the accounts of a person, or the persons of an account, with role and status."""
    limit = asked.limit(MOST_LINKS, MOST_LINKS)
    rows = {f"{one.other}\x1f{one.role}\x1f{one.since:08d}": one for one in _links(site, found)}
    names, last = _page(asked, sorted(rows), limit)
    data: list[Json] = [_link(site, found, rows[name]) for name in names]
    return {"data": data, "cursor": asked.cursor(limit, last)}


def _links(site: Site, found: Found) -> tuple[ShownLink, ...]:
    if found.person_id:
        return site.profiles.details.accounts_of(found.person_id)
    return site.profiles.details.members_of(found.group_id)


def _link(site: Site, found: Found, link: ShownLink) -> JsonObject:
    other = Found(group_id=link.other) if found.person_id else Found(person_id=link.other)
    collection = "accounts" if found.person_id else "users"
    known = [_external_id(one, collection, False) for one in _identifiers(site, other)]
    names: list[Json] = [{key: one[key] for key in _LINKED_BY} for one in known]
    return {
        "to_collection": collection,
        "external_ids": names,
        "role": link.role,
        "status": link.status,
        "confidence": link.confidence,
        "from": format_day(link.since),
        "to": None if link.until is None else format_day(link.until),
    }


def _page(asked: Asked, names: list[str], limit: int) -> tuple[list[str], list[Json] | None]:
    """Cut a page out of sorted names; gives what the next page begins after as well."""
    after = asked.after
    if after is not None:
        if len(after) != 1 or not isinstance(after[0], str):
            raise invalid("next", "the text that the page before gave")
        last = after[0]
        names = [name for name in names if name > last]
    shown = names[:limit]
    return shown, [shown[-1]] if len(names) > limit else None


# Every part of a profile by its name; accounts and users alike unless the part refuses.
PARTS: dict[str, Part] = {
    "traits": traits,
    "external_ids": external_ids,
    "events": events,
    "metadata": metadata,
    "links": links,
    **profile_own.PARTS,
    **identity_parts.PARTS,
    **account_parts.PARTS,
    **contact_parts.PARTS,
}
