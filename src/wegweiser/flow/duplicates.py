"""Which messages were stored before: a recent window, filters, and a table that decides."""

from collections import deque

from wegweiser.collect.duplicate import RecentWindow
from wegweiser.flow.seen_filter import SeenFilter
from wegweiser.flow.tables import ERA_DAYS, SEEN_ERAS, SEEN_FILTERS, seen_table
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.instant import DAY_MS

WINDOW = 500_000
# How many marks leave the window at once: enough to be cheap, few enough to delay nobody.
MOVED = 10_000
ERA_MS = ERA_DAYS * DAY_MS


class SeenMessages:
    """Admits each fingerprint (16 bytes of source and messageId) once, for ever.

    The window alone knows the newest, at least all that is not yet committed; older ones are
    in the filter, and what that may contain is looked up in the tables.
    """

    def __init__(self, store: OperationalStore):
        self._store = store
        self._window = RecentWindow()
        self.tables = [key.decode() for key, _ in store.scan(SEEN_ERAS)]
        self._filter = SeenFilter(store, self.tables)
        self._fresh: dict[str, list[bytes]] = {}
        self._fresh_tables: list[str] = []
        # Where the newest mark was noted, and how many more the window surely has room for.
        self._era: int | None = None
        self._of_era: list[bytes] = []
        self._room = 0
        self._in_order: list[bytes] = []
        # Marks that are handed over slice by slice, with the table of each run of them.
        self._leaving: deque[tuple[str, list[bytes]]] = deque()
        # How many marks are only in memory, and how many were handed over but may not be stored.
        self._pending = self._handed = 0

    @property
    def all_tables(self) -> list[str]:
        """Every table in which anything about messages is stored."""
        return [*self.tables, SEEN_FILTERS]

    def admit(self, mark: bytes, received_at: int) -> bool:
        """Remember a fingerprint; False when it was there before."""
        window = self._window
        if window.seen(mark) or (self._filter.may_contain(mark) and self._stored(mark)):
            return False
        window.mark(mark)
        self._pending += 1
        self._room -= 1
        if self._room < 0:
            self._make_room()
        if received_at // ERA_MS != self._era:
            self._turn_to(received_at)
        self._of_era.append(mark)
        self._in_order.append(mark)
        return True

    def _make_room(self) -> None:
        """Move the oldest marks into the filter where the window holds too many."""
        # What no table holds yet must stay where it is surely found.
        kept = max(WINDOW, self._pending + self._handed)
        if len(self._window) >= MOVED + kept:
            self._filter.add_all(self._window.take_excess(kept))
        self._room = MOVED + kept - len(self._window) - 1

    def _turn_to(self, received_at: int) -> None:
        """Note the marks that follow in the table for the era of a receive time."""
        table = seen_table(received_at)
        if table not in self._fresh:
            self._fresh[table] = []
            if table not in self.tables:
                self.tables.append(table)
                self._fresh_tables.append(table)
        self._era, self._of_era = received_at // ERA_MS, self._fresh[table]

    def _stored(self, mark: bytes) -> bool:
        return any(self._store.get(table, [mark])[0] is not None for table in self.tables)

    def drain(self) -> list[Change]:
        """Hand over what is not yet committed."""
        changes = self.begin_drain()
        while part := self.drain_slice(MOVED):
            changes += part
        return changes

    def begin_drain(self) -> list[Change]:
        """Hand over what is little, and mark the rest for the slices that follow."""
        fresh, self._fresh = self._fresh, {}
        self._era = None
        eras, self._fresh_tables = self._fresh_tables, []
        in_order, self._in_order = self._in_order, []
        self._handed, self._pending = self._handed + self._pending, 0
        self._leaving.extend(fresh.items())
        return [
            *self._filter.note(in_order),
            *(Change(SEEN_ERAS, table.encode(), b"") for table in eras),
        ]

    def drain_slice(self, most: int) -> list[Change]:
        """Hand over so many marks of those that are left; none at the end."""
        while self._leaving and not self._leaving[0][1]:
            self._leaving.popleft()
        if not self._leaving:
            return []
        table, marks = self._leaving[0]
        part = marks[-most:]
        del marks[-most:]
        return [Change(table, mark, b"") for mark in part]

    def evict(self) -> None:
        """Know that all that was handed over is committed."""
        self._handed = self._room = 0
