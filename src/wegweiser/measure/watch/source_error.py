"""Finds periods in which the source failed, so that nobody learns from them."""

import math

import numpy as np
import numpy.typing as npt

from wegweiser.measure.watch.panel import Panel

Reals = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
FINE, MISSING, FLAT, LATE = 0, 1, 2, 3
WORDS = {MISSING: "missing", FLAT: "flat", LATE: "late"}
LEAST_EQUAL = 14
IMPOSSIBLE = 1e-6
_FAR_BELOW = 6.0
_LEAST_EXPECTED = -math.log(IMPOSSIBLE)


def silent(panel: Panel, period: int, expected: Reals, spread: Reals) -> Marks:
    """Tell which counts are zero though chance would hardly ever let them be.

    Of a ratio it is the count above the line: no goals although there are visits.
    """
    of_ratio = (panel.kinds == "ratio") & (panel.wholes[:, period] > 0)
    zero = ((panel.kinds == "count") | of_ratio) & (panel.parts[:, period] == 0)
    base = np.where(of_ratio, np.nan_to_num(panel.wholes[:, period]), 1.0)
    likely = base * np.exp(np.minimum(expected, 30.0)) > _LEAST_EXPECTED
    far = (panel.watched[:, period] - expected) / spread < -_FAR_BELOW
    found: Marks = zero & likely & far
    return found


def steps_of(panel: Panel, periods: int) -> Reals:
    """Give the smallest difference between plain values in the first periods, 1 for counts.

    Whoever asks in one of them knows only those before it.
    """
    steps = np.ones(len(panel.names))
    for row in np.flatnonzero(panel.kinds == "value"):
        values = np.unique(panel.shown[row, :periods])
        gaps = np.diff(values[~np.isnan(values)])
        gaps = gaps[gaps > 0]
        steps[row] = gaps.min() if len(gaps) else 1.0
    return steps


def equal_chance(panel: Panel, period: int, spread: Reals, steps: Reals) -> Reals:
    """Give how probable it is that two values that follow each other are equal.

    step / (2√π s), s the spread of shown values: that of two rounded normal values.
    """
    shown = np.nan_to_num(panel.shown[:, period])
    whole = np.maximum(np.nan_to_num(panel.wholes[:, period], nan=1.0), 1.0)
    # What one step of the shown value is on the scale that is watched.
    slope = np.where(panel.kinds == "count", shown + 0.5, 1.0)
    slope = np.where(panel.kinds == "ratio", shown * whole + 0.5, slope)
    slope = np.where(panel.kinds == "share", shown * (1 - shown) * whole + 0.5, slope)
    # Nothing at all, again and again, is what a rare thing looks like.
    rare = panel.parts[:, period] == 0
    chance: Reals = np.minimum(1.0, steps / (2 * math.sqrt(math.pi) * spread * slope + 1e-300))
    return np.where(rare & (panel.kinds != "value"), 1.0, chance)


def is_flat(lengths: npt.NDArray[np.int64], chance: Reals) -> Marks:
    """Tell which runs of equal values are too long to be chance."""
    found: Marks = (lengths >= LEAST_EQUAL) & (chance ** (lengths - 1.0) < IMPOSSIBLE)
    return found
