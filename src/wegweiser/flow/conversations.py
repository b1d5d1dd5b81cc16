"""Conversations that sales people tell of: one event for each person who took part."""

import msgspec

from wegweiser.collect.conversation import Conversation, element_of, read_conversation
from wegweiser.flow.callers import Callers
from wegweiser.flow.loader import Loader
from wegweiser.flow.views import Views
from wegweiser.ports.clock import Clock
from wegweiser.terms.errors import InputRefused, KeyRefused
from wegweiser.terms.identity import kind_of, value_of
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.record import Tally
from wegweiser.terms.source import Caller
from wegweiser.terms.wrong import wrong

SOURCE = "conversations"
_STATED = {"user_id": "userId", "anonymous_id": "anonymousId"}


class Logged(msgspec.Struct, frozen=True):
    """The messages that tell of a conversation, and what became of them."""

    message_ids: tuple[str, ...]
    tally: Tally


class ConversationDesk:
    """Takes conversations from programs with a secret key, and from people who are signed in."""

    def __init__(self, callers: Callers, loader: Loader, views: Views, clock: Clock):
        self._callers = callers
        self._loader = loader
        self._views = views
        self._clock = clock

    async def log(self, body: Json, caller: Caller | None = None) -> Logged:
        """Store a conversation; without a caller it belongs to a source of its own.

        Raises InputRefused for a body that cannot be read, or a person whom nobody knows, and
        KeyRefused for a person whom this caller may not look up.
        """
        conversation = read_conversation(body)
        if caller is not None and "profile:read" not in caller.scopes:
            _refuse_looking_up(conversation)
        now = self._clock.now_ms()
        elements = [element_of(conversation, who, now) for who in self._who(conversation)]
        if caller is None:
            tally = await self._loader.take(SOURCE, elements, kind="live")
        else:
            tally = await self._loader.take_from(caller, elements)
        if tally.quarantined:
            raise InputRefused("quarantined", wrong("talk_without_id"), 422)
        return Logged(tuple(str(element["messageId"]) for element in elements), tally)

    def _who(self, conversation: Conversation) -> list[JsonObject]:
        found = [self._ids_of(name) for name in dict.fromkeys(conversation.people)]
        return [who for index, who in enumerate(found) if who not in found[:index]]

    def _ids_of(self, name: str) -> JsonObject:
        """Give the id under which an event of this person is sent."""
        field = _STATED.get(kind_of(name)) if ":" in name else None
        if field is not None and value_of(name).strip():
            return {field: value_of(name).strip()}
        person_id = self._views.find_person(name) if ":" in name else None
        known = () if person_id is None else self._views.person(person_id).identifiers
        for kind, field in _STATED.items():
            for one in known:
                if one.type == kind:
                    return {field: one.value}
        told = wrong("nobody_talked", name=repr(name))
        raise InputRefused("bad_input", told, 422, "people")


def _refuse_looking_up(conversation: Conversation) -> None:
    """Refuse names that have to be found first: the answer would tell whether somebody is known."""
    if any(kind_of(name) not in _STATED for name in conversation.people):
        told = (
            "Name people as user_id:VALUE or anonymous_id:VALUE; to find them by anything else"
            " this key needs the scope profile:read."
        )
        raise KeyRefused("forbidden", told, 403)
