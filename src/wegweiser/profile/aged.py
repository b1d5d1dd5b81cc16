"""Old cells: what is more than 400 days older than its leaf's newest event, in one base cell.

The base cell stands at day 0. It is the merge of the cells that it took in, without what decays,
without hours, and without sessions older than a year of its own, so that it is the same in
whatever order cells and late events come to it. What readings give at the newest day or later is
the same with it as without it; only windows that reach back further can no longer be seen.
"""

from collections.abc import Sequence

import msgspec

from wegweiser.profile.cell import NEVER_FIRST, SEPARATOR, Cell, merge, sum_key
from wegweiser.profile.exact import Amounts, add_amount
from wegweiser.profile.session import JOIN_GAP_MS, Interval
from wegweiser.terms.instant import DAY_MS, day_of

BASE_DAY = 0
AGED_DAYS = 400
# A base cell keeps a year of sessions; readings look back less far than cell and base together.
BASE_SESSIONS_MS = 366 * DAY_MS
READ_SESSIONS_MS = 760 * DAY_MS

_HOUR = "00"

Place = tuple[int, str]


class Aged(msgspec.Struct, frozen=True):
    """The cells of a leaf once old ones are in its base cells, and which places changed."""

    cells: dict[Place, Cell]
    changed: frozenset[Place] = frozenset()


def aged(held: dict[Place, Cell]) -> Aged:
    """Fold the old cells of a leaf into one base cell per scope.

    >>> old, new = Cell(newest_at=DAY_MS), Cell(newest_at=500 * DAY_MS)
    >>> sorted(aged({(1, ""): old, (500, ""): new}).cells)
    [(0, ''), (500, '')]
    """
    newest = max((day_of(cell.newest_at) for cell in held.values()), default=-1)
    old = [place for place in held if BASE_DAY < place[0] < newest - AGED_DAYS]
    if not old:
        return Aged(held)
    left = {place: cell for place, cell in held.items() if place not in old}
    for place in sorted(old):
        base = BASE_DAY, place[1]
        left[base] = based(merge(left.get(base, Cell()), undecayed(held[place])))
    return Aged(left, frozenset([*old, *((BASE_DAY, scope) for _, scope in old)]))


def undecayed(cell: Cell) -> Cell:
    """Give a cell without what 400 days leave nothing of, and without its hours."""
    sums: Amounts = {}
    for key, amount in cell.sums.items():
        name, _, field, currency = key.split(SEPARATOR)
        add_amount(sums, sum_key(name, _HOUR, field, currency), amount)
    counts = {name: {_HOUR: sum(hours.values())} for name, hours in cell.counts.items()}
    return msgspec.structs.replace(cell, interests={}, engagement=0, sums=sums, counts=counts)


def based(cell: Cell) -> Cell:
    """Give a base cell with the sessions of its last year."""
    return msgspec.structs.replace(cell, sessions=since_last(cell.sessions, BASE_SESSIONS_MS))


def since_last(intervals: Sequence[Interval], span_ms: int) -> list[Interval]:
    """Cut sorted intervals at a moment before the end of the last one.

    What may still be joined by an interval that comes late is kept, so that cutting before a
    join gives what cutting after it gives.

    >>> since_last([(0, 10), (10_000_000, 10_000_020)], 100)
    [(10000000, 10000020)]
    """
    cut = max((end for _, end in intervals), default=0) - span_ms
    return [(max(start, cut), end) for start, end in intervals if end + JOIN_GAP_MS >= cut]


def day_of_place(day: int, cell: Cell) -> int:
    """Give the day by which a cell belongs to somebody: a base cell goes with its first event."""
    if day != BASE_DAY or cell.first_seen == NEVER_FIRST:
        return day
    return day_of(cell.first_seen)
