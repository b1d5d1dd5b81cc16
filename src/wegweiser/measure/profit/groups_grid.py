"""The grid of value and potential: levels, similar customers, and cells that do not hold merged."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
LEVELS = ("low", "middle", "high")
SIDE, CELLS = 3, 9
STABLE = 0.6
LEAST_CUSTOMERS = 10
# Similar customers are drawn to all as if so many more were there.
PRIOR_CUSTOMERS = 30.0
_UPPER = 0.75


class Sorted(msgspec.Struct, frozen=True):
    """Customers in the order of peers, then margin, so that quartiles are read off a sum."""

    order: Places
    margin: Numbers
    peer: Places
    whole: Places
    peers: int


def ordered(margin: Numbers, peer: Places) -> Sorted:
    """Order customers once, for many draws."""
    order = np.lexsort((margin, peer))
    whole = np.argsort(margin[order], kind="stable")
    return Sorted(order, margin[order], peer[order], whole, int(peer.max(initial=-1)) + 1)


def upper_quartiles(held: Sorted, count: Numbers) -> Numbers:
    """Give, per group of similar customers, the 75th percentile of margin, drawn to that of all.

    (n·q + 30·q of all)/(n + 30): few similar customers tell little.

    >>> margin, peer = np.array([1.0, 2.0, 3.0, 4.0]), np.zeros(4, dtype=np.int64)
    >>> upper_quartiles(ordered(margin, peer), np.ones(4))
    array([3.])
    """
    weights = count[held.order]
    passed = np.cumsum(weights)
    sizes = np.bincount(held.peer, weights, held.peers)
    starts = np.concatenate([[0.0], np.cumsum(sizes)[:-1]])
    places = np.searchsorted(passed, starts + _UPPER * sizes - 1e-9)
    own = held.margin[np.minimum(places, len(passed) - 1)]
    along = np.cumsum(weights[held.whole])
    place = int(np.searchsorted(along, _UPPER * along[-1] - 1e-9))
    everybody = held.margin[held.whole][min(place, len(along) - 1)]
    drawn_in = (sizes * own + PRIOR_CUSTOMERS * everybody) / (sizes + PRIOR_CUSTOMERS)
    return np.asarray(np.where(sizes > 0, drawn_in, everybody), dtype=np.float64)


def thirds(values: Numbers, count: Numbers) -> Numbers:
    """Give the two values that part customers into three groups of about equal size.

    >>> thirds(np.array([1.0, 2.0, 3.0]), np.ones(3)).tolist()
    [1.0, 2.0]
    """
    order = np.argsort(values, kind="stable")
    passed = np.cumsum(count[order])
    ends = np.array([1.0, 2.0]) / SIDE * passed[-1] - 1e-9
    places = np.minimum(np.searchsorted(passed, ends), len(values) - 1)
    return np.asarray(values[order][places], dtype=np.float64)


def levels(values: Numbers, ends: Numbers) -> Places:
    """Put values into low (up to the first end), middle and high (above the second).

    >>> levels(np.array([0.0, 1.0, 5.0]), np.array([0.0, 2.0])).tolist()
    [0, 1, 2]
    """
    return np.asarray(np.searchsorted(ends, values, side="left"), dtype=np.int64)


def merged(moves: Numbers, sizes: Sequence[float] | Numbers) -> tuple[tuple[int, ...], ...]:
    """Merge cells of the grid until each holds at least 60 % of its customers under draws.

    `moves[i, j]` is the weight of customers of cell i who were drawn into cell j; the cell that
    holds worst, or is too small, joins the neighbour into which most of it goes. Cells without
    customers are left out.

    >>> moves = np.diag([50.0] * 9)
    >>> moves[0, 0], moves[0, 1] = 20.0, 30.0
    >>> merged(moves, [50.0] * 9)[0]
    (0, 1)
    """
    groups = [{cell} for cell in range(CELLS) if sizes[cell] > 0]
    while len(groups) > 1:
        worst = min(groups, key=lambda group: (_hold(group, moves, sizes), min(group)))
        if _hold(worst, moves, sizes) >= STABLE:
            break
        others = [group for group in groups if group is not worst]
        near = [group for group in others if _are_neighbours(worst, group)] or others
        into = max(near, key=lambda group: (_flow(worst, group, moves), -min(group)))
        groups = [group for group in others if group is not into] + [worst | into]
    return tuple(tuple(sorted(group)) for group in sorted(groups, key=min))


def stay(group: Sequence[int], moves: Numbers) -> float:
    """Give the share of a group's customers who stay in it."""
    cells = list(group)
    total = float(moves[cells].sum())
    return float(moves[np.ix_(cells, cells)].sum()) / total if total > 0 else 1.0


def _hold(group: set[int], moves: Numbers, sizes: Sequence[float] | Numbers) -> float:
    if sum(float(sizes[cell]) for cell in group) < LEAST_CUSTOMERS:
        return -1.0
    return stay(sorted(group), moves)


def _flow(one: set[int], other: set[int], moves: Numbers) -> float:
    return float(moves[np.ix_(sorted(one), sorted(other))].sum())


def _are_neighbours(one: set[int], other: set[int]) -> bool:
    return any(
        abs(first // SIDE - second // SIDE) + abs(first % SIDE - second % SIDE) == 1
        for first in one
        for second in other
    )
