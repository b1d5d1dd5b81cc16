"""Where in the log the events of a leaf stand, by event time: what reading a person's events needs.

One small row per leaf, UTC day and log record, written with the cells of the same checkpoint.
"""

from collections.abc import Callable, Iterator
from struct import Struct
from typing import cast

from wegweiser.flow.tables import EVENT_PLACES
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.identity import Leaf
from wegweiser.terms.instant import DAY_MS

# Day and log position of a row; milliseconds since midnight of an event.
_ROW, _OFFSET, _DAY = Struct(">IQ"), Struct(">I"), Struct(">I")

# When an event happened (ms), and the log position of the record that holds it.
Place = tuple[int, int]
Noted = tuple[Leaf, int, int]
# As they are held, one after the other: a tuple for each would be looked at by every garbage
# collection until it is stored.
Flat = list[str | int]
_FIELDS = 3


class EventPlaces:
    """Kept beside the fold: committed places in the store, the newest ones in memory."""

    # Remembers (leaf, event time, log position): a bare `extend`, as every event pays for it.
    note: Callable[[Noted], None]

    def __init__(self, store: OperationalStore):
        self._store = store
        self._leaving: Flat = []
        self._left = 0
        # Handed over, but perhaps not committed yet: still to be read from here.
        self._handed: list[_Recent] = []
        self._begin()

    def _begin(self) -> None:
        self._fresh = _Recent()
        self.note = self._fresh.noted.extend

    def of_leaf(self, leaf: Leaf, start: int, end: int) -> set[Place]:
        """Give the places of a leaf's events with start <= event time < end (ms)."""
        found = set(self._stored(leaf, start, end))
        for held in (*self._handed, self._fresh):
            found.update(place for place in held.of_leaf(leaf) if start <= place[0] < end)
        return found

    def _stored(self, leaf: Leaf, start: int, end: int) -> Iterator[Place]:
        prefix = leaf.encode() + b"\x00"
        begin = prefix + _DAY.pack(max(start // DAY_MS, 0))
        for key, value in self._store.scan(EVENT_PLACES, prefix, begin):
            day, position = _ROW.unpack_from(key, len(prefix))
            midnight = day * DAY_MS
            if midnight >= end:
                return
            for offset in _offsets(value):
                if start <= midnight + offset < end:
                    yield midnight + offset, position

    def begin_drain(self) -> None:
        """Mark all that is new for the slices that follow."""
        if self._fresh.noted:
            self._leaving = [*self._leaving[self._left :], *self._fresh.noted]
            self._left = 0
            self._handed.append(self._fresh)
            self._begin()

    def drain_slice(self, events: int) -> list[Change]:
        """Hand over the marked places of some events; empty at the end."""
        leaving, begin = self._leaving, self._left
        end = min(begin + events * _FIELDS, len(leaving))
        # Those of one record stay together: they may share a row.
        while begin < end < len(leaving) and leaving[end + 2] == leaving[end - 1]:
            end += _FIELDS
        self._left = end
        if end == len(leaving):
            self._leaving, self._left = [], 0
        return _changes(leaving[begin:end])

    def drain(self) -> list[Change]:
        """Hand over all that is not yet committed."""
        self.begin_drain()
        return self.drain_slice(len(self._leaving) // _FIELDS)

    def evict(self) -> None:
        """Give memory back; only after everything drained is committed."""
        if not self._leaving:
            self._handed = []


class _Recent:
    """Places in the order in which they came; sorted by leaf only when somebody reads."""

    def __init__(self) -> None:
        self.noted: Flat = []
        self._by_leaf: dict[Leaf, list[Place]] = {}
        self._sorted = 0

    def of_leaf(self, leaf: Leaf) -> list[Place]:
        if self._sorted < len(self.noted):
            for name, at, position in _each(self.noted[self._sorted :]):
                self._by_leaf.setdefault(name, []).append((at, position))
            self._sorted = len(self.noted)
        return self._by_leaf.get(leaf, [])


def _each(noted: Flat) -> Iterator[Noted]:
    fields = iter(noted)
    return cast(Iterator[Noted], zip(fields, fields, fields, strict=True))


def _changes(noted: Flat) -> list[Change]:
    rows: dict[bytes, bytes] = {}
    for leaf, at, position in _each(noted):
        day = at // DAY_MS
        row = leaf.encode() + b"\x00" + _ROW.pack(day, position)
        offset, before = _OFFSET.pack(at - day * DAY_MS), rows.get(row)
        rows[row] = offset if before is None else before + offset
    return [Change(EVENT_PLACES, row, _in_order(offsets)) for row, offsets in rows.items()]


def _in_order(offsets: bytes) -> bytes:
    """Sort packed offsets, each once.

    >>> _in_order(bytes((0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 5))).hex(" ", 4)
    '00000001 00000005'
    """
    if len(offsets) == _OFFSET.size:
        return offsets
    return b"".join(map(_OFFSET.pack, sorted(set(_offsets(offsets)))))


def _offsets(value: bytes) -> Iterator[int]:
    """Read the milliseconds since midnight that a row holds.

    >>> list(_offsets(bytes((0, 0, 0, 5, 0, 0, 1, 0))))
    [5, 256]
    """
    return (offset for (offset,) in _OFFSET.iter_unpack(value))
