"""Where a series changed for good: the cheapest cut into segments, found exactly by PELT."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from wegweiser.terms.errors import InputRefused

Reals = npt.NDArray[np.float64]
Cost = Literal["mean", "poisson", "bernoulli"]
LEAST_LENGTH = 5
PENALTY = 10.0


class Segments:
    """Costs of segments in constant time, from running sums.

    Minus twice the log-likelihood at the best level of a segment: squared errors for a mean
    (in units of the series, not of its variance), Poisson for counts, Bernoulli for rates of
    `whole`.
    """

    def __init__(self, values: Reals, cost: Cost = "mean", whole: Reals | None = None):
        weights = np.ones(len(values)) if whole is None else whole
        self.count = len(values)
        self._cost = cost
        self._sum = np.concatenate([[0.0], np.cumsum(values)])
        self._square = np.concatenate([[0.0], np.cumsum(values**2)])
        self._weight = np.concatenate([[0.0], np.cumsum(weights)])

    def cost(self, begin: npt.NDArray[np.int64], end: int) -> Reals:
        """Give the costs of the segments from each of `begin` up to, not including, `end`."""
        weight = self._weight[end] - self._weight[begin]
        total = self._sum[end] - self._sum[begin]
        if self._cost == "mean":
            squares: Reals = self._square[end] - self._square[begin] - total**2 / weight
            return squares
        if self._cost == "poisson":
            return -2 * _times_log(total, total / weight)
        rate = total / np.maximum(weight, 1e-300)
        return -2 * (_times_log(total, rate) + _times_log(weight - total, 1 - rate))


def _times_log(count: Reals, rate: Reals) -> Reals:
    found: Reals = count * np.log(np.where(count > 0, np.maximum(rate, 1e-300), 1.0))
    return found


def cut(segments: Segments, penalty: float, least: int = LEAST_LENGTH) -> list[int]:
    """Give the places at which the segments of the cheapest cut begin, but the first.

    Minimises the sum of costs plus `penalty` for each change, over all cuts into segments of at
    least `least` periods. Exact: what is pruned can never be best. Source: R. Killick,
    P. Fearnhead & I. Eckley 2012, JASA 107.

    >>> jump = np.concatenate([np.zeros(20), np.full(20, 5.0)])
    >>> cut(Segments(jump), penalty=10.0)
    [20]
    """
    count = segments.count
    best = np.full(count + 1, np.inf)
    best[0] = -penalty
    came_from = np.zeros(count + 1, dtype=np.int64)
    places = np.array([0], dtype=np.int64)
    # A place that cannot pay any more is left out only once a segment from there on is allowed.
    closes = np.array([count + 1], dtype=np.int64)
    for end in range(least, count + 1):
        if end >= 2 * least:
            places, closes = np.append(places, end - least), np.append(closes, count + 1)
        reached = best[places] + segments.cost(places, end)
        cheapest = int(np.argmin(reached))
        best[end] = reached[cheapest] + penalty
        came_from[end] = places[cheapest]
        closes = np.where(reached > best[end], np.minimum(closes, end + least), closes)
        kept = closes > end + 1
        places, closes = places[kept], closes[kept]
    return _walked_back(came_from, count)


def _walked_back(came_from: npt.NDArray[np.int64], count: int) -> list[int]:
    places: list[int] = []
    place = int(came_from[count])
    while place > 0:
        places.append(place)
        place = int(came_from[place])
    return places[::-1]


def changes_of(values: Reals, penalty: float = PENALTY, least: int = LEAST_LENGTH) -> list[int]:
    """Cut a series at changes of its mean, with `penalty`·σ²·ln n for each.

    σ² is the variance of the whole series: one from first differences is too small where
    neighbours resemble each other, and would cut such a series to pieces.
    """
    if len(values) < 2 * least:
        return []
    variance = float(np.var(values))
    if variance <= 0:
        return []
    return cut(Segments(values), penalty * variance * float(np.log(len(values))), least)


def require_cost(name: str) -> Cost:
    """Read the name of a cost; raises InputRefused."""
    for known in ("mean", "poisson", "bernoulli"):
        if name == known:
            return known
    raise InputRefused("bad_option", f"there is no cost {name!r}", 422, "cost")
