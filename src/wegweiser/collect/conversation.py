"""A conversation between sales and a buyer, told by whoever had it, as track events."""

import hashlib
import re
from typing import Annotated, Literal

import msgspec

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.event import CONVERSATION
from wegweiser.terms.instant import format_instant, parse_instant
from wegweiser.terms.json import Json, JsonObject

MOST_PEOPLE = 50
_PLACE = re.compile(r"`\$\.(\w+)")
_MISSING = re.compile(r"missing required field `(\w+)`")
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
Listed = Annotated[tuple[Short, ...], msgspec.Meta(max_length=20)]


class NextStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What was agreed, and until when (a date or moment as written)."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    due: Annotated[str, msgspec.Meta(max_length=40)] = ""


class Conversation(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Who spoke, when (ISO 8601, "" for now), about what, and what came of it.

    `people` are identifiers such as "user_id:u-42", `account` is a group id.
    """

    people: Annotated[tuple[Short, ...], msgspec.Meta(min_length=1, max_length=MOST_PEOPLE)]
    account: Annotated[str, msgspec.Meta(max_length=255)] = ""
    at: str = ""
    channel: Literal["call", "meeting", "video", "mail", "chat", "fair"]
    direction: Literal["", "inbound", "outbound"] = ""
    topics: Listed = ()
    competitors: Listed = ()
    intent: Literal["", "none", "low", "medium", "high"] = ""
    outcome: Annotated[str, msgspec.Meta(max_length=255)] = ""
    next_step: NextStep | None = None
    note: Annotated[str, msgspec.Meta(max_length=10_000)] = ""

    @property
    def group_id(self) -> str:
        """The account, also where it is written as an identifier.

        >>> Conversation(people=("user_id:u",), channel="call", account="group_id:acme").group_id
        'acme'
        """
        return self.account.removeprefix("group_id:").strip()


def read_conversation(body: Json) -> Conversation:
    """Read what was posted; raises InputRefused that names the field."""
    try:
        conversation = msgspec.convert(body, Conversation)
    except msgspec.ValidationError as error:
        told = f"The conversation cannot be read: {error}."
        raise InputRefused("bad_input", told, 422, _field_in(str(error))) from error
    if conversation.at and parse_instant(conversation.at) is None:
        told = f"at {conversation.at!r} is no time; write it like 2026-11-22T09:00:00Z."
        raise InputRefused("bad_input", told, 422, "at")
    return conversation


def _field_in(told: str) -> str | None:
    """Give the field that a fault names.

    >>> _field_in("Expected `str` - at `$.topics[0]`"), _field_in("Expected `object`")
    ('topics', None)
    """
    found = _PLACE.search(told) or _MISSING.search(told)
    return None if found is None else found[1]


def element_of(conversation: Conversation, who: JsonObject, received_at: int) -> JsonObject:
    """Write the event of one person; `who` holds a userId or anonymousId.

    The same conversation gives the same messageId, so that a repeated request stores nothing.
    """
    told = msgspec.to_builtins(conversation)
    at = parse_instant(conversation.at) if conversation.at else None
    when = format_instant(received_at if at is None else at)
    digest = hashlib.blake2b(msgspec.json.encode([told, who, when], order="sorted"))
    stated: JsonObject = {
        name: value for name, value in told.items() if name not in ("people", "account", "at")
    }
    element: JsonObject = {
        "type": "track",
        "event": CONVERSATION,
        "messageId": f"talk-{digest.hexdigest()[:40]}",
        "timestamp": when,
        "properties": stated,
        **who,
    }
    if conversation.group_id:
        element["context"] = {"groupId": conversation.group_id}
    return element
