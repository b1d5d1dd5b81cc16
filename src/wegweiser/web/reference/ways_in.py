"""The other ways in: webhooks of any shape, and conversations that people tell of."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from wegweiser.web.examples import STORED
from wegweiser.web.reference.documented import NO_KEY, READ_KEY, Documented, Family

_TALK = """{"account": "acme", "people": ["user_id:u-42"], "at": "2025-11-22T09:41:07Z",
 "channel": "call", "direction": "outbound", "topics": ["sso"], "competitors": ["Globex"],
 "intent": "high", "outcome": "wants an offer",
 "next_step": {"text": "send the offer", "due": "2025-11-29"},
 "note": "Prefers the afternoon."}"""
_TOLD = '{"success": true, "message_ids": ["talk-5f0c1d7a"]}'
Text = Annotated[str, Meta(min_length=1, max_length=255)]
Listed = Annotated[list[Text], Meta(max_length=20)]


class NextStep(Struct):
    """What was agreed."""

    text: Annotated[str, Meta(min_length=1, max_length=500)]
    due: Annotated[str, Meta(max_length=40)] | UnsetType = UNSET


class Talk(Struct):
    """A conversation between sales and buyers."""

    people: Annotated[list[Text], Meta(min_length=1, max_length=50)]
    channel: Literal["call", "meeting", "video", "mail", "chat", "fair"]
    account: Annotated[str, Meta(max_length=255)] | UnsetType = UNSET
    at: str | UnsetType = UNSET
    direction: Literal["", "inbound", "outbound"] | UnsetType = UNSET
    topics: Listed | UnsetType = UNSET
    competitors: Listed | UnsetType = UNSET
    intent: Literal["", "none", "low", "medium", "high"] | UnsetType = UNSET
    outcome: Annotated[str, Meta(max_length=255)] | UnsetType = UNSET
    next_step: NextStep | UnsetType | None = UNSET
    note: Annotated[str, Meta(max_length=10_000)] | UnsetType = UNSET


class Told(Struct):
    """The ids of the events, one for each person."""

    success: bool
    message_ids: list[str]


FAMILY = Family(
    "Other ways in",
    "A webhook is declared in configuration, with a mapping that makes events of what it brings;\n"
    "`wegweiser hook list` shows its address, which holds a part that nobody guesses. A delivery\n"
    "is answered 200 when it was kept, whether it could be mapped or not, and counts then say\n"
    "what became of it. A wrong signature is 401 and stores nothing.",
    (
        Documented(
            "POST",
            ("/v1/inbound/{hook}",),
            "Takes a delivery of another system: JSON, a form or text, of up to 4 MiB.",
            NO_KEY,
            '{"anything": 1}',
            STORED,
            refusals=(401,),
        ),
        Documented(
            "GET",
            ("/v1/inbound/{hook}",),
            "Takes a delivery whose content is its query, or answers a provider's handshake.",
            NO_KEY,
            "",
            STORED,
            refusals=(401, 429),
        ),
        Documented(
            "POST",
            ("/v1/conversations",),
            "Stores a conversation as one event `Sales Conversation Logged` for each person, about"
            " the account. `note` is for people to read; no rule ever sees it. Somebody who is"
            " signed in needs no key.",
            READ_KEY,
            _TALK,
            _TOLD,
            takes=Talk,
            gives=Told,
            refusals=(422,),
        ),
    ),
)
