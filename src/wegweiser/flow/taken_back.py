"""Which records let elements out of the quarantine by mistake: nothing of them counts any more."""

from collections.abc import Iterable, Sequence

from wegweiser.flow.tables import TAKEN_BACK, number_key
from wegweiser.ports.operational_store import Change, OperationalStore

Range = tuple[int, int]
"""First and last of some log positions that follow each other."""
_NEW, _SETTLED = b"0", b"1"


class TakenBackBook:
    """Kept beside what is derived, so that a rebuild knows it before it comes to the record.

    What was taken back just now stays in cells and persons until everything is made anew.
    """

    def __init__(self, store: OperationalStore):
        self._positions: set[int] = set()
        self._waiting: list[Range] = []
        self._fresh: list[Change] = []
        for key, value in store.scan(TAKEN_BACK):
            one = (int.from_bytes(key[:8], "big"), int.from_bytes(key[8:], "big"))
            self._positions.update(range(one[0], one[1] + 1))
            if value == _NEW:
                self._waiting.append(one)

    def holds(self, position: int) -> bool:
        """Tell whether nothing of the record at a position counts."""
        return position in self._positions

    @property
    def unsettled(self) -> bool:
        """True where something that was taken back is still derived."""
        return bool(self._waiting)

    def note(self, ranges: Iterable[Range]) -> None:
        """Take records back; those that were before change nothing."""
        for first, last in ranges:
            positions = range(first, last + 1)
            if not self._positions.issuperset(positions):
                self._positions.update(positions)
                self._waiting.append((first, last))
                self._fresh.append(Change(TAKEN_BACK, number_key(first, last), _NEW))

    def drain(self) -> list[Change]:
        """Hand over what is not yet committed."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def settled(self) -> list[Change]:
        """Give the changes that say that everything is made anew without them."""
        done, self._waiting = self._waiting, []
        return [Change(TAKEN_BACK, number_key(*one), _SETTLED) for one in done]


def ranges_of(positions: Sequence[int]) -> list[Range]:
    """Write positions as ranges.

    >>> ranges_of([7, 3, 4, 5])
    [(3, 5), (7, 7)]
    """
    ranges: list[Range] = []
    for position in sorted(positions):
        if ranges and ranges[-1][1] == position - 1:
            ranges[-1] = (ranges[-1][0], position)
        else:
            ranges.append((position, position))
    return ranges
