"""The whale curve: how much of all profit comes from how few customers, with its uncertainty."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.measure.statistic import Interval, interval

Floats = NDArray[np.float64]
TOPS = (1, 5, 10, 20, 50)
DRAWS = 1_000
# So many different values at each end stay as they are; those between are put together in bins.
EXACT_AT_ENDS, BINS = 5_000, 10_000


class Worths(msgspec.Struct, frozen=True):
    """What customers are worth: different `values` from the highest down, `counts` of customers."""

    values: Floats
    counts: Floats

    @property
    def customers(self) -> float:
        """All customers."""
        return float(self.counts.sum())

    @property
    def total(self) -> float:
        """All that they are worth."""
        return float(self.values @ self.counts)


class Shape(msgspec.Struct, frozen=True):
    """Figures of one curve, as shares: `tops` of the best 1, 5, 10, 20 and 50 % of customers.

    The best 5 % of 43 customers are 2 customers, whole ones. `peak` is the profit without the
    losers, `break_even` the share of customers who bring anything, where the curve is highest.
    """

    tops: tuple[float, ...]
    peak: float
    break_even: float
    gini: float


def worths_of(values: Floats, counts: Floats) -> Worths:
    """Order what customers are worth; raises ValueError where nobody is.

    >>> worths_of(np.array([1.0, 5.0]), np.array([3.0, 1.0])).values
    array([5., 1.])
    """
    if not len(values) or counts.sum() <= 0:
        raise ValueError("there are no customers")
    order = np.argsort(-values, kind="stable")
    return Worths(values[order], counts[order])


def curve(worths: Worths, points: Floats) -> Floats:
    """Give the share of all profit that the best so many customers (shares, 0 to 1) bring.

    Within a customer the curve is a line. Raises ValueError where all together bring nothing.

    >>> curve(worths_of(np.array([8.0, 2.0]), np.ones(2)), np.array([0.5, 1.0])).tolist()
    [0.8, 1.0]
    """
    return _curve(worths.values, worths.counts, points)


def _curve(values: Floats, counts: Floats, points: Floats) -> Floats:
    people = np.concatenate([[0.0], np.cumsum(counts)])
    profit = np.concatenate([[0.0], np.cumsum(values * counts)])
    if profit[-1] <= 0:
        raise ValueError("all customers together bring nothing")
    return np.asarray(np.interp(points * people[-1], people, profit) / profit[-1])


def shape(worths: Worths) -> Shape:
    """Give the figures of a curve.

    The Gini coefficient is twice the area between the curve and the diagonal, which equals
    Σ|x_i − x_j| / (2n²·mean). With losers it may be above 1. Source: Gini 1912; Storbacka 1997
    for the curve. Raises ValueError where all together bring nothing.

    >>> found = shape(worths_of(np.array([9.0, 1.0, 0.0, -2.0]), np.ones(4)))
    >>> found.peak, found.break_even
    (1.25, 0.5)
    """
    return _shape(worths.values, worths.counts)


def _shape(values: Floats, counts: Floats) -> Shape:
    people, profit = counts.sum(), values * counts
    # A hair more, so that a fifth of five customers is one whatever floats make of it.
    best = np.floor(np.array(TOPS) / 100 * people + 1e-9) / people
    tops = _curve(values, counts, best)
    total = profit.sum()
    before = np.cumsum(profit) - profit
    area = float(((before + profit / 2) * counts).sum() / (people * total))
    gains = values > 0
    return Shape(
        tuple(float(one) for one in tops),
        float(profit[gains].sum() / total),
        float(counts[gains].sum() / people),
        2 * area - 1,
    )


def without_largest(worths: Worths) -> Worths:
    """Take the customer who is worth most away; raises ValueError where nobody is left."""
    counts = worths.counts.copy()
    counts[0] -= 1
    kept = counts > 0
    return worths_of(worths.values[kept], counts[kept])


def bootstrapped(
    worths: Worths, points: Floats, rng: np.random.Generator, draws: int = DRAWS
) -> tuple[list[Shape], Floats]:
    """Draw customers anew by Poisson weights; give each draw's figures and curve at the points.

    Draws in which nothing is earned are left out.
    """
    small = binned(worths)
    shapes, curves = [], []
    for _ in range(draws):
        weights = rng.poisson(small.counts).astype(np.float64)
        if weights.sum() > 0 and small.values @ weights > 0:
            shapes.append(_shape(small.values, weights))
            curves.append(_curve(small.values, weights, points))
    return shapes, np.array(curves).reshape(-1, len(points))


def binned(worths: Worths) -> Worths:
    """Put the many values in the middle together, so that drawing a million customers is quick.

    Both ends stay exact; a bin's value is its mean, so that total and counts stay what they were.
    """
    if len(worths.values) <= 2 * EXACT_AT_ENDS + BINS:
        return worths
    first, last = EXACT_AT_ENDS, len(worths.values) - EXACT_AT_ENDS
    edges = np.unique(np.linspace(first, last, BINS + 1).astype(np.int64))[:-1]
    counts = np.add.reduceat(worths.counts[:last], edges)
    sums = np.add.reduceat((worths.values * worths.counts)[:last], edges)
    return Worths(
        np.concatenate([worths.values[:first], sums / counts, worths.values[last:]]),
        np.concatenate([worths.counts[:first], counts, worths.counts[last:]]),
    )


def ends(estimate: float, drawn: Floats) -> Interval:
    """Give an estimate between the 2.5 and 97.5 % quantiles of its draws.

    >>> ends(2.0, np.array([1.0, 2.0, 3.0]))
    Interval(estimate=2.0, low=1.05, high=2.95)
    """
    low, high = np.quantile(drawn, (0.025, 0.975)) if len(drawn) else (estimate, estimate)
    return interval(estimate, float(low), float(high))
