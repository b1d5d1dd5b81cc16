"""What sells without media: level, trend, the season of the year, and other causes."""

import numpy as np
from numpy.typing import NDArray

from wegweiser.measure.mix.weeks import Weeks

Floats = NDArray[np.float64]
WEEKS_A_YEAR = 365.25 / 7
HARMONICS = 2


def background(weeks: Weeks) -> Floats:
    """Give the columns level, trend, two harmonics of the year and the controls: N × columns.

    Controls are centred and scaled; one that never changes is left out, since it is the level.
    """
    at = np.arange(weeks.count, dtype=float)
    turns = 2 * np.pi * at / WEEKS_A_YEAR
    waves = [part(n * turns) for n in range(1, HARMONICS + 1) for part in (np.sin, np.cos)]
    moved = [
        (column - column.mean()) / column.std() for column in weeks.controls.T if column.std() > 0
    ]
    trend = at / max(1.0, at[-1]) - 0.5
    return np.column_stack([np.ones(weeks.count), trend, *waves, *moved])


def parameters_of(weeks: Weeks) -> int:
    """Count what is fitted: the background, and decay, saturation and effect per channel."""
    return 2 + 2 * HARMONICS + int(weeks.controls.shape[1]) + 3 * len(weeks.names)


def span_of(columns: Floats) -> Floats:
    """Give an orthonormal basis of what the columns span, so that it can be taken away."""
    left, sizes, _ = np.linalg.svd(columns, full_matrices=False)
    return np.asarray(left[:, sizes > 1e-10 * sizes[0]])
