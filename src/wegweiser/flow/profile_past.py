"""Cells as they were at a moment: whole days from their cells, the day of it from its events."""

from collections.abc import Collection, Sequence

import msgspec

from wegweiser.flow.person_events import PersonEvents
from wegweiser.flow.unify import Unifier
from wegweiser.profile.aged import BASE_DAY
from wegweiser.profile.cell import Cell, add_contact
from wegweiser.profile.fold import PROOF_FLAG, fold_event
from wegweiser.profile.priority import source_priority
from wegweiser.profile.reading import CellAt, contact_at
from wegweiser.resolve.membership import is_only_said
from wegweiser.resolve.person import LeafShare
from wegweiser.terms.instant import DAY_MS, HOUR_MS, day_of
from wegweiser.terms.profile_detail import FoundEvent, WantedEvents
from wegweiser.terms.source import Trust

EVENTS_AT_ONCE = 500
# Of old days that were put together no more events than these are folded again.
MOST_AGAIN = 5_000
# Cells by leaf, day and scope.
Cells = dict[tuple[str, int, str], Cell]


class Past(msgspec.Struct, frozen=True):
    """Cells at a moment, and how exact they are.

    "millisecond", "day" (they end with the day before), or "recent" (what is older than the
    days that are kept one by one is left out).
    """

    cells: list[CellAt]
    precision: str


class ProfilePast:
    """Looks back: what was known is folded again from what happened until then."""

    def __init__(self, events: PersonEvents, unifier: Unifier):
        self._events = events
        self._unifier = unifier

    async def cells_at(
        self,
        cells: Sequence[CellAt],
        shares: Sequence[LeafShare],
        at: int,
        scopes: Collection[str] | None = None,
    ) -> Past:
        """Give the cells of the same leaves as they were at a moment (ms).

        The events of the day of that moment are read again, and so are those of old days that
        are kept in one cell with later ones.
        """
        today = day_of(at)
        cut = [held for held in cells if _is_cut(held, at)]
        before = [held for held in cells if held.day < today and not _is_cut(held, at)]
        partly = [held for held in cells if held.day == today]
        if not (cut or partly):
            return Past(before, "millisecond")
        if sum(map(_events_in, cut)) > MOST_AGAIN:
            return Past(before, "recent")
        leaves = {held.leaf for held in cut}
        again = [share for share in shares if share.leaf in leaves]
        old = await self._folded(again, 0, today * DAY_MS, scopes) if cut else {}
        fresh = await self._folded(shares, today * DAY_MS, at + 1, scopes) if partly else {}
        exact = _reached(fresh, at) >= sum(_counted(held.cell, at) for held in partly)
        fresh = {**old, **(fresh if exact else {})}
        for held in (*partly, *cut) if exact else cut:
            _note_contacts(fresh, held, at)
        parts = {share.leaf: share.part_of for share in shares}
        places = sorted(fresh)
        now = [CellAt(*place, fresh[place], parts.get(place[0], "")) for place in places]
        return Past([*before, *now], "millisecond" if exact else "day")

    async def _folded(
        self,
        shares: Sequence[LeafShare],
        start: int,
        end: int,
        scopes: Collection[str] | None,
    ) -> Cells:
        """Fold the events of a span of time."""
        fresh: Cells = {}
        wanted = WantedEvents(start=start, end=end, limit=EVENTS_AT_ONCE, newest_first=False)
        while True:
            page = await self._events.page(shares, wanted, scopes)
            for one in page.events:
                self._fold(fresh, one, shares)
            if page.more is None:
                return fresh
            wanted = msgspec.structs.replace(wanted, after=page.more)

    def _fold(self, fresh: Cells, one: FoundEvent, shares: Sequence[LeafShare]) -> None:
        event, trust = one.event, Trust(one.trust)
        if is_only_said(event, trust):
            return
        priority = source_priority(trust, one.kind, PROOF_FLAG in event.flags)
        table = self._unifier.counting(one.spot[1])
        day = day_of(event.at)
        for leaf, scope in ((one.leaf, one.scope), (one.account_leaf, "")):
            if any(share.leaf == leaf and share.covers(day) for share in shares):
                cell = fresh.setdefault((leaf, day, scope), Cell())
                of_leaf = table if leaf == one.leaf else None
                fold_event(
                    cell, event, trust, priority, leaf, one.received_at, one.source_id, of_leaf
                )


def _is_cut(held: CellAt, at: int) -> bool:
    return held.day == BASE_DAY and held.cell.newest_at > at


def _note_contacts(fresh: Cells, held: CellAt, at: int) -> None:
    for entry in held.cell.contacts.values():
        contact = contact_at(entry, at)
        if contact is not None:
            place = (held.leaf, day_of(contact.at), held.scope)
            add_contact(fresh.setdefault(place, Cell()), contact)


def _reached(fresh: Cells, at: int) -> int:
    """Count the events that were folded again, of the whole hours before a moment."""
    return sum(_counted(cell, at) for cell in fresh.values())


def _counted(cell: Cell, at: int) -> int:
    """Count the events that a cell of the day holds in the whole hours before a moment."""
    hour = f"{at % DAY_MS // HOUR_MS:02d}"
    held = (one for hours in cell.counts.values() for one in hours.items())
    return sum(count for name, count in held if name < hour)


def _events_in(held: CellAt) -> int:
    return sum(sum(hours.values()) for hours in held.cell.counts.values())
