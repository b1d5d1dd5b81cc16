"""Details of a profile as doors show them: values with source and time, events with their place."""

from collections.abc import Callable

import msgspec

from wegweiser.terms.event import Event
from wegweiser.terms.identity import Identifier, Leaf
from wegweiser.terms.json import Json
from wegweiser.terms.source import SourceKind

# Event time (ms), log position, place in the record: where an event stands, and a page ends.
Spot = tuple[int, int, int]


class ShownTrait(msgspec.Struct, frozen=True):
    """A trait with who wrote it when (ms); `flags` say what is to be doubted about it."""

    value: Json
    at: int
    source_id: str = ""
    message_id: str = ""
    trust: str = ""
    flags: tuple[str, ...] = ()


class ShownIdentifier(msgspec.Struct, frozen=True):
    """An identifier with the first event that named it; times in ms, 0 when that is gone."""

    type: str
    value: str
    status: str
    created_at: int
    source_id: str = ""
    message_id: str = ""


class ShownLink(msgspec.Struct, frozen=True):
    """A membership seen from one side: `other` is the group id or the person id; days, both in."""

    other: str
    role: str
    status: str
    confidence: float
    since: int
    until: int | None
    source_id: str = ""
    message_id: str = ""


class FoundEvent(msgspec.Struct, frozen=True):
    """A stored event: where it stands, where it came from, and whom it names."""

    spot: Spot
    event: Event
    leaf: Leaf
    scope: str
    identifiers: tuple[Identifier, ...]
    source_id: str
    received_at: int
    trust: int
    kind: SourceKind
    account_leaf: Leaf = ""


class WantedEvents(msgspec.Struct, frozen=True, kw_only=True):
    """Which events are asked for: start <= event time < end (ms), and the page after a spot."""

    start: int
    end: int
    limit: int
    newest_first: bool = True
    after: Spot | None = None
    fits: Callable[[Event], bool] = lambda event: True


class EventPage(msgspec.Struct, frozen=True):
    """Some events in the order asked for; `more` is the spot to go on after, None at the end."""

    events: tuple[FoundEvent, ...]
    more: Spot | None


class Entry(msgspec.Struct, frozen=True, order=True):
    """One line of a timeline at a moment (ms); `name` tells entries of one moment apart."""

    at: int
    kind: str
    name: str
    told: dict[str, Json] = {}
