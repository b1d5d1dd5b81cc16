"""Draws arms of many simulated tests at once and sums them up as an engine would."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from wegweiser.measure.compare import Arm
from wegweiser.measure.lift_ratio import Sides
from wegweiser.measure.lift_sums import Clusters, Sums
from wegweiser.measure.statistic import Interval

Floats = NDArray[np.float64]
Rng = np.random.Generator
Told = tuple[Interval | None, float]
# A case draws so many worlds, and gives for each the intervals with the truths that they are of.
Case = Callable[[Rng, int], Iterator[list[Told]]]
AT_ONCE = 100


def rate_sums(reached: int, units: int) -> Sums:
    """Sum an arm up of which so many units reached the goal, each by itself."""
    y = float(reached)
    none = Arm(units, 0.0, 0.0)
    alone = Clusters(units, float(units), y, 0.0, y, 0.0, 0.0)
    return Sums(units, 0, 0, units, reached, Arm(units, y, y), none, 0, 0.0, alone)


def unit_sums(y: Floats, x: Floats | None = None) -> list[Sums]:
    """Sum up arms whose units stand in rows (worlds × units), with the time before or without."""
    before = np.zeros_like(y) if x is None else x
    columns = [
        part.sum(axis=1).tolist()
        for part in (y, y * y, before, before * before, before * y, y != 0)
    ]
    n = y.shape[1]
    return [
        Sums(
            *(n, 0, 0, n, int(reached)),
            Arm(n, sy, syy),
            Arm(n, sx, sxx),
            0,
            sxy,
            Clusters(n, float(n), sy, sx, syy, sxx, sxy),
        )
        for sy, syy, sx, sxx, sxy, reached in zip(*columns, strict=True)
    ]


def account_sums(sizes: Floats, totals: Floats) -> list[Sums]:
    """Sum up arms whose accounts stand in rows (worlds × accounts): people and Σy of each."""
    found = []
    for n, y in zip(sizes, totals, strict=True):
        people = int(n.sum())
        clusters = Clusters(len(n), float(n @ n), float(n @ y), 0.0, float(y @ y), 0.0, 0.0)
        after = Arm(people, float(y.sum()), float(y @ y))
        found.append(
            Sums(people, 0, 0, people, len(n), after, Arm(people, 0.0, 0.0), 0, 0.0, clusters)
        )
    return found


def ratio_sides(y: Floats, x: Floats) -> list[Sides]:
    """Sum up numerator and denominator of units that stand in rows (worlds × units)."""
    n = y.shape[1]
    parts = [part.sum(axis=1).tolist() for part in (y, x, y * y, x * x, x * y)]
    return [Sides(n, n, n, *sums) for sums in zip(*parts, strict=True)]


def chunks(worlds: int) -> Iterator[int]:
    """Divide worlds so that those with many units fit into memory."""
    for start in range(0, worlds, AT_ONCE):
        yield min(AT_ONCE, worlds - start)


def lognormal(rng: Rng, shape: tuple[int, int], times: float = 1.0) -> Floats:
    """Draw money with a heavy tail: half of all spend nothing, the others lognormal with σ 2."""
    return np.asarray(rng.lognormal(0.0, 2.0, shape) * times * (rng.random(shape) < 0.5))


LOGNORMAL_MEAN = 0.5 * float(np.exp(2.0))
