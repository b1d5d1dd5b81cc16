"""Intervals of single figures: shares by Wilson, means by Student's t, medians by their order."""

import math
from bisect import bisect_right
from itertools import accumulate

import msgspec
from scipy import special


class Interval(msgspec.Struct, frozen=True):
    """An estimate between two ends; low <= estimate <= high always."""

    estimate: float
    low: float
    high: float


def interval(estimate: float, low: float, high: float) -> Interval:
    """Make an interval whose ends never cross the estimate by rounding."""
    return Interval(estimate, min(low, estimate), max(high, estimate))


def normal_quantile(level: float) -> float:
    """Give the two-sided quantile of the normal distribution.

    >>> normal_quantile(0.95)
    1.959964
    """
    return float(special.ndtri((1 + level) / 2))


def wilson(successes: int, trials: int, level: float = 0.95) -> Interval:
    """Give a share with Wilson's score interval; it is honest at none and at all.

    Centre (p + z²/2n) / (1 + z²/n), half-width z/(1 + z²/n)·√(p(1 − p)/n + z²/4n²).
    Assumes independent trials of one chance. Source: E. B. Wilson 1927, JASA 22.
    Raises ValueError unless 0 <= successes <= trials and trials > 0.

    >>> share = wilson(842, 8000)
    >>> share.estimate, share.low, share.high
    (0.10525, 0.09871, 0.11217)
    """
    if trials <= 0 or not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is no share")
    z = normal_quantile(level)
    share = successes / trials
    shrink = 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / shrink
    half = z / shrink * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return interval(share, max(0.0, centre - half), min(1.0, centre + half))


def mean_with_t(count: int, total: float, squares: float, level: float = 0.95) -> Interval:
    """Give a mean with Student's t interval from count, sum and sum of squares.

    x̄ ± t·s/√n with n − 1 degrees of freedom. Assumes independent values whose mean is nearly
    normal. Source: Student 1908, Biometrika 6. Raises ValueError below two values.

    >>> mean_with_t(4, 10.0, 30.0)
    Interval(estimate=2.5, low=0.446, high=4.554)
    """
    if count < 2:
        raise ValueError(f"a mean with an interval needs two values, not {count}")
    mean = total / count
    variance = sample_variance(count, total, squares)
    half = float(special.stdtrit(count - 1, (1 + level) / 2)) * math.sqrt(variance / count)
    return interval(mean, mean - half, mean + half)


def sample_variance(count: int, total: float, squares: float) -> float:
    """Give the variance with n − 1 from count, sum and sum of squares, never below zero.

    >>> sample_variance(4, 10.0, 30.0)
    1.6667
    """
    if count < 2:
        return 0.0
    return max(0.0, (squares - total * total / count) / (count - 1))


def median_with_ends(counted: dict[float, int], level: float = 0.95) -> Interval:
    """Give the median with the interval of its order statistics.

    Ends are the values at the places n/2 ∓ z√n/2 of all in order, widened to whole places; they
    assume nothing but independent values. Source: W. J. Conover 1999, Practical Nonparametric
    Statistics, 3.2. Raises ValueError for no values.

    >>> median_with_ends({float(value): 1 for value in range(1, 101)})
    Interval(estimate=50.5, low=40.0, high=61.0)
    """
    middle = median_of_counts(counted)
    values = sorted(counted)
    passed = list(accumulate(counted[value] for value in values))
    total, reach = passed[-1], normal_quantile(level) * math.sqrt(passed[-1]) / 2
    first = max(1, math.floor(total / 2 - reach))
    last = min(total, math.ceil(total / 2 + reach) + 1)
    low, high = (values[bisect_right(passed, place - 1)] for place in (first, last))
    return interval(middle, low, high)


def median_of_counts(counted: dict[float, int]) -> float:
    """Give the exact median of values that are stated with how often each occurs.

    >>> median_of_counts({1.0: 1, 2.0: 1, 10.0: 2})
    6.0
    """
    values = sorted(counted)
    passed = list(accumulate(counted[value] for value in values))
    if not passed or passed[-1] == 0:
        raise ValueError("nothing has no median")
    lower = values[bisect_right(passed, (passed[-1] - 1) // 2)]
    upper = values[bisect_right(passed, passed[-1] // 2)]
    return (lower + upper) / 2
