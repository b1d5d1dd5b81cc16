"""What a profile says in detail: each value with its source and time, and where it is written."""

from collections.abc import Callable, Collection, Iterable, Sequence

from wegweiser.flow.accounts import identifiers_of_account
from wegweiser.flow.person_events import PersonEvents, named_in
from wegweiser.flow.profile_leaves import scopes_of, shares_of
from wegweiser.flow.segments import Segments
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.profile import reading
from wegweiser.profile.reading import CellAt
from wegweiser.profile.trait import PROTECTED, standing_traits
from wegweiser.resolve.statement import Stated, read_event
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.event import Event
from wegweiser.terms.identity import Identifier, Leaf, identifier
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.profile_detail import (
    EventPage,
    FoundEvent,
    ShownIdentifier,
    ShownLink,
    ShownTrait,
    WantedEvents,
)
from wegweiser.terms.reserved_traits import Of
from wegweiser.terms.source import Trust


class ProfileReading:
    """Reads the details of persons and accounts."""

    def __init__(self, unifier: Unifier, views: Views, events: PersonEvents, segments: Segments):
        self._unifier = unifier
        self._views = views
        self._events = events
        self._segments = segments

    async def events(self, person_id: str, group_id: str, wanted: WantedEvents) -> EventPage:
        """Give a page of the events of a person, or of an account where `group_id` is named."""
        directory = self._unifier.directory
        shares = shares_of(directory, person_id, group_id)
        return await self._events.page(shares, wanted, scopes_of(directory, person_id, group_id))

    def named(self, names: Iterable[str], left_out: Iterable[str]) -> Callable[[Event], bool]:
        """Make the test for events by name."""
        return named_in(names, left_out)

    def person_of(self, leaf: Leaf) -> str | None:
        """Give the person that the events of a leaf count for now."""
        return self._unifier.person_of(leaf)

    def person_traits(self, person_id: str) -> dict[str, ShownTrait]:
        """Give the traits of a person with their writings, by name."""
        cells = self._views.cells_of(person_id)
        traits = self._views.person(person_id).traits
        return _shown(traits, cells, "person", self._views.protected)

    def account_traits(self, group_id: str) -> dict[str, ShownTrait]:
        """Give the traits of an account with their writings, by name."""
        cells = self._views.own_cells_of(group_id)
        return _shown(self._views.account(group_id).traits, cells, "account")

    def audiences(self, subject: str) -> dict[str, ShownTrait]:
        """Give the segments that a subject is or was in, as traits that are true or false."""
        self._segments.refresh(subject)
        stays = self._segments.members.standing(subject).stays
        return {
            key: ShownTrait(stay.left_at is None, stay.left_at or stay.entered_at)
            for key, stay in sorted(stays.items())
            if self._segments.get(key) is not None
        }

    def computed(self, subject: str) -> dict[str, ShownTrait]:
        """Give the computed traits of a subject, by name; `at` is since when each counts, or 0."""
        values = self._views.insight.values_of(subject)
        return {one.key: ShownTrait(one.value, one.since or 0) for one in values}

    def choices(self, person_id: str) -> list[tuple[int, JsonObject]]:
        """Give every choice on a purpose that stands at one of a person's leaves, newest first."""
        found: list[tuple[int, JsonObject]] = []
        for leaf in reading.consents(self._views.cells_of(person_id)):
            for trusted, held in ((True, leaf.trusted), (False, leaf.public)):
                for purpose, choice in held.items():
                    told: JsonObject = {
                        "purpose": purpose,
                        "status": choice.status,
                        "explicit": choice.explicit,
                        "identifier": leaf.leaf,
                        "trusted": trusted,
                        "message_id": choice.message_id,
                    }
                    if choice.expires_at:
                        told["expires_at"] = format_instant(choice.expires_at)
                    found.append((choice.at, told))
        return sorted(found, key=lambda one: (-one[0], str(one[1]["purpose"])))

    def sessions(self, person_id: str) -> list[tuple[int, int]]:
        """Give the sessions of a person as (start, end) in ms."""
        return reading.sessions(self._views.cells_of(person_id))

    def identifiers(self, person_id: str) -> list[ShownIdentifier]:
        """Give the identifiers of a person, each with the event that named it first."""
        known = self._unifier.directory.identifiers_of(person_id)
        return [self._identifier(one.type, one.value, one.status) for one in known]

    def account_identifiers(self, group_id: str) -> list[ShownIdentifier]:
        """Give what an account is called, its group id first, with the event that named it."""
        known = identifiers_of_account(self._unifier.directory, group_id)
        return [self._identifier(one.type, one.value, one.status) for one in known]

    def _identifier(self, kind: str, value: str, status: str) -> ShownIdentifier:
        name = identifier(kind, value)
        directory = self._unifier.directory
        # What only an alias names has evidence, but no event of its own.
        stated_at = (item.position for item in directory.evidence_about((name,)))
        position = directory.stored_at(name) or min(stated_at, default=0)
        record = self._events.at_position(position) if position else None
        if record is None:
            return ShownIdentifier(kind, value, status, 0)
        for event in record.events:
            try:
                stated = read_event(event, record.trust, record.source_id, position)
            except InputRefused:
                continue
            if name in _names_of(stated):
                source, message = record.source_id, event.message_id
                return ShownIdentifier(kind, value, status, record.received_at, source, message)
        return ShownIdentifier(kind, value, status, record.received_at, record.source_id)

    def accounts_of(self, person_id: str) -> tuple[ShownLink, ...]:
        """Give every membership of a person."""
        windows = self._views.accounts_of(person_id)
        return tuple(
            ShownLink(
                one.group_id,
                one.role,
                one.status,
                one.confidence,
                one.since,
                one.until,
                one.source_id,
                one.message_id,
            )
            for one in windows
        )

    def members_of(self, group_id: str) -> tuple[ShownLink, ...]:
        """Give every membership in an account."""
        return tuple(
            ShownLink(
                one.person_id,
                one.role,
                one.status,
                one.confidence,
                one.since,
                one.until,
                one.source_id,
                one.message_id,
            )
            for one in self._unifier.directory.members_of(group_id)
        )

    async def first_and_last(
        self, person_id: str, group_id: str, cells: Sequence[CellAt]
    ) -> tuple[FoundEvent | None, FoundEvent | None]:
        """Give the earliest and the latest event by event time, of those that cells tell of."""
        days = [held.day for held in cells]
        if not days:
            return None, None
        start, end = min(days) * DAY_MS, (max(days) + 1) * DAY_MS
        found: list[FoundEvent | None] = []
        for newest_first in (False, True):
            wanted = WantedEvents(start=start, end=end, limit=1, newest_first=newest_first)
            page = await self.events(person_id, group_id, wanted)
            found.append(page.events[0] if page.events else None)
        return found[0], found[1]


def _names_of(stated: Stated) -> set[Identifier]:
    """Give everything that an event names, as an alias does with the id that it replaces."""
    ends = {name for item in stated.evidence for name in item.pair}
    account = identifier("group_id", stated.scope)
    return {*stated.identifiers, *ends, stated.account_leaf, account}


def _shown(
    traits: JsonObject, cells: Sequence[CellAt], of: Of, protected: Collection[str] = PROTECTED
) -> dict[str, ShownTrait]:
    trusted, public = reading.registers(cells)
    standing = standing_traits(trusted, public, of, protected)
    found: dict[str, ShownTrait] = {}
    for key, value in sorted(traits.items()):
        one = standing.get(key)
        if one is None:
            # Made of others, as the whole name of its two parts.
            found[key] = ShownTrait(value, 0)
            continue
        writing = one.writing
        trust = Trust(writing.trust).name.lower()
        found[key] = ShownTrait(
            value, writing.at, writing.source, writing.message_id, trust, one.flags
        )
    return found
