"""What must hold before a buying model is believed: identified, irregular buying, no season."""

import math
from collections.abc import Mapping
from statistics import median

import numpy as np

from wegweiser.measure.lifetime.fit import Fitted
from wegweiser.measure.lifetime.models import Model

LEAST_RATIO = 2.7
LARGEST = 1e3
BOUND = 0.01
REGULAR = 1.5
LEAST_REGULAR = 30
LEAST_MONTHS = 24
_MONTHS_A_YEAR = 12


def identified(model: Model, fitted: Fitted, log_likelihood_of_nbd: float) -> bool:
    """Tell whether the data say that and how people stop buying.

    They do not where 2·(ln L - ln L of NBD) is below 2.7, a parameter is above 1,000, a/(a + b)
    lies within .01 of 0 or 1, or the information is no proper one.
    """
    if not np.isfinite(fitted.covariance).all() or (fitted.values > LARGEST).any():
        return False
    if model.stops is not None:
        first, second = (fitted[name] for name in model.stops)
        if not BOUND <= first / (first + second) <= 1 - BOUND:
            return False
    if model.name == "bg_bb":
        return True
    return 2 * (fitted.log_likelihood - log_likelihood_of_nbd) >= LEAST_RATIO


def regularity(gaps: tuple[float, float, float]) -> float | None:
    """Give k of Wheat and Morrison from count, sum and sum of squares of M; 1 is random timing.

    M = last gap / sum of the last two, k = (1 - 4·Var M)/(8·Var M). None below 30 customers with
    three order days, or where all gaps are alike.

    >>> regularity((4.0, 2.0, 1.5)) is None, round(regularity((40.0, 20.0, 13.3333)) or 0, 1)
    (True, 1.0)
    """
    count, total, squares = gaps
    if count < LEAST_REGULAR:
        return None
    variance = (squares - total * total / count) / (count - 1)
    return (1 - 4 * variance) / (8 * variance) if variance > 0 else None


def seasonal_index(months: Mapping[str, int], upto: str) -> dict[int, float] | None:
    """Give per month of the year how many times the usual orders it has, from months before one.

    Each month by the mean of the twelve months around it (the first and the last of thirteen
    counting half), the median over years, made to average 1. None without two whole years.
    """
    names = [name for name in _whole(months) if name < upto]
    if len(names) < LEAST_MONTHS:
        return None
    counts = np.array([float(months.get(name, 0)) for name in names])
    around = np.convolve(counts, [0.5, *[1.0] * 11, 0.5], mode="valid") / _MONTHS_A_YEAR
    found: dict[int, list[float]] = {}
    for name, count, usual in zip(names[6:], counts[6:], around, strict=False):
        if usual > 0:
            found.setdefault(int(name[5:]), []).append(float(count / usual))
    if len(found) < _MONTHS_A_YEAR:
        return None
    middle = {month: median(values) for month, values in found.items()}
    mean = sum(middle.values()) / _MONTHS_A_YEAR
    return {month: value / mean for month, value in middle.items()} if mean > 0 else None


def _whole(months: Mapping[str, int]) -> list[str]:
    """List all months from the one after the first to the one before the last."""
    if not months:
        return []
    first, last = (int(name[:4]) * 12 + int(name[5:]) for name in (min(months), max(months)))
    return [
        f"{(number - 1) // 12:04}-{(number - 1) % 12 + 1:02}" for number in range(first + 1, last)
    ]


def is_seasonal(months: Mapping[str, int]) -> bool:
    """Tell whether some month lies far off its neighbours, though two years are not known.

    A month counts that is over 1.5 times the mean of the months on its sides, beyond three
    standard errors of counting.
    """
    names = _whole(months)
    for before, name, after in zip(names, names[1:], names[2:], strict=False):
        beside = (months.get(before, 0) + months.get(after, 0)) / 2
        excess = months.get(name, 0) - 1.5 * beside
        if beside > 0 and excess > 3 * math.sqrt(months.get(name, 0) + beside / 2):
            return True
    return False
