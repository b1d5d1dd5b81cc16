"""Two-sided cumulative sums of residuals, which show small shifts that last."""

import numpy as np
import numpy.typing as npt

from wegweiser.measure.watch.believed import LEAST_RUN
from wegweiser.measure.watch.limits import REFERENCE, chance_of_run

Reals = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
# One wild period is the business of the point chart.
_CLIP = 3.0


class Runs:
    """The sums above and below what was expected, and the periods at which they began."""

    def __init__(self, rows: int):
        self._sums = np.zeros((2, rows))
        self._since = np.zeros((2, rows), dtype=np.int64)

    def take(self, residual: Reals, period: int, fine: Marks) -> None:
        """Add one period's residuals."""
        held = np.clip(np.nan_to_num(residual), -_CLIP, _CLIP)
        for side, signed in enumerate((held, -held)):
            risen = np.maximum(0.0, self._sums[side] + signed - REFERENCE)
            begins = fine & (self._sums[side] == 0)
            self._since[side] = np.where(begins, period, self._since[side])
            self._sums[side] = np.where(fine, risen, self._sums[side])

    def chance(self, period: int) -> Reals:
        """Give how probable such heights are per period; a run is at least three periods long."""
        long_enough = period - self._since + 1 >= LEAST_RUN
        return chance_of_run(np.where(long_enough, self._sums, 0.0).max(axis=0))

    def side(self, row: int) -> int:
        """Give 1 for a series that runs above, -1 for one that runs below."""
        return 1 if self._sums[0, row] >= self._sums[1, row] else -1

    def since(self, row: int) -> int:
        """Give the period at which the higher run of a series began."""
        return int(self._since[0 if self.side(row) > 0 else 1, row])

    def reset(self, row: int) -> None:
        """Begin anew after an alarm."""
        self._sums[:, row] = 0.0
