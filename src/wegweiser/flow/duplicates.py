"""Which messages were stored before: a recent window, filters, and a table that decides."""

from wegweiser.collect.duplicate import DayFilter, RecentWindow
from wegweiser.flow.tables import SEEN_ERAS, seen_table
from wegweiser.ports.operational_store import Change, OperationalStore

WINDOW = 500_000
FIRST_FILTER = 1_000_000
GROWTH = 4


class _GrowingFilter:
    """Filters of rising size, so that few of them answer for any number of messages."""

    def __init__(self) -> None:
        self._capacity = FIRST_FILTER
        self._room = FIRST_FILTER
        self._filters = [DayFilter(FIRST_FILTER)]

    def add(self, mark: bytes) -> bool:
        """Remember a fingerprint; False when it was certainly not there before."""
        if self._room == 0:
            self._capacity *= GROWTH
            self._room = self._capacity
            self._filters.append(DayFilter(self._capacity))
        self._room -= 1
        older = self._filters[:-1]
        return self._filters[-1].add(mark) or any(part.may_contain(mark) for part in older)


class SeenMessages:
    """Admits each fingerprint (16 bytes of source and messageId) once, for ever.

    The window holds at least everything that is not yet committed; what the filter may
    contain is looked up in the tables, so neither decides alone.
    """

    def __init__(self, store: OperationalStore):
        self._store = store
        self._window = RecentWindow(WINDOW)
        self._filter = _GrowingFilter()
        self.tables = [key.decode() for key, _ in store.scan(SEEN_ERAS)]
        self._fresh: list[Change] = []
        for table in self.tables:
            for mark, _ in store.scan(table):
                self._filter.add(mark)

    def admit(self, mark: bytes, received_at: int) -> bool:
        """Remember a fingerprint; False when it was there before."""
        if self._window.seen(mark):
            return False
        if self._filter.add(mark) and self._stored(mark):
            return False
        self._window.mark(mark)
        self._note(mark, seen_table(received_at))
        return True

    def _note(self, mark: bytes, table: str) -> None:
        if table not in self.tables:
            self.tables.append(table)
            self._fresh.append(Change(SEEN_ERAS, table.encode(), b""))
        self._fresh.append(Change(table, mark, b""))

    def _stored(self, mark: bytes) -> bool:
        return any(self._store.get(table, [mark])[0] is not None for table in self.tables)

    def drain(self) -> list[Change]:
        """Hand over what is not yet committed."""
        fresh, self._fresh = self._fresh, []
        return fresh
