"""What money would bring: draws of a response curve per channel, given as values on a grid."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MOST_MOVE = 0.2
# Outside of what was ever spent a curve says little.
LOWEST_OF_TRIED, HIGHEST_OF_TRIED = 0.5, 1.25


class Response:
    """One channel: `draws` of what it earns (money, rows are draws) at each spend of the `grid`.

    Between points it is a line, beyond the last it stays. `tried` is the range of spend ever seen,
    `identified` is False where the data say nothing and only a prior speaks.
    """

    def __init__(
        self,
        channel: str,
        now: float,
        grid: Sequence[float],
        draws: Floats,
        tried: tuple[float, float] | None = None,
        identified: bool = True,
    ):
        self.channel, self.now, self.identified = channel, now, identified
        self.grid: Floats = np.asarray(grid, float)
        self.draws: Floats = np.atleast_2d(np.asarray(draws, float))
        self.tried = tried or (float(self.grid[0]), float(self.grid[-1]))
        if self.draws.shape[1] != len(self.grid) or len(self.grid) < 2:
            raise ValueError("every draw needs one value for each of at least two spends")
        if np.any(np.diff(self.grid) <= 0):
            raise ValueError("the spends of a response curve must rise")

    def mean(self) -> Floats:
        """Give the curve that is the mean of all draws."""
        return np.asarray(self.draws.mean(axis=0))

    def at(self, spend: float) -> Floats:
        """Give what every draw earns at a spend."""
        place = np.clip(spend, self.grid[0], self.grid[-1])
        right = int(np.clip(np.searchsorted(self.grid, place), 1, len(self.grid) - 1))
        low, high = self.grid[right - 1], self.grid[right]
        share = (place - low) / (high - low)
        return np.asarray(self.draws[:, right - 1] * (1 - share) + self.draws[:, right] * share)

    def marginal(self) -> Floats:
        """Give what the last hundredth of today's spend earns per unit of money, per draw."""
        step = max(self.now, self.grid[1] - self.grid[0]) / 100
        return np.asarray((self.at(self.now) - self.at(self.now - step)) / step)


class Limits(msgspec.Struct, frozen=True):
    """How far a channel's spend may go in one period."""

    low: float
    high: float


def limits_of(one: Response, most_move: float = MOST_MOVE) -> Limits:
    """Give the limits: never below 0, moved by at most a share, not far outside what was tried.

    >>> limits_of(Response("news", 100.0, [0.0, 110.0], [[0.0, 300.0]]))
    Limits(low=80.0, high=120.0)
    """
    low = max(0.0, one.now * (1 - most_move), LOWEST_OF_TRIED * one.tried[0])
    high = min(one.now * (1 + most_move), HIGHEST_OF_TRIED * one.tried[1])
    # Who stands outside of the limits already may stay there.
    return Limits(min(low, one.now), max(high, one.now))
