"""What operators say of memberships: events of a source of their own, which can be undone."""

import msgspec

from wegweiser.flow.accounts import GROUP
from wegweiser.flow.intake import Intake
from wegweiser.flow.profile_cache import ProfileCache
from wegweiser.flow.suggestions import Suggestion, Suggestions
from wegweiser.ports.clock import Clock
from wegweiser.resolve.classes import priority_of
from wegweiser.resolve.directory import Directory
from wegweiser.resolve.membership import CONFIRMED, ENDED, LEFT_GROUP, REJECTED, STATED, UNDONE
from wegweiser.resolve.normalise import normalise
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.event import Event
from wegweiser.terms.identity import Identifier, Membership, identifier, kind_of, value_of
from wegweiser.terms.instant import DAY_MS, format_day, parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.record import Collected
from wegweiser.terms.source import SECRET_SCOPES, Caller, Trust
from wegweiser.terms.ulid import ulid
from wegweiser.terms.wrong import wrong

SOURCE = "operator"
# Nobody holds a key of this source: only whoever may run operations speaks through it.
OPERATOR = Caller(SOURCE, "live", Trust.OPERATOR, SECRET_SCOPES)
_OWN_FIELDS = frozenset(("user_id", "anonymous_id"))


class Said(msgspec.Struct, frozen=True):
    """A statement that was stored; `operation_id` is what undoes it."""

    operation_id: str
    group_id: str
    identifier: Identifier
    status: str
    role: str


class Terms(msgspec.Struct, frozen=True):
    """Role and days (ISO 8601, "" where none is stated) of a membership."""

    role: str = ""
    since: str = ""
    until: str = ""


class AccountDesk:
    """Takes statements about memberships; every one is stored before it is answered."""

    def __init__(
        self,
        directory: Directory,
        suggestions: Suggestions,
        intake: Intake,
        clock: Clock,
        views: ProfileCache,
    ):
        self._directory = directory
        self._suggestions = suggestions
        self._intake = intake
        self._clock = clock
        self._views = views
        self._last_at = 0

    async def confirm(self, account: Identifier, person: Identifier, terms: Terms) -> Said:
        """Say that somebody belongs to an account; a suggestion holds from when it was one."""
        group_id = self._account(account)
        suggestion = self._suggestion(group_id, self._person(person))
        if suggestion is None:
            return await self._say(group_id, person, CONFIRMED, terms)
        since = terms.since or format_day(suggestion.since // DAY_MS)
        terms = msgspec.structs.replace(terms, since=since)
        return await self._say(group_id, suggestion.address, CONFIRMED, terms)

    async def reject(self, account: Identifier, person: Identifier) -> Said:
        """Say that somebody does not belong: a claim ends, a suggestion never comes again."""
        group_id = self._account(account)
        suggestion = self._suggestion(group_id, self._person(person))
        name = person if suggestion is None else suggestion.address
        return await self._say(group_id, name, REJECTED, Terms())

    async def remove(self, account: Identifier, person: Identifier, terms: Terms) -> Said:
        """Say that somebody left an account today, or on the day of `terms`."""
        return await self._say(self._account(account), person, ENDED, terms)

    async def undo(self, operation_id: str) -> Said:
        """Take a statement back, as if it had never been made; raises NotFound."""
        found = self._directory.account_book.roster.said_as(operation_id)
        if found is None:
            raise NotFound(wrong("no_statement", name=repr(operation_id)))
        return await self._say(
            found.group_id, found.member, UNDONE, Terms(found.role), undoes=operation_id
        )

    async def leave(
        self, account: Identifier, person: Identifier, role: str, caller: Caller
    ) -> Identifier:
        """Let somebody leave an account, as the holder of a key says; gives the message id."""
        group_id, name = self._account(account), self._named(person)
        self._require_member(group_id, person, role)
        properties: JsonObject = {"groupId": group_id}
        event = self._event(LEFT_GROUP, name, properties | ({"role": role} if role else {}), {})
        await self._append(caller, event)
        return event.message_id

    def statements(self, group_id: str = "") -> list[Membership]:
        """Give what operators said of memberships, newest first, of one account or of all."""
        book = self._directory.account_book
        names = book.together(group_id) if group_id else frozenset()
        said = [item for item in book.roster.said() if not names or item.group_id in names]
        return sorted(said, key=lambda item: (item.at, item.message_id), reverse=True)

    async def _say(
        self, group_id: str, person: Identifier, status: str, terms: Terms, undoes: str = ""
    ) -> Said:
        name = self._named(person)
        stated: JsonObject = {"status": status, "role": terms.role}
        for field, moment in (("from", terms.since), ("to", terms.until)):
            if moment:
                stated[field] = _checked(field, moment)
        if undoes:
            stated["undoes"] = undoes
        event = self._event(STATED, name, {"groupId": group_id}, {"membership": stated})
        await self._append(OPERATOR, event)
        return Said(event.message_id, group_id, name, status, terms.role)

    def _event(
        self, what: str, name: Identifier, properties: JsonObject, context: JsonObject
    ) -> Event:
        kind, value = kind_of(name), value_of(name)
        # Two words within one millisecond are told apart, so that the later one is the last.
        now = self._last_at = max(self._clock.now_ms(), self._last_at + 1)
        named: list[Json] = [{"id": value, "type": kind, "collection": "users", "encoding": "none"}]
        further: JsonObject = {} if kind in _OWN_FIELDS else {"externalIds": named}
        return Event(
            type="track",
            event=what,
            message_id="mem_" + ulid(now, self._clock.random_bytes(10)),
            at=now,
            user_id=value if kind == "user_id" else "",
            anonymous_id=value if kind == "anonymous_id" else "",
            properties=properties,
            context={"active": False, **context, **further},
        )

    async def _append(self, caller: Caller, event: Event) -> None:
        # Said here and not sent: nothing of it is to be read, checked or screened.
        record = Collected(
            received_at=event.at,
            source_id=caller.source_id,
            trust=caller.trust,
            kind=caller.kind,
            events=(event,),
        )
        await self._intake.append(record)

    def _account(self, name: Identifier) -> str:
        found = self._views.find_account(name if ":" in name else identifier(GROUP, name))
        if found is None:
            raise NotFound(wrong("no_account"))
        return found

    def _person(self, name: Identifier) -> str:
        found = self._views.find_person(name) if ":" in name else None
        if found is None:
            raise NotFound(wrong("nobody_known", name=repr(name)))
        return found

    def _require_member(self, group_id: str, person: Identifier, role: str) -> None:
        windows = self._directory.windows_of(self._person(person))
        held = [one for one in windows if one.group_id == group_id and one.status != REJECTED]
        if not any(role in ("", one.role) for one in held):
            if role and held:
                raise NotFound(wrong("never_member_as", role=repr(role)))
            raise NotFound(wrong("never_member"))

    def _suggestion(self, group_id: str, person_id: str) -> Suggestion | None:
        now = self._clock.now_ms()
        found = self._suggestions.of_account(group_id, now)
        return next((one for one in found if one.person_id == person_id), None)

    def _named(self, name: Identifier) -> Identifier:
        """Give the identifier that a statement is bound to: the named one, or the best known."""
        person_id = self._person(name)
        if kind_of(name) != "person_id":
            return identifier(kind_of(name), normalise(kind_of(name), value_of(name)) or "")
        members = self._directory.members(person_id)
        return min(members, key=lambda one: (priority_of(one), one))


def _checked(field: str, moment: str) -> str:
    if parse_instant(moment) is None:
        raise InputRefused("bad_input", wrong("a_day", name=field), 422, field)
    return moment
