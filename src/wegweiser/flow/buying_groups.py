"""Declared buying groups, and how complete they are at an account."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from wegweiser.decide.document import Documents, Loose
from wegweiser.flow.accounts import members_now, newest_day
from wegweiser.flow.mappings import DocumentBook, Put
from wegweiser.flow.tables import BUYING_GROUPS
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.profile.cell import NEVER_LAST
from wegweiser.profile.completeness import (
    BuyingGroup,
    Completeness,
    Participant,
    RoleNeed,
    completeness_of,
    told,
)
from wegweiser.profile.reading import CellAt
from wegweiser.resolve.account_side import MemberShare
from wegweiser.resolve.membership import CONFIRMED
from wegweiser.resolve.person import LeafShare
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import Wrong, wrong

KIND = "buying_group"
MOST_ROLES = 50
_FIELDS = frozenset(("kind", "key", "name", "roles"))
ReadCells = Callable[[Sequence[LeafShare]], list[CellAt]]


class People(msgspec.Struct, frozen=True):
    """The members of an account as completeness counts them, and the day they are known up to."""

    parts: tuple[MemberShare, ...]
    read_cells: ReadCells


def people_of(parts: Iterable[MemberShare], read_cells: ReadCells) -> People:
    """Keep the members of an account, with the way to their cells, until they are counted."""
    return People(tuple(parts), read_cells)


def participants(people: People, day: int) -> list[Participant]:
    """Give the confirmed members of a day, each role once, with when they were last active."""
    now = [part for part in members_now(people.parts, day) if part.status == CONFIRMED]
    return [
        Participant(part.person_id, part.role, last_active(people.read_cells(part.shares)))
        for part in now
        if part.role
    ]


def last_active(cells: Iterable[CellAt]) -> int | None:
    """Give when somebody was last active in some cells (ms), None when never."""
    newest = max((held.cell.last_seen for held in cells), default=NEVER_LAST)
    return None if newest == NEVER_LAST else newest


class NoBuyingGroups:
    """Stands where no buying group was ever declared."""

    groups: tuple[BuyingGroup, ...] = ()

    def told(self, people: People, as_of: int) -> Json:
        """Tell nothing."""
        return None


class BuyingGroups:
    """Documents of kind buying_group: for one offer the roles that a purchase needs."""

    def __init__(self, store: OperationalStore, changed: Callable[[], None] = lambda: None):
        """`changed` is called when another document counts from now on."""
        self._documents = DocumentBook(store, BUYING_GROUPS)
        self._changed = changed
        self._read()

    def _read(self) -> None:
        self.groups = tuple(_group(document) for document in self._documents.all())

    def of(self, people: People, as_of: int, day: int) -> list[Completeness]:
        """Give the completeness of every offer at a moment (ms), for the members of a day."""
        there = participants(people, day)
        return [completeness_of(group, there, as_of) for group in self.groups]

    def told(self, people: People, as_of: int) -> Json:
        """Write the completeness at the end of the newest day; None without any buying group."""
        if not self.groups:
            return None
        day = newest_day(people.parts, as_of - 1)
        return told(self.of(people, as_of, day))

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        for found in documents.of_kind(KIND):
            _check(found)

    def put(self, documents: Documents) -> Put:
        """Keep what was checked; accounts are read anew from now on."""
        kept = self._documents.put([one.fields for one in documents.of_kind(KIND)])
        if kept.created or kept.changed:
            self._read()
            self._changed()
        return kept


def _check(found: Loose) -> None:
    for field in found.fields:
        if field not in _FIELDS:
            hint = wrong("known", names="name, roles")
            raise _refused(found, wrong("no_field", kind=KIND, name=field, hint=hint))
    roles = found.fields.get("roles")
    if not isinstance(roles, dict) or not 0 < len(roles) <= MOST_ROLES:
        raise _refused(found, wrong("no_roles", kind=KIND))
    for role, need in roles.items():
        try:
            read = msgspec.convert(need, RoleNeed)
        except msgspec.ValidationError:
            read = RoleNeed(0)
        if not role.strip() or read.min < 1 or not 0 < read.weight <= 1_000:
            raise _refused(found, wrong("no_need", kind=KIND, role=repr(role)))


def _refused(found: Loose, fault: Wrong) -> DocumentRefused:
    return DocumentRefused(found.file, found.line, fault)


def _group(document: JsonObject) -> BuyingGroup:
    key = str(document["key"])
    roles = msgspec.convert(document["roles"], dict[str, RoleNeed])
    name = document.get("name")
    return BuyingGroup(key, name if isinstance(name, str) else key, roles)
