"""How well a model foretold what was held out: in all, by frequency, and in order."""

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from wegweiser.measure.lifetime.buyers import Buyers, Numbers

MOST_REPEATS = 7
WARNED = 0.1


class Holdout(msgspec.Struct, frozen=True):
    """Order days that came and that were foretold, per group of equal repeats (7 is 7 or more).

    `rank` is Spearman's correlation of what was foretold and what came, over customers.
    """

    customers: Numbers
    came: Numbers
    foretold: Numbers
    rank: float

    @property
    def error(self) -> float | None:
        """Foretold by came, less 1; None where nothing came."""
        came = float(self.came.sum())
        return float(self.foretold.sum()) / came - 1 if came > 0 else None

    @property
    def bin_error(self) -> float:
        """The errors of all frequencies, without sign, by all that came."""
        came = float(self.came.sum())
        return float(np.abs(self.foretold - self.came).sum()) / came if came > 0 else np.inf


def held_against(foretold: Numbers, before: Buyers, later: Numbers) -> Holdout:
    """Hold what was foretold per customer of each group against what came later."""
    bins = np.minimum(before.repeats, MOST_REPEATS).astype(np.int64)
    size = MOST_REPEATS + 1
    counted, came, said = (
        np.bincount(bins, before.count * each, size).astype(np.float64)
        for each in (np.ones(len(later)), later, foretold)
    )
    return Holdout(counted, came, said, spearman(foretold, later, before.count))


def spearman(one: Numbers, other: Numbers, count: Numbers) -> float:
    """Give Spearman's rank correlation of groups of customers; 0 where all are equal.

    >>> spearman(np.array([1.0, 2.0, 3.0]), np.array([1.0, 4.0, 9.0]), np.array([5.0, 1.0, 1.0]))
    1.0
    """
    first, second = (_ranks(values, count) for values in (one, other))
    if len(set(first.tolist())) < 2 or len(set(second.tolist())) < 2:
        return 0.0
    weights = count / count.sum()
    first, second = first - (weights * first).sum(), second - (weights * second).sum()
    spread = float((weights * first**2).sum() * (weights * second**2).sum())
    return round(float((weights * first * second).sum()) / math.sqrt(spread), 12)


def _ranks(values: Numbers, count: Numbers) -> Numbers:
    alike, place = np.unique(values, return_inverse=True)
    sizes = np.bincount(place.reshape(-1), count, len(alike))
    middle = np.cumsum(sizes) - (sizes - 1) / 2
    return np.asarray(middle[place.reshape(-1)], dtype=np.float64)


def seasonal_factor(index: dict[int, float] | None, months: Sequence[int]) -> float:
    """Give how many times the usual orders the months to come hold; 1 without an index."""
    if index is None or not months:
        return 1.0
    return sum(index[month] for month in months) / len(months)
