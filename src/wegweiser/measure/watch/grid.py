"""Periods of a series: how many make a year, which seasons they have, when there is enough."""

from collections.abc import Mapping
from typing import Literal

import msgspec

PeriodName = Literal["hour", "day", "week", "month"]
LEAST_SEASONS = 8
LEAST_POINTS = 60


class Grid(msgspec.Struct, frozen=True):
    """Equal steps in time; `seasons` are lengths in periods, shortest first.

    A season is learned once there were two of it; `refit_every` periods it is learned anew,
    from at most `memory` periods.
    """

    per_year: float
    seasons: tuple[int, ...]
    refit_every: int
    memory: int

    @property
    def warm_up(self) -> int:
        """Periods before which nothing is judged: eight seasons or 60, whichever is less.

        >>> GRIDS["day"].warm_up, GRIDS["month"].warm_up
        (56, 60)
        """
        if not self.seasons:
            return LEAST_POINTS
        return min(LEAST_SEASONS * self.seasons[0], LEAST_POINTS)

    @property
    def first_fit(self) -> int:
        """Periods before the first season is learned: the rest of the warm-up shows its errors."""
        shortest = self.seasons[0] if self.seasons else 1
        return max(2 * shortest + 1, self.warm_up // 2)


GRIDS: Mapping[PeriodName, Grid] = {
    "hour": Grid(per_year=8_766, seasons=(24, 168), refit_every=168, memory=1_400),
    "day": Grid(per_year=365.25, seasons=(7, 364), refit_every=7, memory=182),
    "week": Grid(per_year=52.18, seasons=(52,), refit_every=4, memory=260),
    "month": Grid(per_year=12.0, seasons=(12,), refit_every=1, memory=180),
}
