"""The documents of the API as types, from which the schemas of openapi.json are derived."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from wegweiser.terms.decision import How, Mode, Status
from wegweiser.terms.json import JsonObject
from wegweiser.terms.message import Channel
from wegweiser.terms.outcome import OutcomeKind

Id = Annotated[str, Meta(min_length=1, max_length=255)] | int | UnsetType | None
Text = str | UnsetType | None
Data = JsonObject | UnsetType | None
Instant = str | int | UnsetType | None


class ErrorTold(Struct):
    """What is wrong, and in which field."""

    code: str
    message: str
    field: str | UnsetType | None = UNSET


class Refusal(Struct):
    """Every error."""

    success: bool
    code: str
    message: str
    error: ErrorTold


class Element(Struct, rename="camel"):
    """One event as the Segment libraries write it; unknown fields are kept."""

    type: Literal["identify", "track", "page", "screen", "group", "alias"] | UnsetType = UNSET
    message_id: Annotated[str, Meta(max_length=100)] | UnsetType | None = UNSET
    user_id: Id = UNSET
    anonymous_id: Id = UNSET
    previous_id: Id = UNSET
    group_id: Id = UNSET
    event: Annotated[str, Meta(min_length=1, max_length=255)] | UnsetType = UNSET
    name: Annotated[str, Meta(max_length=255)] | UnsetType | None = UNSET
    timestamp: Instant = UNSET
    properties: Data = UNSET
    traits: Data = UNSET
    context: Data = UNSET
    integrations: Data = UNSET


class Batch(Struct, rename="camel"):
    """Events of all kinds; what stands beside `batch` holds for elements that lack it."""

    batch: list[Element]
    sent_at: Instant = UNSET
    context: Data = UNSET
    integrations: Data = UNSET
    write_key: Text = UNSET


class Mended(Struct):
    """An element that was stored with repairs."""

    index: int
    codes: list[str]


class SetAside(Struct, rename="camel"):
    """An element that was not stored as an event, and why."""

    index: int
    message_id: str
    code: str


class Stored(Struct):
    """Everything in the body was dealt with."""

    success: bool
    duplicates: int | UnsetType = UNSET
    repaired: list[Mended] | UnsetType = UNSET
    quarantined: list[SetAside] | UnsetType = UNSET
    rejected: list[SetAside] | UnsetType = UNSET


class AskedFor(Struct, rename="camel"):
    """Who a message is for: identifiers as `type:value`, or the short forms."""

    person: Text = UNSET
    device: Text = UNSET
    account: Text = UNSET
    user_id: Id = UNSET
    anonymous_id: Id = UNSET
    group_id: Id = UNSET


class Wanted(Struct):
    """A placement that wants up to `max` messages."""

    key: Annotated[str, Meta(min_length=1)]
    max: Annotated[int, Meta(ge=1, le=100)] | UnsetType | None = UNSET


class Question(Struct):
    """What a decision is asked for."""

    subject: AskedFor
    placements: Annotated[list[Wanted | str], Meta(min_length=1, max_length=50)]
    request_id: Annotated[str, Meta(max_length=255)] | UnsetType | None = UNSET
    channel: Channel | UnsetType | None = UNSET
    locale: Annotated[str, Meta(max_length=35)] | UnsetType | None = UNSET
    mode: Mode | UnsetType | None = UNSET
    deadline_ms: Annotated[int, Meta(ge=0, le=60_000)] | UnsetType | None = UNSET
    context: Data = UNSET
    as_of: Instant = UNSET
    stream: bool | UnsetType = UNSET


class Tracked(Struct):
    """How the outcomes of a message are told without a key."""

    impression_url: str
    click_url: str | None
    token: str


class Chosen(Struct):
    """One chosen message; `pi` and `how` for secret keys only."""

    placement: str
    slot: int
    message: str
    variant: str
    content: JsonObject
    content_ref: str
    pi: float | UnsetType = UNSET
    how: How | UnsetType = UNSET
    track: Tracked | UnsetType = UNSET


class Decided(Struct):
    """A decision; `decision_id` is null where it could not be recorded."""

    decision_id: str | None
    bundle: str
    status: Status
    not_before: str | None
    items: list[Chosen]
    model: int | UnsetType = UNSET
    arm: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    resolution: Literal["leaf_only"] | UnsetType = UNSET
    explain: JsonObject | UnsetType = UNSET
    stream_url: str | UnsetType = UNSET


class Worth(Struct):
    """An amount of money."""

    amount: Annotated[float, Meta(ge=-1e12, le=1e12)]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] | UnsetType | None = UNSET


class Outcome(Struct, rename={"user_id": "userId", "anonymous_id": "anonymousId"}):
    """What came of a decision, or a goal that somebody reached."""

    outcome_id: Annotated[str, Meta(min_length=1, max_length=255)] | int
    kind: OutcomeKind
    decision_id: Text = UNSET
    placement: Text = UNSET
    slot: Annotated[int, Meta(ge=0, lt=1_000)] | UnsetType | None = UNSET
    subject: AskedFor | UnsetType = UNSET
    user_id: Id = UNSET
    anonymous_id: Id = UNSET
    goal: Text = UNSET
    at: Instant = UNSET
    value: Worth | UnsetType | None = UNSET


class OutcomeStatus(Struct):
    """What became of one outcome."""

    outcome_id: str
    status: Literal["stored", "known", "waiting", "orphan", "refused"]
    message: str | UnsetType = UNSET


class Health(Struct):
    """Whether the server is well, and why not."""

    status: Literal["ok", "not ready"]
    reason: str | UnsetType = UNSET


class Persons(Struct):
    """Persons before or after a change, of the first 50 everything that may change."""

    persons: int
    shown: list[JsonObject]


class Said(Struct):
    """What a statement changes; the id of a preview is null."""

    operation_id: str | None
    kind: Literal["link", "cut", "separate", "restore", "release", "undo"]
    preview: bool
    before: Persons
    after: Persons
    position: int | UnsetType = UNSET
    waiting: int | UnsetType = UNSET


class SimulationWish(Struct):
    """A draft and the past decisions to hold it against."""

    files: list[tuple[str, str]] | UnsetType = UNSET
    metric: str | UnsetType = UNSET
    placement: str | UnsetType = UNSET
    from_: str | UnsetType = field(name="from", default=UNSET)
    to: str | UnsetType = UNSET
    zone: str | UnsetType = UNSET
    segment: str | UnsetType = UNSET


class Simulated(Struct):
    """What a draft would have chosen and earned; values are null where nobody can tell."""

    from_: str = field(name="from")
    to: str
    placement: str
    draft: JsonObject
    metric: str
    n: int
    units: int
    left_out: dict[str, int]
    unread: list[str]
    fitness: JsonObject
    logged: JsonObject | None
    target: JsonObject | None
    strata: list[JsonObject]
    messages: list[JsonObject]
    budget: list[JsonObject]
    segment: JsonObject | None
    by_model: JsonObject | None
    sentence: dict[str, str]
