"""One figure per region and day, with the days before the test and the days of it."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


class Panel(msgspec.Struct, frozen=True):
    """Figures of N regions over T days: `values[region, day]`; the test begins at day `before`."""

    regions: tuple[str, ...]
    values: Numbers
    before: int

    @property
    def during(self) -> int:
        """The days of the test."""
        return int(self.values.shape[1]) - self.before

    def of(self, names: Sequence[str]) -> Numbers:
        """Give the rows of some regions; raises KeyError for one that is not there."""
        place = {name: row for row, name in enumerate(self.regions)}
        return np.asarray(self.values[[place[name] for name in names]])

    def without(self, names: Sequence[str]) -> "Panel":
        """Leave some regions out."""
        kept = [row for row, name in enumerate(self.regions) if name not in set(names)]
        regions = tuple(self.regions[row] for row in kept)
        return Panel(regions, self.values[kept], self.before)
