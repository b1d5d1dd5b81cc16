"""The kinds of configuration documents that make up a bundle, and the terms that they become."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import get_args

import msgspec

from wegweiser.terms.message import Channel, Goal, Message, Placement, Variant
from wegweiser.terms.policy import (
    Arms,
    Attribute,
    Cap,
    ContactRules,
    Endpoint,
    Exploration,
    Factor,
    QuietHours,
    Sequence,
    Suppression,
)
from wegweiser.terms.wrong import Wrong, wrong

Object = msgspec.Struct


class ConsentMap(msgspec.Struct, frozen=True):
    """The purpose that each channel needs, where it differs from the built-in one."""

    channels: dict[Channel, str] = {}


class LooseVariant(Variant, frozen=True, kw_only=True, omit_defaults=True):
    """A variant in a document of its own; `message` names the message that it belongs to."""

    message: str


class Deleted(msgspec.Struct, frozen=True):
    """Stands for an object that a document takes out with `deleted: true`."""


class Kind(msgspec.Struct, frozen=True):
    """What the documents of a kind become: the term, and the field of the bundle that holds it.

    Of a `single` kind there is one document, without a key.
    """

    type: type[Object]
    field: str
    single: bool = False


KINDS: Mapping[str, Kind] = {
    "message": Kind(Message, "messages"),
    "variant": Kind(LooseVariant, "messages"),
    "placement": Kind(Placement, "placements"),
    "goal": Kind(Goal, "goals"),
    "cap": Kind(Cap, "caps"),
    "endpoint": Kind(Endpoint, "endpoints"),
    "attribute": Kind(Attribute, "attributes"),
    "factor": Kind(Factor, "factors"),
    "suppression": Kind(Suppression, "suppressions"),
    "sequence": Kind(Sequence, "sequences"),
    "quiet_hours": Kind(QuietHours, "quiet_hours", single=True),
    "contact_rules": Kind(ContactRules, "contact_rules", single=True),
    "arms": Kind(Arms, "arms", single=True),
    "exploration": Kind(Exploration, "exploration", single=True),
    "consent": Kind(ConsentMap, "consent", single=True),
}
# What every kind but the two that are put together here is kept as: a field of parts with keys.
KEYED = {name: one.field for name, one in KINDS.items() if not one.single and name != "variant"}
SINGLE = {name: one.field for name, one in KINDS.items() if one.single}


class Described(msgspec.Struct, frozen=True):
    """One object of a document with the file, the line where it begins, and those of its parts."""

    kind: str
    key: str
    value: Object
    file: str
    line: int
    lines: Mapping[str, int] = {}

    @property
    def name(self) -> str:
        """The kind and key, under which the object is applied."""
        return f"{self.kind} {self.key}".strip()


def struct_in(found: object) -> type[msgspec.Struct] | None:
    """Give the struct that a type of a field holds, alone or in a tuple, None without one.

    >>> struct_in(tuple[Variant, ...]) is Variant, struct_in(str)
    (True, None)
    """
    if isinstance(found, type) and issubclass(found, msgspec.Struct):
        return found
    return next((inner for inner in map(struct_in, get_args(found)) if inner is not None), None)


def suggest(name: str, known: list[str]) -> Wrong:
    """Say which known name was probably meant, and otherwise which there are.

    >>> suggest("mesage", ["goal", "message"]).said()
    'did you mean message?'
    >>> suggest("x", ["goal", "message"]).said("de")
    'bekannt sind goal, message'
    """
    close = get_close_matches(name[:64], known, n=1, cutoff=0.55)
    return wrong("meant", name=close[0]) if close else wrong("known", names=", ".join(known))


def missing(kind: str, key: str, known: list[str]) -> Wrong:
    """Say that what is referred to does not exist, and what was probably meant."""
    hint = suggest(key, known) if known else wrong("none_of_kind")
    return wrong("missing_object", kind=kind, key=key, hint=hint)
