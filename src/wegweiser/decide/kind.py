"""The kinds of configuration documents and the terms that they become."""

from difflib import get_close_matches
from typing import Literal

import msgspec

from wegweiser.terms.message import Channel, Goal, Message, Placement, RuleText, Variant
from wegweiser.terms.policy import Arms, Cap, Endpoint, Exploration


class ConsentMap(msgspec.Struct, frozen=True):
    """The purpose that each channel needs, where it differs from the built-in one."""

    channels: dict[Channel, str] = {}


class LooseVariant(Variant, frozen=True, kw_only=True, omit_defaults=True):
    """A variant in a document of its own; `message` names the message that it belongs to."""

    message: str


Object = (
    Message | LooseVariant | Placement | Goal | Cap | Endpoint | Arms | Exploration | ConsentMap
)
Kind = Literal[
    "message",
    "variant",
    "placement",
    "goal",
    "cap",
    "endpoint",
    "arms",
    "exploration",
    "consent",
]

TYPE_OF_KIND: dict[str, type[Object]] = {
    "message": Message,
    "variant": LooseVariant,
    "placement": Placement,
    "goal": Goal,
    "cap": Cap,
    "endpoint": Endpoint,
    "arms": Arms,
    "exploration": Exploration,
    "consent": ConsentMap,
}
# There is one of each of these, so they carry no key.
SINGLE_KINDS = frozenset({"arms", "exploration", "consent"})
INNER_TYPES: dict[str, type[msgspec.Struct]] = {"variants": Variant, "rules": RuleText}


class Described(msgspec.Struct, frozen=True):
    """One object of a document with the file and line where it begins."""

    kind: str
    key: str
    value: Object
    file: str
    line: int

    @property
    def name(self) -> str:
        """The kind and key, under which the object is applied."""
        return f"{self.kind} {self.key}".strip()


def suggest(name: str, known: list[str]) -> str:
    """Say which known name was probably meant, and otherwise which there are.

    >>> suggest("mesage", ["goal", "message"])
    'did you mean message?'
    >>> suggest("x", ["goal", "message"])
    'known are goal, message'
    """
    close = get_close_matches(name[:64], known, n=1, cutoff=0.55)
    return f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
