"""One interaction between a brand and a buyer, in the words of the Segment specification."""

from typing import Literal

import msgspec

from wegweiser.terms.json import Json, JsonObject

CallType = Literal["track", "identify", "page", "screen", "group", "alias"]
CALL_TYPES: tuple[CallType, ...] = ("track", "identify", "page", "screen", "group", "alias")


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """A checked and repaired element of a request; ids are text, `at` is event time in ms.

    Empty text means absent. `claim` is the time the sender stated, as written; `enriched` is
    what the server read off the event's circumstances, never said by a sender.
    """

    type: CallType
    message_id: str
    at: int
    user_id: str = ""
    anonymous_id: str = ""
    group_id: str = ""
    previous_id: str = ""
    event: str = ""
    name: str = ""
    category: str = ""
    properties: JsonObject = {}
    traits: JsonObject = {}
    context: JsonObject = {}
    integrations: JsonObject = {}
    claim: Json = None
    sent_at: Json = None
    extra: JsonObject = {}
    repairs: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    enriched: JsonObject = {}

    @property
    def shown_name(self) -> str:
        """The name under which people see and count this event."""
        return self.event if self.type == "track" else SHOWN_NAMES[self.type]


CONVERSATION = "Sales Conversation Logged"
# What people wrote for people to read: no rule and no goal ever sees it.
FOR_READING: dict[str, tuple[str, ...]] = {CONVERSATION: ("note",)}

SHOWN_NAMES: dict[str, str] = {
    "page": "Page Viewed",
    "screen": "Screen Viewed",
    "identify": "Identified",
    "group": "Group Joined",
    "alias": "Aliased",
}


class Refused(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """An element that is set aside: kept whole, with its reason, for 30 days.

    A record that could not be mapped names its `mapping`, and has in `given` what the mapping
    knew beside it.
    """

    index: int
    code: str
    message: str
    element: Json
    message_id: str = ""
    mapping: str = ""
    given: JsonObject = {}
