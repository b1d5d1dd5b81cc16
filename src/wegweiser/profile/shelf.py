"""The shelf: cells in use, read from the store when a leaf is first wanted."""

from collections import OrderedDict
from collections.abc import Iterable
from itertools import islice

from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.profile.aged import aged
from wegweiser.profile.cell import Cell, decode, encode
from wegweiser.terms.identity import Leaf

CELLS = "cells"
_DAY_BYTES = 4

Place = tuple[int, str]


def cell_key(leaf: Leaf, day: int, scope: str) -> bytes:
    """Write the key of a cell: bytes sort by leaf, then day, then scope.

    >>> cell_key("user_id:u", 9, "") < cell_key("user_id:u", 10, "")
    True
    """
    return leaf.encode() + b"\x00" + day.to_bytes(_DAY_BYTES, "big") + scope.encode()


class Shelf:
    """Cells by leaf, day and scope; changed ones stay until they are drained.

    A drain may go in slices: `begin_drain` marks what changed, `drain_slice` writes some of it.
    A marked cell that is wanted for folding is written first, so that all that is handed over
    is as it was at the beginning of the drain.
    """

    def __init__(self, store: OperationalStore, limit_cells: int = 150_000):
        self._store = store
        self._limit = limit_cells
        self._held = 0
        self._leaves: OrderedDict[Leaf, dict[Place, Cell]] = OrderedDict()
        self._dirty: dict[Leaf, set[Place]] = {}
        self._leaving: dict[Leaf, set[Place]] = {}
        self._open: dict[tuple[Leaf, int, str], Cell] = {}
        self._written: list[Change] = []

    def __len__(self) -> int:
        return len(self._leaves)

    def cell(self, leaf: Leaf, day: int, scope: str, new: bool = False) -> Cell:
        """Give the cell to fold into, and remember that it changed.

        `new` says that the leaf was never seen, so that the store need not be asked.
        """
        # Most cells are wanted again and again between two drains.
        found = self._open.get((leaf, day, scope))
        if found is None:
            found = self._open[leaf, day, scope] = self._opened(leaf, (day, scope), new)
        return found

    def _opened(self, leaf: Leaf, place: Place, new: bool) -> Cell:
        if leaf in self._leaving:
            self._write(leaf)
        held = self._leaves.get(leaf)
        if held is None:
            held = self._leaves[leaf] = {} if new else self._read(leaf)
            self._held += len(held)
        else:
            self._leaves.move_to_end(leaf)
        found = held.get(place)
        if found is None:
            found = held[place] = Cell()
            self._held += 1
        changed = self._dirty.get(leaf)
        if changed is None:
            self._dirty[leaf] = {place}
        else:
            changed.add(place)
        return found

    def cells(self, leaf: Leaf) -> list[tuple[int, str, Cell]]:
        """Give all cells of a leaf as (day, scope, cell), oldest first; not for folding."""
        held = self._leaves.get(leaf)
        if held is None:
            held = self._leaves[leaf] = self._read(leaf)
            self._held += len(held)
        else:
            self._leaves.move_to_end(leaf)
        return [(day, scope, held[day, scope]) for day, scope in sorted(held)]

    def look(self, leaf: Leaf) -> list[tuple[int, str, Cell]]:
        """Give all cells of a leaf as `cells` does, and keep none: others use theirs again."""
        held = self._leaves.get(leaf)
        found = aged(self._stored(leaf)).cells if held is None else held
        return [(day, scope, found[day, scope]) for day, scope in sorted(found)]

    def drain(self) -> list[Change]:
        """Hand over the cells that changed since the last drain."""
        self.begin_drain()
        return self.drain_slice(len(self._leaving))

    def begin_drain(self) -> None:
        """Mark all that changed for the slices that follow."""
        # What a drain that was broken off left behind goes along, as it is now.
        for leaf, places in self._leaving.items():
            self._dirty.setdefault(leaf, set()).update(places)
        self._leaving, self._dirty = self._dirty, {}
        self._open = {}

    def drain_slice(self, leaves: int) -> list[Change]:
        """Hand over the marked cells of some leaves, and those written early; empty at the end."""
        for leaf in list(islice(self._leaving, leaves)):
            self._write(leaf)
        written, self._written = self._written, []
        return written

    def _write(self, leaf: Leaf) -> None:
        held = self._leaves[leaf]
        for day, scope in sorted(self._leaving.pop(leaf)):
            cell = held.get((day, scope))
            # Cells that went into the base cell of their leaf are gone from the store too.
            value = None if cell is None else encode(cell)
            self._written.append(Change(CELLS, cell_key(leaf, day, scope), value))

    def discard(self, leaves: Iterable[Leaf]) -> None:
        """Read some leaves anew when they are next wanted; only while nothing is to be drained."""
        for leaf in leaves:
            self._held -= len(self._leaves.pop(leaf, ()))
            self._dirty.pop(leaf, None)
        self._open = {}

    def evict(self) -> None:
        """Drop the leaves used longest ago, down to the limit of cells.

        Only after everything drained is committed; what changed since then stays.
        """
        for leaf in list(self._leaves) if self._held > self._limit else ():
            if self._held <= self._limit:
                break
            if leaf not in self._dirty and leaf not in self._leaving:
                self._held -= len(self._leaves.pop(leaf))

    def _read(self, leaf: Leaf) -> dict[Place, Cell]:
        found = self._stored(leaf)
        if len(found) < 2:
            return found
        whole = aged(found)
        if whole.changed:
            self._dirty.setdefault(leaf, set()).update(whole.changed)
        return whole.cells

    def _stored(self, leaf: Leaf) -> dict[Place, Cell]:
        prefix = leaf.encode() + b"\x00"
        start = len(prefix)
        found: dict[Place, Cell] = {}
        for key, value in self._store.scan(CELLS, prefix):
            day = int.from_bytes(key[start : start + _DAY_BYTES], "big")
            found[day, key[start + _DAY_BYTES :].decode()] = decode(value)
        return found
