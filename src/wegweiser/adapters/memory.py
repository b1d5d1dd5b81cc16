"""Every port in plain memory: the reference that all other adapters are measured against."""

import random
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock

import pyarrow as pa
import pyarrow.compute as pc

from wegweiser.ports.channel import Parcel, Receipt
from wegweiser.ports.operational_store import Change


class MemoryEventLog:
    """An event log that lives as long as the process; a segment is one record.

    >>> log = MemoryEventLog()
    >>> log.append([b"a", b"b"])
    1
    >>> list(log.read(after=1))
    [(2, b'b')]
    """

    def __init__(self) -> None:
        self._payloads: list[bytes] = []
        self._trimmed = 0
        self._lock = Lock()

    def append(self, payloads: Sequence[bytes]) -> int:
        """Store all payloads in order; give the position of the first."""
        with self._lock:
            first = self._trimmed + len(self._payloads) + 1
            self._payloads.extend(payloads)
            return first

    def append_at_once(self, payloads: Sequence[bytes]) -> int | None:
        """Store all payloads in order, which takes no time here."""
        return self.append(payloads)

    def read(self, after: int) -> Iterator[tuple[int, bytes]]:
        """Yield (position, payload) above `after` in order, up to the head at the call."""
        with self._lock:
            start = max(after, self._trimmed)
            kept = self._payloads[start - self._trimmed :]
        return iter(list(enumerate(kept, start + 1)))

    def head(self) -> int:
        """Give the position of the newest record, 0 when empty."""
        with self._lock:
            return self._trimmed + len(self._payloads)

    def rewrite(self, payloads: Mapping[int, bytes]) -> None:
        """Put other payloads at positions of the log."""
        with self._lock:
            for position, payload in payloads.items():
                if 0 < position - self._trimmed <= len(self._payloads):
                    self._payloads[position - self._trimmed - 1] = payload

    def trim(self, upto: int) -> None:
        """Forget the records at or below `upto`; the newest one stays to hold the head."""
        with self._lock:
            gone = min(upto - self._trimmed, len(self._payloads) - 1)
            if gone > 0:
                del self._payloads[:gone]
                self._trimmed += gone

    def close(self) -> None:
        """Keep everything: the same object is the log when it is opened again."""


class _SortedTable:
    """Values by key, with the keys in ascending order."""

    def __init__(self) -> None:
        self.values: dict[bytes, bytes] = {}
        self.keys: list[bytes] = []

    def put(self, key: bytes, value: bytes) -> None:
        if key not in self.values:
            insort(self.keys, key)
        self.values[key] = value

    def drop(self, key: bytes) -> None:
        if self.values.pop(key, None) is not None:
            del self.keys[bisect_left(self.keys, key)]

    def slice(self, prefix: bytes, after: bytes) -> list[tuple[bytes, bytes]]:
        start = bisect_left(self.keys, prefix)
        if after:
            start = max(start, bisect_right(self.keys, after))
        found: list[tuple[bytes, bytes]] = []
        for index in range(start, len(self.keys)):
            key = self.keys[index]
            if not key.startswith(prefix):
                break
            found.append((key, self.values[key]))
        return found


class MemoryStore:
    """An operational store that lives as long as the process.

    >>> store = MemoryStore()
    >>> store.commit([Change("cell", b"b", b"2"), Change("cell", b"a", b"1")])
    >>> list(store.scan("cell"))
    [(b'a', b'1'), (b'b', b'2')]
    """

    def __init__(self) -> None:
        self._tables: dict[str, _SortedTable] = {}
        self._lock = Lock()

    def get(self, table: str, keys: Sequence[bytes]) -> list[bytes | None]:
        """Give the value of each key, None where there is none."""
        with self._lock:
            found = self._tables.get(table)
            return [None if found is None else found.values.get(key) for key in keys]

    def scan(
        self, table: str, prefix: bytes = b"", after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, value) with this prefix and key > after, as they are at the call."""
        with self._lock:
            found = self._tables.get(table)
            return iter([] if found is None else found.slice(prefix, after))

    def commit(self, changes: Sequence[Change]) -> None:
        """Apply all changes in order."""
        with self._lock:
            self._apply(changes)

    def clear(self, tables: Sequence[str], changes: Sequence[Change] = ()) -> None:
        """Empty the tables and apply the changes in the same commit."""
        with self._lock:
            for table in tables:
                self._tables.pop(table, None)
            self._apply(changes)

    def scrub(self) -> None:
        """Do nothing: what was deleted is nowhere."""

    def close(self) -> None:
        """Keep everything: the same object is the store when it is opened again."""

    def _apply(self, changes: Sequence[Change]) -> None:
        for change in changes:
            table = self._tables.setdefault(change.table, _SortedTable())
            if change.value is None:
                table.drop(change.key)
            else:
                table.put(change.key, change.value)


class MemoryArchive:
    """An archive that lives as long as the process and has no files."""

    def __init__(self) -> None:
        self._tables: dict[str, pa.Table] = {}
        self._positions: dict[str, int] = {}
        self._lock = Lock()

    def append(self, table: str, rows: pa.Table, upto: int) -> None:
        """Add rows and note `upto`; an `upto` that is not above the position changes nothing."""
        with self._lock:
            if upto <= self._positions.get(table, 0):
                return
            old = self._tables.get(table)
            joined = (
                rows if old is None else pa.concat_tables([old, rows], promote_options="default")
            )
            self._tables[table] = joined
            self._positions[table] = upto

    def position(self, table: str) -> int:
        """Give the log position up to which the table is complete, 0 when new."""
        with self._lock:
            return self._positions.get(table, 0)

    def files(self, table: str) -> list[str]:
        """Give no files: everything is in memory."""
        return []

    def read(self, table: str) -> pa.Table | None:
        """Give the whole table, None when nothing was appended."""
        with self._lock:
            return self._tables.get(table)

    def replace(self, table: str, positions: Sequence[int], rows: pa.Table) -> None:
        """Put rows in place of all rows with these log positions."""
        with self._lock:
            old = self._tables.get(table)
            if old is not None:
                kept = old.filter(pc.invert(pc.is_in(old["position"], pa.array(positions))))
                self._tables[table] = pa.concat_tables([kept, rows], promote_options="default")

    def compact(self, table: str) -> int:
        """Nothing to merge: there are no files."""
        return 0

    def clear(self) -> None:
        """Forget all tables and positions."""
        with self._lock:
            self._tables.clear()
            self._positions.clear()


class MemoryClock:
    """A clock that stands still until it is set, with bytes that follow from the seed.

    >>> clock = MemoryClock(now=5)
    >>> clock.advance(10)
    >>> clock.now_ms()
    15
    """

    def __init__(self, now: int = 1_800_000_000_000, seed: int = 0) -> None:
        self.now = now
        self.steady = 0.0
        self._random = random.Random(seed)

    def now_ms(self) -> int:
        """Give the moment that was set last."""
        return self.now

    def steady_ms(self) -> float:
        """Give the milliseconds by which the clock was moved forward."""
        return self.steady

    def advance(self, by_ms: int) -> None:
        """Move the clock by so many milliseconds, back when negative."""
        self.now += by_ms
        self.steady += max(by_ms, 0)

    def random_bytes(self, count: int) -> bytes:
        """Give the next bytes of the seeded sequence."""
        return self._random.randbytes(count)


class MemoryChannel:
    """A channel that keeps every parcel and answers as it was told to, delivered at first."""

    def __init__(self) -> None:
        self.parcels: list[Parcel] = []
        self.answers: list[Receipt] = []

    async def hand_over(self, parcel: Parcel) -> Receipt:
        """Keep the parcel; give the next of `answers`, or say delivered when there is none."""
        self.parcels.append(parcel)
        if not self.answers:
            return Receipt(parcel.parcel_id, "delivered", 200, "kept in memory")
        told = self.answers.pop(0)
        return Receipt(parcel.parcel_id, told.state, told.status, told.detail, told.retry_after_s)
