"""Which messages were stored before: a recent window, filters, and a table that decides."""

from wegweiser.collect.duplicate import RecentWindow
from wegweiser.flow.seen_filter import SeenFilter
from wegweiser.flow.tables import SEEN_ERAS, SEEN_FILTERS, seen_table
from wegweiser.ports.operational_store import Change, OperationalStore

WINDOW = 500_000
# How many marks leave the window at once: enough to be cheap, few enough to delay nobody.
MOVED = 10_000


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
        self._in_order: list[bytes] = []
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
        self._in_order.append(mark)

    def _stored(self, mark: bytes) -> bool:
        return any(self._store.get(table, [mark])[0] is not None for table in self.tables)

    def drain(self) -> list[Change]:
        """Hand over what is not yet committed."""
        fresh, self._fresh = self._fresh, {}
        eras, self._fresh_tables = self._fresh_tables, []
        in_order, self._in_order = self._in_order, []
        self._handed, self._pending = self._handed + self._pending, 0
        return [
            *self._filter.note(in_order),
            *(Change(SEEN_ERAS, table.encode(), b"") for table in eras),
            *(Change(table, mark, b"") for table, marks in fresh.items() for mark in marks),
        ]

    def evict(self) -> None:
        """Know that all that was handed over is committed."""
        self._handed = 0
