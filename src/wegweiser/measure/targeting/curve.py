"""What treating people in the order of a score brings: the curve, its area, and a policy."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from wegweiser.measure.statistic import Interval, interval, normal_quantile

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]
DRAWS = 1_000
_AT_ONCE = 100


class Cells(msgspec.Struct, frozen=True):
    """Units of two arms in cells: a place among `levels` (scores, rising), n and Σy of each cell.

    Cells that are `alone` hold units drawn one by one, others belong to a `cluster` drawn as one.
    """

    levels: Floats
    level: Places
    treated: Flags
    units: Floats
    totals: Floats
    cluster: Places
    alone: Flags


class Drawn(msgspec.Struct, frozen=True):
    """Units, gains (Σ of what treating would bring, per level) and all units, once per draw."""

    units: Floats
    gains: Floats


def gains_of(cells: Cells, times: Floats | None = None) -> Drawn:
    """Give, per draw and level, the units and the sum of what treating them would bring.

    Γᵢ = tᵢ(yᵢ − ȳ₁)/h₁ − (1 − tᵢ)(yᵢ − ȳ₀)/h₀ + (ȳ₁ − ȳ₀), h the share of an arm: unbiased for
    the effect on i when arms are drawn by lot. `times` (draws × cells) says how often each cell's
    mean unit is drawn; without it all once.
    """
    often = np.ones((1, len(cells.units))) if times is None else times
    sides = [
        (_by_level(cells, often, cells.units * side), _by_level(cells, often, cells.totals * side))
        for side in (cells.treated, ~cells.treated)
    ]
    units = sides[0][0] + sides[1][0]
    whole = units.sum(axis=1)
    counts = [np.maximum(count.sum(axis=1), 1e-12) for count, _ in sides]
    means = [held.sum(axis=1) / count for (_, held), count in zip(sides, counts, strict=True)]
    gains = units * (means[0] - means[1])[:, None]
    for sign, (count, held), mean, all_of in zip((1, -1), sides, means, counts, strict=True):
        gains = gains + sign * (held - count * mean[:, None]) / (all_of / whole)[:, None]
    return Drawn(units, gains)


def area(drawn: Drawn) -> Floats:
    """Give the area between the curve of gains and the diagonal of a random order, per head.

    ∫(V(q) − q·V(1))dq = mean of Γᵢ·(Fᵢ − ½), Fᵢ the share of units with a lower score (ties
    half); 0 for an order that knows nothing. It is not normalised: its unit is that of y.
    """
    whole = drawn.units.sum(axis=1, keepdims=True)
    below = (np.cumsum(drawn.units, axis=1) - drawn.units / 2) / whole
    return np.asarray((drawn.gains * (below - 0.5)).sum(axis=1) / whole[:, 0])


def value(drawn: Drawn, treated: Flags, worth: float, cost: float) -> Floats:
    """Give what treating some levels brings per head of all: worth·Γ less cost per treated."""
    gained = worth * drawn.gains - cost * drawn.units
    return np.asarray((gained * treated).sum(axis=1) / drawn.units.sum(axis=1))


def resampled(cells: Cells, rng: np.random.Generator, draws: int = DRAWS) -> Drawn:
    """Draw units (accounts, where people share one) again, each Poisson(1) times."""
    parts: list[Drawn] = []
    for start in range(0, draws, _AT_ONCE):
        size = min(_AT_ONCE, draws - start)
        parts.append(gains_of(cells, _times(cells, rng, size)))
    return Drawn(
        np.concatenate([one.units for one in parts]), np.concatenate([one.gains for one in parts])
    )


def bootstrapped(estimate: float, drawn: Floats, level: float = 0.95) -> Interval:
    """Give an estimate ± z times the standard deviation of its draws.

    The middle part of the draws is too narrow with heavy tails (it covers 93 instead of 95 of 100).
    """
    half = normal_quantile(level) * float(drawn.std(ddof=1))
    return interval(estimate, estimate - half, estimate + half)


def best_from(levels: Sequence[float], gains: Floats) -> float:
    """Give the lowest score that is worth treating: where the gain of all above it is largest.

    `gains` are those of a half that is not judged; nobody is worth it above the last level.

    >>> best_from([0.1, 0.2, 0.3], np.array([-2.0, 1.0, 3.0]))
    0.2
    """
    above = np.concatenate([np.cumsum(gains[::-1])[::-1], [0.0]])
    place = int(np.argmax(above))
    return float(levels[place]) if place < len(levels) else float("inf")


def _times(cells: Cells, rng: np.random.Generator, draws: int) -> Floats:
    """Draw how often each cell counts: units alone one by one, accounts as a whole."""
    times = np.empty((draws, len(cells.units)))
    units = cells.units[cells.alone]
    times[:, cells.alone] = rng.poisson(units, (draws, len(units))) / units
    _, account = np.unique(cells.cluster[~cells.alone], return_inverse=True)
    accounts = int(account.max(initial=-1)) + 1
    times[:, ~cells.alone] = rng.poisson(1.0, (draws, accounts))[:, account]
    return times


def _by_level(cells: Cells, often: Floats, values: Floats) -> Floats:
    """Sum values over the cells of each level, once per draw."""
    shape = (len(values), len(cells.levels))
    placed = sparse.csr_array((values, (np.arange(len(values)), cells.level)), shape=shape)
    return np.asarray(often @ placed)
