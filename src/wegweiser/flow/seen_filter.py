"""The filter of all stored fingerprints, kept so that a start need not read each of them."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from wegweiser.collect.duplicate import FINGERPRINT_BYTES, MarkFilter
from wegweiser.flow.tables import SEEN_FILTERS, number_key
from wegweiser.ports.operational_store import Change, OperationalStore

FIRST_FILTER = 1_000_000
GROWTH = 4
# After so many more fingerprints the filter is written again.
MARKS_PER_SNAPSHOT = 1_000_000
MARKS_PER_ROW = 4_096
BYTES_PER_ROW = 256 * 1024
_META, _PART, _NOTED = b"m", b"p", b"n"


class _Snapshot(msgspec.Struct, frozen=True, array_like=True):
    """What a stored filter covers: the first so many fingerprints, in parts with room left."""

    covered: int
    rooms: tuple[int, ...]
    capacity: int


class SeenFilter:
    """Filters of rising size, so that few of them answer for any number of messages.

    Stored are the filter as it was at some time, and beside it, in the order in which they came,
    all fingerprints that were not in it by then.
    """

    def __init__(self, store: OperationalStore, tables: Iterable[str]):
        """Read it back; where nothing was kept, from the `tables` that hold every fingerprint."""
        self._capacity = 0
        self._rooms: list[int] = []
        self._parts: list[MarkFilter] = []
        self._changed: set[int] = set()
        # Of all fingerprints: how many are noted, are in the filter, are in the stored one.
        self._noted = self._held = self._covered = 0
        self._rows: deque[int] = deque()
        stored = store.get(SEEN_FILTERS, [_META])[0]
        self._due = stored is None
        if stored is None:
            self._read_tables(store, tables)
        else:
            self._read_back(store, msgspec.msgpack.decode(stored, type=_Snapshot))

    def _read_tables(self, store: OperationalStore, tables: Iterable[str]) -> None:
        for table in tables:
            for marks in _joined(mark for mark, _ in store.scan(table)):
                self._add(marks)
                self._held += len(marks) // FINGERPRINT_BYTES
        self._noted = self._held

    def _read_back(self, store: OperationalStore, snapshot: _Snapshot) -> None:
        self._covered, self._capacity = snapshot.covered, snapshot.capacity
        self._rooms = list(snapshot.rooms)
        for number in range(len(self._rooms)):
            rows = store.scan(SEEN_FILTERS, _PART + number_key(number))
            self._parts.append(MarkFilter.of(b"".join(bits for _, bits in rows)))
        self._noted = self._covered
        for key, marks in store.scan(SEEN_FILTERS, _NOTED):
            self._add(marks)
            self._noted = int.from_bytes(key[1:], "big")
            self._rows.append(self._noted)
        self._held = self._noted

    def may_contain(self, mark: bytes) -> bool:
        """Say no only if the fingerprint was certainly never added."""
        for part in self._parts:  # noqa: SIM110 - a generator costs more, on every event
            if part.may_contain(mark):
                return True
        return False

    def add_all(self, marks: Sequence[bytes]) -> None:
        """Remember fingerprints, in the order in which they were noted."""
        if marks:
            self._add(b"".join(marks))
            self._held += len(marks)

    def _add(self, joined: bytes) -> None:
        count = len(joined) // FINGERPRINT_BYTES
        if not self._rooms or self._rooms[-1] < count:
            self._capacity = max(self._capacity * GROWTH, FIRST_FILTER)
            self._rooms.append(self._capacity)
            self._parts.append(MarkFilter(self._capacity))
        self._rooms[-1] -= count
        self._parts[-1].add_joined(joined)
        self._changed.add(len(self._parts) - 1)

    def note(self, marks: Sequence[bytes]) -> Iterator[Change]:
        """Yield what is to be stored with some new fingerprints, which come into it later."""
        if not marks:
            return
        for first in range(0, len(marks), MARKS_PER_ROW):
            row = marks[first : first + MARKS_PER_ROW]
            self._noted += len(row)
            self._rows.append(self._noted)
            yield Change(SEEN_FILTERS, _NOTED + number_key(self._noted), b"".join(row))
        if self._due or self._held - self._covered >= MARKS_PER_SNAPSHOT:
            yield from self._snapshot()
            self._due = False

    def _snapshot(self) -> Iterator[Change]:
        for number in sorted(self._changed):
            bits = memoryview(self._parts[number].bits)
            for chunk, first in enumerate(range(0, len(bits), BYTES_PER_ROW)):
                key = _PART + number_key(number, chunk)
                yield Change(SEEN_FILTERS, key, bytes(bits[first : first + BYTES_PER_ROW]))
        while self._rows and self._rows[0] <= self._held:
            yield Change(SEEN_FILTERS, _NOTED + number_key(self._rows.popleft()), None)
        self._covered = self._held
        self._changed.clear()
        snapshot = _Snapshot(self._covered, tuple(self._rooms), self._capacity)
        yield Change(SEEN_FILTERS, _META, msgspec.msgpack.encode(snapshot))


def _joined(marks: Iterator[bytes]) -> Iterator[bytes]:
    row: list[bytes] = []
    for mark in marks:
        row.append(mark)
        if len(row) == MARKS_PER_ROW:
            yield b"".join(row)
            row.clear()
    if row:
        yield b"".join(row)
