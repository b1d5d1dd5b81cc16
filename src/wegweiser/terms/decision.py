"""A question for the best message, and the answer with everything needed to defend it."""

from typing import Literal

import msgspec

from wegweiser.terms.json import JsonObject
from wegweiser.terms.message import Channel

Status = Literal["decided", "nothing", "deferred", "fallback"]
How = Literal["best", "sampled", "floor", "arm", "fallback"]
Mode = Literal["serve", "explain", "simulate"]


class Subject(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who is asked about, as "type:value" identifiers; empty text means not stated."""

    person: str = ""
    device: str = ""
    account: str = ""


class Ask(msgspec.Struct, frozen=True, omit_defaults=True):
    """One placement that wants up to `max` items."""

    key: str
    max: int = 1


class Situation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request for a decision; the same `request_id` gives the same answer for ever."""

    request_id: str
    subject: Subject
    placements: tuple[Ask, ...]
    channel: Channel | None = None
    locale: str = ""
    asked: tuple[str, ...] = ()
    mode: Mode = "serve"
    deadline_ms: int = 80
    context: JsonObject = {}


class Drop(msgspec.Struct, frozen=True, omit_defaults=True):
    """One reason and all candidates that it removed.

    `candidates` are little-endian uint16 indexes into the bundle's sorted candidates.
    """

    step: str
    reason: str
    candidates: bytes
    detail: str = ""
    until: int | None = None


class Draw(msgspec.Struct, frozen=True):
    """The selection of one slot, so that it can be derived again by integer comparison.

    `candidates` are uint16 indexes (65535 = nothing), `weights` their uint64 selection
    probabilities in units of 2**-32 with sum 2**32, `drawn` the 32-bit random integer.
    """

    placement: str
    slot: int
    candidates: bytes
    weights: bytes
    drawn: int
    chosen: int
    how: How


class Item(msgspec.Struct, frozen=True):
    """One chosen message; `pi` is its selection probability, never its response probability."""

    placement: str
    slot: int
    message: str
    variant: str
    pi: float
    how: How


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The record of one decision, written before the answer and never changed.

    `facts` is what was known of the subject at that moment, so that the choice can be explained
    and computed again.
    """

    decision_id: str
    request_id: str
    body_digest: str
    at: int
    subject: Subject
    person_id: str = ""
    leaf: str = ""
    group_id: str = ""
    unit_id: str = ""
    unit_kind: Literal["person", "account"] = "person"
    channel: str = ""
    bundle: str = ""
    model: int = 0
    arm: str = "main"
    ghost: bool = False
    status: Status = "decided"
    reason: str = ""
    items: tuple[Item, ...] = ()
    draws: tuple[Draw, ...] = ()
    drops: tuple[Drop, ...] = ()
    candidates: int = 0
    features: JsonObject = {}
    facts: JsonObject = {}
    source_id: str = ""
    locale: str = ""
    asked: tuple[str, ...] = ()
