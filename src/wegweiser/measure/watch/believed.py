"""The size of what was told, corrected for being told: only what stands out is told at all.

Sizes are in units of a quiet residual (standard normal), positive in the direction of the alarm.
Source: H. Zhong & R. L. Prentice 2008, Biostatistics 9, for one threshold; the same conditioning
for a cumulative sum that crosses its limit.
"""

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import special

from wegweiser.measure.statistic import Interval, interval, normal_quantile
from wegweiser.measure.watch.limits import REFERENCE

Reals = npt.NDArray[np.float64]
LEAST_RUN = 3
# From this mean on a run would have been told whatever the luck: nothing is to be corrected.
_PLAIN = 4.0
_CELL = 0.1
_HIGHEST = 24.0
_LONGEST = 120
_SIZES = np.linspace(-8.0, 8.0, 321)
_ENDS = (0.025, 0.5, 0.975)


def believed_point(size: float, limit: float) -> Interval:
    """Give the true size behind one residual that is told because it reached a limit.

    Its chance to be at least so large, given that it reached the limit on either side, is 2.5,
    50 and 97.5 % at the ends and the middle: Φ(δ − y)/(Φ(δ − c) + Φ(−δ − c)).

    >>> near, far = believed_point(3.0, 2.8), believed_point(9.0, 2.8)
    >>> round(near.estimate, 1), round(far.estimate, 1)
    (0.3, 9.0)
    """
    seen = max(size, limit)
    true = _SIZES + (seen if seen > -_SIZES[0] / 2 else 0.0)
    reached = np.logaddexp(special.log_ndtr(true - limit), special.log_ndtr(-true - limit))
    return _read_off(true, np.exp(special.log_ndtr(true - seen) - reached))


def believed_run(mean: float, periods: int, limit: float) -> Interval:
    """Give the true shift behind a run of residuals whose cumulative sum crossed a limit.

    Its chance to cross at least so soon (in the same period: at least so high), given that it
    crosses on either side. Where several shifts make it one half, their middle is given. A run
    under the shift δ is as likely as without one times exp(δ·Σr − n·δ²/2), Σr = S + n·k for a sum
    that never fell to 0 in its n periods.

    >>> few, many = believed_run(1.2, 8, 4.1), believed_run(5.0, 8, 4.1)
    >>> 0 < few.estimate < 1.2, round(many.estimate, 2)
    (True, 5.0)
    """
    if mean >= _PLAIN:
        half = normal_quantile(0.95) / math.sqrt(periods)
        return interval(mean, mean - half, mean + half)
    sooner, at_length, heights = _crossings(round(limit, 1))
    length = min(max(periods, LEAST_RUN), _LONGEST)
    reached = max(length * (mean - REFERENCE), limit)
    # Of the cell that holds the height itself one half counts.
    higher = np.clip((heights - reached) / _CELL + 0.5, 0.0, 1.0)
    tilted = higher * at_length[length - LEAST_RUN] @ _tilts(heights)
    told = sooner[length - LEAST_RUN] + tilted * _drifts(length)
    return _read_off(_SIZES, told / (sooner[-1] + sooner[-1][::-1]))


def _read_off(sizes: Reals, chance: Reals) -> Interval:
    """Find the sizes at which a chance reaches its ends, and the middle of those with one half.

    A run that took its time may come of luck or of a shift: between them the chance hardly moves.
    """
    upwards = np.maximum.accumulate(chance)
    downwards = np.minimum.accumulate(chance[::-1])[::-1]
    low, first, high = np.interp(_ENDS, upwards, sizes)
    middle = (first + np.interp(_ENDS[1], downwards, sizes)) / 2
    return interval(float(middle), float(low), float(high))


@lru_cache(maxsize=64)
def _crossings(limit: float) -> tuple[Reals, Reals, Reals]:
    """Tell how likely a sum that begins at 0 crosses a limit, after how many periods and how high.

    The chance to cross before the 3rd, 4th ... period, and at last at all [periods, sizes]; that
    of a quiet sum to cross in the 3rd, 4th ... period at each height [periods, heights]; and these
    heights. A run has three periods at least, and ends in the first of them in which its sum is
    above the limit.
    """
    heights = np.arange(_CELL / 2, limit + _HIGHEST, _CELL)
    below = heights < limit
    steps = _density(heights[None] - heights[:, None])
    at, crossed = _density(heights), []
    for length in range(1, _LONGEST + 1):
        at = at @ steps if length > 1 else at
        if length >= LEAST_RUN:
            crossed.append(at[~below])
            at = np.where(below, at, 0.0)
    heights = heights[~below]
    drifts = np.array([_drifts(length) for length in range(LEAST_RUN, _LONGEST + 1)])
    each = np.array(crossed) @ _tilts(heights) * drifts
    sooner = np.concatenate([np.zeros((1, len(_SIZES))), np.cumsum(each, axis=0)])
    return sooner, np.array(crossed), heights


def _density(step: Reals) -> Reals:
    density: Reals = np.exp(-((step + REFERENCE) ** 2) / 2) * _CELL / math.sqrt(2 * math.pi)
    return density


def _tilts(heights: Reals) -> Reals:
    return np.exp(heights[:, None] * _SIZES[None])


def _drifts(length: int) -> Reals:
    drift: Reals = np.exp(length * (REFERENCE * _SIZES - _SIZES**2 / 2))
    return drift
