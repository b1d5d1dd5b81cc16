"""Intervals that stay true however often they are read."""

import math

from wegweiser.measure.statistic import Interval, interval

# Where no size was planned, intervals are narrowest at so many units.
UNITS_UNPLANNED = 10_000


def always_valid(
    estimate: float, variance: float, worth_knowing: float, alpha: float = 0.05
) -> Interval:
    """Widen an estimate to the mixture confidence sequence of a normal mean.

    Half-width √(V(V + τ²)/τ² · (ln((V + τ²)/V) + 2 ln(1/α))), V = `variance` (squared standard
    error at this look), τ = `worth_knowing`, the effect that it is tuned for. Holds over all
    looks at once from the first look at which the estimate is nearly normal. Source: Robbins
    1970; Waudby-Smith and others 2024. Raises ValueError unless τ > 0.

    >>> always_valid(0.0, 1.0, 1.0)
    Interval(estimate=0.0, low=-3.656, high=3.656)
    """
    if worth_knowing <= 0:
        raise ValueError("the effect worth knowing must be above zero")
    if variance <= 0:
        return Interval(estimate, estimate, estimate)
    half = half_width(variance, worth_knowing, alpha)
    return interval(estimate, estimate - half, estimate + half)


def half_width(variance: float, worth_knowing: float, alpha: float = 0.05) -> float:
    """Give √(V(V + τ²)/τ² · (ln((V + τ²)/V) + 2 ln(1/α))), half the width of `always_valid`.

    >>> half_width(1.0, 1.0)
    3.656
    """
    squared = worth_knowing**2
    spread = math.log((variance + squared) / variance) + 2 * math.log(1 / alpha)
    return math.sqrt(variance * (variance + squared) / squared * spread)


def standard_errors(variance: float, worth_knowing: float, alpha: float = 0.05) -> float:
    """Give half the width of `always_valid` in standard errors, for ratios of the same means.

    >>> standard_errors(1.0, 1.0)
    3.656
    """
    return half_width(variance, worth_knowing, alpha) / math.sqrt(variance)


def tuned_for(variance: float, units: int, planned_units: int, alpha: float = 0.05) -> float:
    """Give the effect worth knowing that makes the interval narrowest at a planned size.

    τ² = ρ²·V·N with ρ² = (−2 ln α + ln(1 − 2 ln α))/N*, N = `units` now, N* = `planned_units`, or
    10,000 where none were planned (0). Source: Howard and others 2021, Annals of Statistics 49.

    >>> tau = tuned_for(variance=1e-4, units=42613, planned_units=64000)
    >>> always_valid(0.0, 1e-4, tau).high / 1e-2
    3.0514
    """
    best_at = planned_units or UNITS_UNPLANNED
    rho_squared = (-2 * math.log(alpha) + math.log(1 - 2 * math.log(alpha))) / best_at
    return math.sqrt(rho_squared * variance * units)


def evidence_value(estimate: float, variance: float, worth_knowing: float) -> float:
    """Give the e-value of a look: how much better an effect explains the data than none.

    exp(½·d²τ²/(V(V + τ²)))·√(V/(V + τ²)); its mean over A/A tests is at most 1.

    >>> evidence_value(0.0, 1.0, 1.0)
    0.7071
    """
    squared = worth_knowing**2
    exponent = 0.5 * estimate**2 * squared / (variance * (variance + squared))
    return math.exp(min(exponent, 700.0)) * math.sqrt(variance / (variance + squared))
