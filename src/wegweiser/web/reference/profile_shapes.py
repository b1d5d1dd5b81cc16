"""The documents of the profile API as types, from which its schemas are derived."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from wegweiser.terms.json import Json, JsonObject

Collection = Literal["users", "accounts"]
Kind = Literal[
    "event", "identity", "trait", "consent", "segment", "stage", "membership", "decision"
]


class Cursor(Struct):
    """How far a list was given; `next` is the parameter of the page that follows."""

    url: str
    has_more: bool
    next: str
    limit: int


class Traits(Struct):
    """The traits of a profile, in order of their names."""

    traits: JsonObject
    cursor: Cursor


class ExternalId(Struct):
    """One identifier of a profile, and the event that named it first."""

    source_id: str | None
    collection: Collection
    id: str
    type: str
    created_at: str | None
    encoding: str
    first_message_id: str | None
    status: str
    first_source_id: str | UnsetType | None = UNSET


class ExternalIds(Struct):
    """The identifiers of a profile."""

    data: list[ExternalId]
    cursor: Cursor


class Times(Struct):
    """When a profile was made and last changed, and its first and last event by event time."""

    created_at: str | None
    updated_at: str | None
    expires_at: str | None
    first_message_id: str | None
    first_source_id: str | None
    last_message_id: str | None
    last_source_id: str | None


class Metadata(Struct):
    """What is known of the profile itself."""

    metadata: Times


class NamedBy(Struct):
    """An identifier that an event carries."""

    collection: Collection
    type: str
    id: str
    encoding: str


class Related(Struct):
    """Whom an event counts for now."""

    users: str | None


class PastEvent(Struct):
    """One stored event; `traits` for identify and group calls only."""

    external_ids: list[NamedBy]
    context: JsonObject
    type: str
    event: str
    message_id: str
    source_id: str
    timestamp: str
    properties: JsonObject
    related: Related
    traits: JsonObject | UnsetType = UNSET
    flags: list[str] | UnsetType = UNSET


class EventsPage(Struct):
    """Events of a profile in the order asked for."""

    data: list[PastEvent]
    cursor: Cursor


class LinkedId(Struct):
    """An identifier of the other end of a link."""

    id: str
    type: str
    source_id: str | None
    collection: Collection
    created_at: str | None
    encoding: str


class Link(Struct, rename={"since": "from", "until": "to"}):
    """A membership; days, both in full."""

    to_collection: Collection
    external_ids: list[LinkedId]
    role: str
    status: str
    confidence: float
    since: str
    until: str | None


class Links(Struct):
    """The accounts of a person, or the persons of an account."""

    data: list[Link]
    cursor: Cursor


class Statement(Struct):
    """What one identifier said about a purpose last."""

    purpose: str
    status: str
    explicit: bool
    identifier: str
    trusted: bool
    message_id: str
    at: str
    expires_at: str | UnsetType = UNSET


class ConsentTold(Struct):
    """The status of each purpose, and what stands behind it."""

    consent: dict[str, str]
    statements: list[Statement]


class InterestsTold(Struct):
    """Interests by topic and engagement, scaled to a moment."""

    interests: dict[str, float]
    engagement: float
    as_of: str


class SessionTold(Struct):
    """One visit."""

    start: str
    end: str
    seconds: float


class SessionsPage(Struct):
    """Visits, newest first."""

    data: list[SessionTold]
    cursor: Cursor


class TimelinePage(Struct):
    """What happened, newest first; each line has `kind`, `at`, `id` and what its kind tells."""

    data: list[dict[str, Json]]
    cursor: Cursor


class Lookup(Struct):
    """The identifier that is looked up."""

    type: str
    id: str | int


class LookedUp(Struct):
    """The id of the person."""

    person_id: str


class StageReason(Struct):
    """What one kind of evidence did to the log-odds of the stage; `what` may be `silence`."""

    what: str
    times: int
    days: float
    change: float


class StageTold(Struct):
    """A belief about the stage of a journey; probabilities by stage add up to 1."""

    stage: str
    probabilities: dict[str, float]
    direction: float
    going: Literal["forward", "back", "steady", "dormant", "off_path", "unknown"]
    entropy: float
    entries: int
    evidence: list[StageReason]
    words: dict[str, str]
    as_of: str
    table: str


class SegmentStay(Struct):
    """A segment that the profile is in."""

    key: str
    name: str
    version: int
    entered_at: str


class SegmentsTold(Struct):
    """The segments that the profile is in, by key."""

    segments: list[SegmentStay]
