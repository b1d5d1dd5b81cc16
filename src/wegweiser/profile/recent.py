"""Recent events: the newest fifty, for the head of a timeline."""

from bisect import bisect_left
from collections.abc import Iterable

from wegweiser.terms.event import Event
from wegweiser.terms.json import Json
from wegweiser.terms.profile import Happening

MOST = 50
LONGEST_DETAIL = 200
_DETAILS = (
    *("query", "file_name", "form_id", "message", "topic", "name", "title", "url"),
    *("note", "outcome"),
)


def add_happening(recent: list[Happening], new: Happening) -> Happening | None:
    """Put one happening into a sorted list of distinct ones, in place; gives what gave way."""
    if not recent or new.at > recent[-1].at:
        recent.append(new)
    else:
        place = bisect_left(recent, new)
        if place < len(recent) and recent[place] == new:
            return None
        recent.insert(place, new)
    return recent.pop(0) if len(recent) > MOST else None


def merge_recent(*parts: Iterable[Happening]) -> list[Happening]:
    """Give the newest of several lists, sorted by time."""
    return sorted({item for part in parts for item in part})[-MOST:]


def detail_of(event: Event) -> str:
    """Give what an event was about, in one short text.

    >>> detail_of(Event(type="track", message_id="m", at=0, properties={"query": "sso"}))
    'sso'
    """
    properties = event.properties
    path = properties.get("path")
    if isinstance(path, str):
        return path[:LONGEST_DETAIL]
    for field in _DETAILS:
        if field in properties:
            value: Json = properties[field]
            if isinstance(value, str):
                return value[:LONGEST_DETAIL]
    return event.name or event.group_id
