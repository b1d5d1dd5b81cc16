"""Levels of series, followed at several paces; the pace that erred least so far is believed."""

import numpy as np
import numpy.typing as npt

from wegweiser.measure.watch.gaps import middle, spread_of

Reals = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
PACES = np.array([0.03, 0.1, 0.3, 0.7])
# A faster pace has to be better by so much for each step, or a quiet series would be chased.
_SLOWER_IS_BETTER = 1 + 0.03 * np.arange(len(PACES))
_HELD_SPREADS = 2.0
_FORGETTING = 0.98
_KNOWN_AT_BEGIN = 3.0
_SLOPE_IS_CHANCE = 2.5
_SLOPE_OVER = 91


class Levels:
    """Robust exponential smoothing of what remains without season, with a slope from the past."""

    def __init__(self, rows: int):
        self.level = np.zeros((len(PACES), rows))
        self.slope = np.zeros(rows)
        self._lost = np.zeros((len(PACES), rows))
        self._pick = np.zeros(rows, dtype=np.int64)
        self._age = np.zeros(rows)

    @property
    def pace(self) -> Reals:
        """The pace that is believed, by series."""
        found: Reals = PACES[self._pick]
        return found

    def expected(self) -> Reals:
        """Give what the next period is expected to be without season."""
        at: Reals = self.level[self._pick, np.arange(len(self._pick))]
        return at + self.slope

    def follow(self, came: Reals, spread: Reals, fine: Marks) -> None:
        """Move towards what came without season, no further than two spreads allow."""
        ahead = self.level + self.slope
        error = np.where(fine, came - ahead, 0.0)
        held = np.clip(error, -_HELD_SPREADS * spread, _HELD_SPREADS * spread)
        # A level that has just begun is the mean of the little that is known of it.
        paces = np.maximum(PACES[:, None], 1 / (self._age + _KNOWN_AT_BEGIN))
        self._age = self._age + fine
        self.level = np.where(fine, ahead + paces * held, self.level)
        lost = _FORGETTING * self._lost + (1 - _FORGETTING) * np.abs(held)
        self._lost = np.where(fine, lost, self._lost)

    def learn(self, bare: Reals) -> None:
        """Choose pace and slope anew; `bare` is the past without season [series, periods]."""
        self._pick = np.argmin(self._lost * _SLOWER_IS_BETTER[:, None], axis=0)
        self.slope = slope_of(bare[:, -_SLOPE_OVER:])

    def restart(self, rows: Marks, level: Reals) -> None:
        """Let some series stand at a level anew."""
        self.level = np.where(rows, level, self.level)
        self._age = np.where(rows, 0.0, self._age)

    def begin(self, row: int, level: float) -> None:
        """Let one series begin anew at a level that a few periods showed."""
        self.level[:, row] = level
        self._age[row] = 0.0


def slope_of(bare: Reals) -> Reals:
    """Give the median slope between the halves of the past, nothing where chance explains it.

    >>> slope_of(np.arange(40.0)[None]).tolist(), slope_of(np.ones((1, 40))).tolist()
    ([1.0], [0.0])
    """
    half = bare.shape[1] // 2
    if half < 12:
        return np.zeros(len(bare))
    rises = (bare[:, half : 2 * half] - bare[:, :half]) / half
    slope = np.nan_to_num(middle(rises))
    noise = np.nan_to_num(spread_of(rises)) / np.sqrt(half)
    return np.where(np.abs(slope) > _SLOPE_IS_CHANCE * noise, slope, 0.0)
