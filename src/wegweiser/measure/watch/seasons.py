"""The seasons of all series as they are known at each time: short ones learned anew each week."""

import numpy as np
import numpy.typing as npt

from wegweiser.measure.watch.gaps import whole
from wegweiser.measure.watch.grid import Grid
from wegweiser.measure.watch.season import fitted, fitted_long

Reals = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
_LONG_EVERY = 8
_LONG_SEASONS = 4


class Seasons:
    """`added` [series, periods] is what seasons add; it is learned from what came before only.

    It reaches a cycle beyond the last period: where series end changes nothing of what is learned.
    """

    def __init__(self, filled: Reals, begins: npt.NDArray[np.int64], grid: Grid):
        """`filled` is read again at every fit: whoever watches fills its gaps meanwhile."""
        self._filled, self._begins, self._grid = filled, begins, grid
        quick = [one for one in grid.seasons if 2 * one < grid.memory]
        beyond = max(grid.refit_every, *quick, 1)
        self.added = np.zeros((len(filled), filled.shape[1] + beyond))
        self.strength = np.zeros(len(filled))
        # How much a season that was learned anew lifts the recent past less than before.
        self.moved = np.zeros(len(filled))
        self._slow = np.zeros_like(self.added)
        self._slow_strength = np.zeros(len(filled))
        self._quick, self._long = tuple(quick), grid.seasons[len(quick) :]
        self._fits = 0

    def learn(self, period: int) -> Marks:
        """Learn all series anew from what came before a period; gives which have enough past."""
        age = period - self._begins
        fresh: Marks = age >= self._grid.first_fit
        ends = period + self.added.shape[1] - self._filled.shape[1]
        self.moved[:] = 0.0
        for row in np.flatnonzero(fresh).tolist():
            begin = int(self._begins[row])
            if self._fits % _LONG_EVERY == 0:
                self._learn_long(row, begin, period)
            since = max(begin, period - self._grid.memory)
            past = whole(self._filled[row, since:period] - self._slow[row, since:period])
            season = fitted(past, self._quick)
            self.strength[row] = max(season.strength, self._slow_strength[row])
            ahead = season.ahead(ends - period)
            self.added[row, period:ends] = ahead + self._slow[row, period:ends]
        # Not when the first series is old enough: which series there are may be known later only.
        self._fits += int(period >= self._grid.first_fit)
        return fresh

    def _learn_long(self, row: int, begin: int, period: int) -> None:
        """Learn seasons longer than the memory, for the time until they are learned again."""
        for length in self._long:
            block = self._grid.seasons[0]
            since = max(begin, period - _LONG_SEASONS * length)
            past = whole(self._filled[row, since:period])
            season = fitted_long(past, block, length // block)
            if not season.shapes:
                continue
            span = np.arange(since, self._slow.shape[1])
            slow = season.shapes[0][(span - period) % length]
            recent = slice(max(0, period - block), period)
            before = self._slow[row, recent].mean()
            self._slow[row, span] = slow
            self.moved[row] = before - self._slow[row, recent].mean()
            self._slow_strength[row] = season.strength
