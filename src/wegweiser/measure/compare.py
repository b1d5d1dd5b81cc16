"""Differences between two arms: rates by Newcombe, means by Welch, relative ones by delta."""

import math

import msgspec
from scipy import special

from wegweiser.measure.statistic import (
    Interval,
    interval,
    normal_quantile,
    sample_variance,
    wilson,
)


class Arm(msgspec.Struct, frozen=True):
    """What is summed over the units of an arm: their number, Σy and Σy²."""

    units: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        """Give the mean per unit."""
        return self.total / self.units

    @property
    def variance(self) -> float:
        """Give the variance of units, with n − 1."""
        return sample_variance(self.units, self.total, self.squares)

    @property
    def mean_variance(self) -> float:
        """Give the squared standard error of the mean."""
        return self.variance / self.units


def rate_arm(successes: int, units: int) -> Arm:
    """Make the arm of a rate, where y is 0 or 1.

    >>> rate_arm(25, 100).mean
    0.25
    """
    return Arm(units, successes, successes)


def difference_variance(treated: Arm, control: Arm) -> float:
    """Give the squared standard error of the difference of two means."""
    return treated.mean_variance + control.mean_variance


def newcombe(treated: Arm, control: Arm, level: float = 0.95) -> Interval:
    """Give the difference of two rates, with ends built from the Wilson ends of both.

    d − √((p₁ − l₁)² + (u₀ − p₀)²) to d + √((u₁ − p₁)² + (p₀ − l₀)²). Assumes independent units.
    Source: R. G. Newcombe 1998, Statistics in Medicine 17 (method 10).

    >>> newcombe(rate_arm(3894, 21307), rate_arm(2262, 21306))
    Interval(estimate=0.076590, low=0.069953, high=0.083227)
    """
    one = wilson(round(treated.total), treated.units, level)
    none = wilson(round(control.total), control.units, level)
    difference = one.estimate - none.estimate
    below = math.hypot(one.estimate - one.low, none.high - none.estimate)
    above = math.hypot(one.high - one.estimate, none.estimate - none.low)
    return interval(difference, difference - below, difference + above)


def welch(treated: Arm, control: Arm, level: float = 0.95) -> Interval:
    """Give the difference of two means by Welch's t, arms of unequal variance allowed.

    d ± t·√(s₁²/n₁ + s₀²/n₀) with Welch-Satterthwaite degrees of freedom. Assumes independent
    units and means that are nearly normal. Source: B. L. Welch 1947, Biometrika 34.

    >>> welch(Arm(100, 300.0, 1300.0), Arm(100, 200.0, 800.0))
    Interval(estimate=1.0, low=0.439, high=1.561)
    """
    difference = treated.mean - control.mean
    variance = difference_variance(treated, control)
    if variance == 0.0:
        return Interval(difference, difference, difference)
    freedom = variance**2 / (
        treated.mean_variance**2 / (treated.units - 1)
        + control.mean_variance**2 / (control.units - 1)
    )
    half = float(special.stdtrit(freedom, (1 + level) / 2)) * math.sqrt(variance)
    return interval(difference, difference - half, difference + half)


def relative_difference(treated: Arm, control: Arm, level: float = 0.95) -> Interval | None:
    """Give ȳ₁/ȳ₀ − 1 by the delta method; None when the control mean is too near to zero.

    Variance s₁²/(n₁ȳ₀²) + ȳ₁²s₀²/(n₀ȳ₀⁴). Assumes that ȳ₀ is more than 4 standard errors from
    zero. Source: Deng, Knoblich & Lu 2018, KDD.

    >>> relative_difference(rate_arm(3894, 21307), rate_arm(2262, 21306))
    Interval(estimate=0.7214, low=0.638, high=0.804)
    """
    if abs(control.mean) <= 4 * math.sqrt(control.mean_variance):
        return None
    change = treated.mean / control.mean - 1
    variance = (
        treated.mean_variance / control.mean**2
        + treated.mean**2 * control.mean_variance / control.mean**4
    )
    half = normal_quantile(level) * math.sqrt(variance)
    return interval(change, change - half, change + half)


class Paired(msgspec.Struct, frozen=True):
    """Sums over units of a numerator y and a denominator x, for a ratio of means."""

    units: int
    y: float
    x: float
    yy: float
    xx: float
    xy: float


def ratio_of_means(sums: Paired, level: float = 0.95) -> Interval:
    """Give Σy/Σx of correlated sums, such as spend per visit, by the delta method.

    Var(R) = (s_yy − 2R·s_xy + R²·s_xx)/(n·x̄²) over units. Assumes independent units and x̄ well
    above zero. Source: Deng, Knoblich & Lu 2018, KDD. Raises ValueError when Σx is zero.

    >>> ratio_of_means(Paired(units=3, y=6.0, x=3.0, yy=14.0, xx=3.0, xy=6.0)).estimate
    2.0
    """
    if sums.x == 0 or sums.units < 2:
        raise ValueError("a ratio needs two units and a denominator that is not zero")
    ratio = sums.y / sums.x
    freedom = sums.units - 1
    s_yy = (sums.yy - sums.y**2 / sums.units) / freedom
    s_xx = (sums.xx - sums.x**2 / sums.units) / freedom
    s_xy = (sums.xy - sums.x * sums.y / sums.units) / freedom
    spread = max(0.0, s_yy - 2 * ratio * s_xy + ratio**2 * s_xx)
    error = math.sqrt(spread / sums.units) / abs(sums.x / sums.units)
    half = normal_quantile(level) * error
    return interval(ratio, ratio - half, ratio + half)
