"""Limits of control charts from the number of false alarms that somebody is ready to bear."""

import math

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

REFERENCE = 0.5
_EDGE = 1.166
Reals = npt.NDArray[np.float64]


def point_limit(false_per_year: float, per_year: float) -> float:
    """Give c so that |r| > c happens `false_per_year` times a year, r standard normal.

    Raises ValueError unless there are more periods than false alarms in a year.

    >>> point_limit(2.0, 365.25)
    2.7776
    """
    if not 0 < false_per_year < per_year:
        raise ValueError(f"{false_per_year:g} false alarms in {per_year:g} periods are no budget")
    return float(-special.ndtri(false_per_year / per_year / 2))


def run_length(limit: float, reference: float = REFERENCE) -> float:
    """Give the mean number of quiet periods until a two-sided CUSUM raises an alarm.

    ½·(e^{2kb} − 2kb − 1)/(2k²), b = h + 1.166, k = `reference`, h = `limit`. Assumes independent
    standard normal residuals. Source: D. Siegmund 1985, Sequential Analysis.

    >>> run_length(5.0)
    469.1
    """
    exponent = 2 * reference * (limit + _EDGE)
    return 0.5 * (math.exp(min(exponent, 700.0)) - exponent - 1) / (2 * reference**2)


def cusum_limit(quiet_periods: float, reference: float = REFERENCE) -> float:
    """Give h at which a quiet series goes so many periods on average without an alarm.

    >>> cusum_limit(365 / 2)
    4.0744
    """
    least, most = run_length(0.0, reference), 1e12
    wanted = min(max(quiet_periods, least * 1.000001), most)
    return float(optimize.brentq(lambda limit: run_length(limit, reference) - wanted, 0.0, 60.0))


def chance_of_point(residual: Reals, freedom: Reals) -> Reals:
    """Give how probable so large a residual is where nothing happened.

    Two-sided by Student's t: the scale is itself only known from `freedom` degrees of freedom.
    """
    chance: Reals = 2 * special.stdtr(freedom, -np.abs(residual))
    return chance


def normal_size(chance: Reals) -> Reals:
    """Give the size of a normal value that is as improbable on both sides.

    >>> normal_size(np.array([0.05])).round(2).tolist()
    [1.96]
    """
    size: Reals = -special.ndtri(np.clip(chance, 1e-300, 1.0) / 2)
    return size


def chance_of_run(height: Reals, reference: float = REFERENCE) -> Reals:
    """Give how probable it is per quiet period that a CUSUM rises above a height.

    One over the run length to that height; at most 1.
    """
    exponent = np.minimum(2 * reference * (height + _EDGE), 700.0)
    length = 0.5 * (np.exp(exponent) - exponent - 1) / (2 * reference**2)
    chance: Reals = 1 / np.maximum(length, 1.0)
    return chance


def discoveries(chances: Reals, level: float) -> npt.NDArray[np.bool_]:
    """Tell which of the probabilities of one period stand, by Benjamini and Hochberg.

    >>> discoveries(np.array([0.001, 0.2, np.nan]), 1 / 7).tolist()
    [True, False, False]
    """
    known = np.where(np.isnan(chances), 1.0, chances)
    ranked = np.sort(known)
    held = ranked <= np.arange(1, len(ranked) + 1) * level / len(ranked)
    if not held.any():
        return np.zeros(len(known), dtype=np.bool_)
    found: npt.NDArray[np.bool_] = known <= ranked[np.flatnonzero(held)[-1]]
    return found
