"""Batches, lists of decisions and flags as types, for the schemas of openapi.json."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from wegweiser.terms.decision import Status
from wegweiser.terms.json import JsonObject
from wegweiser.terms.message import Channel
from wegweiser.web.reference.shapes import AskedFor, Data, Refusal

Key = Annotated[str, Meta(min_length=1)]


class BatchWish(Struct):
    """Whom to decide for: up to 1,000 subjects, or all members of a segment."""

    placement: Key
    subjects: Annotated[list[AskedFor | str], Meta(min_length=1, max_length=1_000)] | UnsetType = (
        UNSET
    )
    segment: Key | UnsetType = UNSET
    request_id: Annotated[str, Meta(max_length=255)] | UnsetType | None = UNSET
    channel: Channel | UnsetType | None = UNSET
    locale: Annotated[str, Meta(max_length=35)] | UnsetType | None = UNSET
    context: Data = UNSET


class BatchTold(Struct):
    """How far a batch is; `counts` by the status of decisions, `refused` and `erased`."""

    batch_id: str
    status: Literal["running", "done", "cancelled"]
    placement: str
    total: int
    done: int
    left: int
    counts: dict[str, int]
    created_at: str
    ended_at: str | None
    segment: str | UnsetType = UNSET


class ItemTold(Struct):
    """One message that was chosen."""

    placement: str
    slot: int
    message: str
    variant: str
    pi: float
    how: str


class ResultTold(Struct):
    """What was decided for one subject; `waiting` while it was not, `undecided` after the end."""

    number: int
    status: Status | Literal["waiting", "undecided"]
    subject: JsonObject | UnsetType = UNSET
    decision_id: str | UnsetType = UNSET
    items: list[ItemTold] | UnsetType = UNSET


class ResultPage(Struct):
    """Results, and the number that the next page begins at."""

    results: list[ResultTold]
    next: int | None


class DecisionTold(Struct):
    """One decision of the past."""

    decision_id: str
    request_id: str
    at: str
    subject: JsonObject
    placements: list[str]
    status: Status
    reason: str
    arm: str
    bundle: str
    model: int
    items: list[ItemTold]


class DecisionPage(Struct):
    """Decisions, oldest first, and the id to go on after."""

    decisions: list[DecisionTold]
    next: str | None


class FlagContext(Struct, rename="camel"):
    """Whom flags are evaluated for; whatever else it holds can be read by rules."""

    targeting_key: Key


class FlagQuestion(Struct):
    """What is sent to evaluate flags."""

    context: FlagContext


class FlagTold(Struct):
    """One flag; without `value` the caller's own default counts."""

    key: str
    reason: Literal["TARGETING_MATCH", "SPLIT", "DISABLED", "UNKNOWN"]
    variant: str
    metadata: dict[str, str | float | bool]
    value: JsonObject | UnsetType = UNSET


class EventStream(Struct, rename={"inactivity_delay_sec": "inactivityDelaySec"}):
    """Where changes are told."""

    type: Literal["sse"]
    url: str
    inactivity_delay_sec: int


class FlagsTold(Struct, rename={"event_streams": "eventStreams"}):
    """All flags."""

    flags: list[FlagTold]
    metadata: dict[str, str]
    event_streams: list[EventStream] | UnsetType = UNSET


class FlagRefusal(Refusal, rename={"error_code": "errorCode", "error_details": "errorDetails"}):
    """An error of OFREP, with what stands in every error."""

    error_code: Literal[
        "PARSE_ERROR", "TARGETING_KEY_MISSING", "INVALID_CONTEXT", "FLAG_NOT_FOUND", "GENERAL"
    ]
    error_details: str
    key: str | UnsetType = UNSET
