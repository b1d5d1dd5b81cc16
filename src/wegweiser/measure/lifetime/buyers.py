"""What buying models know of customers: how often, when last, and since when."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


class Buyers(msgspec.Struct, frozen=True):
    """Groups of customers who look alike, as arrays of equal length.

    `repeats` are order days after the first, `last` the time of the last one since the first (0
    without repeats), `age` the time watched since the first, in one unit such as weeks; `count`
    is how many customers look like that.
    """

    repeats: Numbers
    last: Numbers
    age: Numbers
    count: Numbers

    @property
    def customers(self) -> float:
        """All customers."""
        return float(self.count.sum())

    def thinned(self, most: int) -> "Buyers":
        """Take every so many customers in the order of the groups, at most `most` of them.

        >>> gather([0, 1, 2], [0, 1, 2], [9, 9, 9], [4, 4, 4]).thinned(6).count.tolist()
        [2.0, 2.0, 2.0]
        """
        if self.customers <= most:
            return self
        passed = np.concatenate([[0.0], np.cumsum(self.count)])
        taken = np.diff(np.floor(passed / self.customers * most))
        kept = taken > 0
        return Buyers(self.repeats[kept], self.last[kept], self.age[kept], taken[kept])


def gather(
    repeats: Sequence[float] | Numbers,
    last: Sequence[float] | Numbers,
    age: Sequence[float] | Numbers,
    count: Sequence[float] | Numbers | None = None,
) -> Buyers:
    """Add up customers who look alike; raises ValueError for those who cannot be.

    >>> gather([0, 0, 2], [0, 0, 5], [9, 9, 9]).count.tolist()
    [2.0, 1.0]
    """
    table = np.column_stack([np.asarray(part, dtype=np.float64) for part in (repeats, last, age)])
    weights = np.ones(len(table)) if count is None else np.asarray(count, dtype=np.float64)
    known = np.isfinite(table).all() and (table >= 0).all() and (table[:, 0] % 1 == 0).all()
    if not known or (table[:, 1] > table[:, 2]).any():
        raise ValueError("a last order lies before the first one or beyond the time watched")
    if ((table[:, 0] == 0) & (table[:, 1] > 0)).any():
        raise ValueError("only who bought again has a last order after the first one")
    alike, place = np.unique(table, axis=0, return_inverse=True)
    summed = np.bincount(place.reshape(-1), weights, len(alike)).astype(np.float64)
    return Buyers(alike[:, 0], alike[:, 1], alike[:, 2], summed)
