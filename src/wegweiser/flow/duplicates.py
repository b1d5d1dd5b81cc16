"""Which messages were stored before: a recent window, filters, and a table that decides."""

from collections.abc import Iterator, Sequence
from itertools import islice

from wegweiser.collect.duplicate import MarkFilter, RecentWindow
from wegweiser.flow.tables import SEEN_ERAS, seen_table
from wegweiser.ports.operational_store import Change, OperationalStore

WINDOW = 500_000
# How many marks leave the window at once: enough to be cheap, few enough to delay nobody.
MOVED = 10_000
FIRST_FILTER = 1_000_000
GROWTH = 4


class _GrowingFilter:
    """Filters of rising size, so that few of them answer for any number of messages."""

    def __init__(self) -> None:
        self._capacity = 0
        self._room = 0
        self._filters: list[MarkFilter] = []

    def add_all(self, marks: Sequence[bytes]) -> None:
        """Remember fingerprints."""
        if self._room < len(marks):
            self._capacity = max(self._capacity * GROWTH, FIRST_FILTER)
            self._room = self._capacity
            self._filters.append(MarkFilter(self._capacity))
        self._room -= len(marks)
        self._filters[-1].add_all(marks)

    def may_contain(self, mark: bytes) -> bool:
        """Say no only if the fingerprint was certainly never added."""
        for part in self._filters:  # noqa: SIM110 - a generator costs more, on every event
            if part.may_contain(mark):
                return True
        return False


class SeenMessages:
    """Admits each fingerprint (16 bytes of source and messageId) once, for ever.

    The window alone knows the newest, at least all that is not yet committed; older ones are
    in the filter, and what that may contain is looked up in the tables.
    """

    def __init__(self, store: OperationalStore):
        self._store = store
        self._window = RecentWindow()
        self._filter = _GrowingFilter()
        self.tables = [key.decode() for key, _ in store.scan(SEEN_ERAS)]
        self._fresh: dict[str, list[bytes]] = {}
        self._fresh_tables: list[str] = []
        # How many marks are only in memory, and how many were handed over but may not be stored.
        self._pending = self._handed = 0
        for table in self.tables:
            for marks in _parts(mark for mark, _ in store.scan(table)):
                self._filter.add_all(marks)

    def admit(self, mark: bytes, received_at: int) -> bool:
        """Remember a fingerprint; False when it was there before."""
        window = self._window
        if window.seen(mark) or (self._filter.may_contain(mark) and self._stored(mark)):
            return False
        window.mark(mark)
        self._pending += 1
        # What no table holds yet must stay where it is surely found.
        if len(window) >= MOVED + (kept := max(WINDOW, self._pending + self._handed)):
            self._filter.add_all(window.take_excess(kept))
        self._note(mark, seen_table(received_at))
        return True

    def _note(self, mark: bytes, table: str) -> None:
        fresh = self._fresh.get(table)
        if fresh is None:
            fresh = self._fresh[table] = []
            if table not in self.tables:
                self.tables.append(table)
                self._fresh_tables.append(table)
        fresh.append(mark)

    def _stored(self, mark: bytes) -> bool:
        return any(self._store.get(table, [mark])[0] is not None for table in self.tables)

    def drain(self) -> list[Change]:
        """Hand over what is not yet committed."""
        fresh, self._fresh = self._fresh, {}
        eras, self._fresh_tables = self._fresh_tables, []
        self._handed, self._pending = self._handed + self._pending, 0
        return [
            *(Change(SEEN_ERAS, table.encode(), b"") for table in eras),
            *(Change(table, mark, b"") for table, marks in fresh.items() for mark in marks),
        ]

    def evict(self) -> None:
        """Know that all that was handed over is committed."""
        self._handed = 0


def _parts(marks: Iterator[bytes]) -> Iterator[list[bytes]]:
    while part := list(islice(marks, MOVED)):
        yield part
