"""The events of a profile, newest or oldest first, a page at a time."""

import msgspec

from wegweiser.terms.event import Event
from wegweiser.terms.identity import kind_of, value_of
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile_detail import FoundEvent, Spot, WantedEvents
from wegweiser.web.api.profile_query import Asked, Found, invalid
from wegweiser.workspace.site import Site

LEAST, MOST = 10, 100


async def events(site: Site, found: Found, asked: Asked) -> Json:
    """Give the events of a person, or those of its members that count for an account."""
    limit = asked.limit(LEAST, MOST)
    start, end = asked.window(site.clock.now_ms())
    wanted = WantedEvents(
        start=start,
        end=end,
        limit=limit,
        newest_first=_newest_first(asked),
        after=spot_of(asked.after),
        fits=site.profiles.details.named(asked.names("include"), asked.names("exclude")),
    )
    page = await site.profiles.details.events(found.person_id, found.group_id, wanted)
    data: list[Json] = [_written(site, one) for one in page.events]
    last: list[Json] | None = None if page.more is None else [*page.more]
    return {"data": data, "cursor": asked.cursor(limit, last)}


def _newest_first(asked: Asked) -> bool:
    sort = asked.query("sort", "desc")
    if sort not in ("desc", "asc"):
        raise invalid("sort", "desc or asc")
    return sort == "desc"


def spot_of(after: list[Json] | None) -> Spot | None:
    """Read the spot after which a page begins; raises InputRefused for what is none."""
    if after is None:
        return None
    try:
        spot: Spot = msgspec.convert(after, Spot)
    except msgspec.ValidationError as error:
        raise invalid("next", "the text that the page before gave") from error
    return spot


def _written(site: Site, one: FoundEvent) -> JsonObject:
    event = one.event
    told: JsonObject = {
        "external_ids": _external_ids(one),
        "context": event.context,
        "type": event.type,
        "event": event.event if event.type == "track" else event.name or event.shown_name,
        "message_id": event.message_id,
        "source_id": one.source_id,
        "timestamp": format_instant(event.at),
        "properties": event.properties,
        "related": {"users": site.profiles.details.person_of(one.leaf)},
    }
    return told | _more(event)


def _more(event: Event) -> JsonObject:
    """Give what only some kinds of events have."""
    found: JsonObject = {"traits": event.traits} if event.type in ("identify", "group") else {}
    return found | ({"flags": [*event.flags]} if event.flags else {})


def _external_ids(one: FoundEvent) -> list[Json]:
    names = [name for name in one.identifiers if not name.startswith("claim:")]
    group = [f"group_id:{one.scope}"] if one.scope else []
    return [
        {
            "collection": "accounts" if name in group else "users",
            "type": kind_of(name),
            "id": value_of(name),
            "encoding": "none",
        }
        for name in (*names, *group)
    ]
