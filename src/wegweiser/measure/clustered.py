"""Figures of two arms whose units come in clusters, with or without the time before."""

import math

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy import special

from wegweiser.measure.adjusted import Adjusted, adjusted
from wegweiser.measure.lift_sums import Sums
from wegweiser.measure.statistic import Interval, interval, normal_quantile

Floats = NDArray[np.float64]
# From here on both ways agree, so that it costs nothing that chance decides between them.
_NEAR_ZERO = 30.0


def covariance(arm: Sums) -> Floats:
    """Give the 2 × 2 covariance of an arm's means (ȳ, x̄), robust to clusters.

    G/(G − 1)·Σ_g(Y_g − ȳ·n_g)(X_g − x̄·n_g)/n² and alike; s²/n with one unit per cluster.
    """
    held, n = arm.clusters, arm.closed
    y, x = arm.after.total / n, arm.before.total / n
    yy = held.yy - 2 * y * held.ny + y * y * held.nn
    xx = held.xx - 2 * x * held.nx + x * x * held.nn
    xy = held.xy - y * held.nx - x * held.ny + x * y * held.nn
    factor = held.count / (held.count - 1) / n**2 if held.count > 1 else 0.0
    return np.array([[max(yy, 0.0), xy], [xy, max(xx, 0.0)]]) * factor


def clustered_difference(treated: Sums, control: Sums, level: float = 0.95) -> Interval:
    """Give ȳ₁ − ȳ₀ with clusters, by t with the degrees of freedom of `freedom_over_clusters`.

    Assumes independent clusters and means that are nearly normal. Source: Liang & Zeger 1986;
    B. L. Welch 1947.
    """
    found = adjusted(treated, control, 0.0)
    freedom = freedom_over_clusters(treated, control)
    if found.variance <= 0 or freedom <= 0:
        return Interval(found.difference, found.difference, found.difference)
    half = float(special.stdtrit(freedom, (1 + level) / 2)) * math.sqrt(found.variance)
    return interval(found.difference, found.difference - half, found.difference + half)


def freedom_over_clusters(one: Sums, other: Sums) -> float:
    """Give the degrees of freedom of Welch and Satterthwaite over clusters; 0 without a variance.

    Unequal clusters count as (Σn)²/Σn² equal ones: a few large ones carry the variance, and it is
    known less well than their number says. Source: Carter, Schnepel & Steigerwald 2017, Review of
    Economics and Statistics 99.
    """
    parts = [(float(covariance(arm)[0, 0]), _equal_clusters(arm)) for arm in (one, other)]
    beneath = sum(part**2 / (count - 1) for part, count in parts if count > 1)
    return sum(part for part, _ in parts) ** 2 / beneath if beneath > 0 else 0.0


def widened(found: Adjusted, treated: Sums, control: Sums) -> Adjusted:
    """Give a difference with its variance widened by `times_of` where units come in clusters."""
    if not (treated.is_clustered or control.is_clustered):
        return found
    times = times_of(freedom_over_clusters(treated, control))
    return msgspec.structs.replace(found, variance=found.variance * times)


def times_of(freedom: float) -> float:
    """Give (t/z)², by which a variance is widened that so many degrees of freedom know.

    t and z are the two-sided 95 % quantiles of Student's t and of the normal distribution; 1 for
    no degrees of freedom. A few large clusters know the variance badly, and a confidence sequence
    takes it as known: without this it leaves the truth out too often. Source: as with
    `freedom_over_clusters`; by simulation, that this is enough.

    >>> times_of(5.0), times_of(1e9)
    (1.7202, 1.0)
    """
    if freedom <= 0:
        return 1.0
    return (float(special.stdtrit(freedom, 0.975)) / normal_quantile(0.95)) ** 2


def _equal_clusters(arm: Sums) -> float:
    return arm.closed**2 / arm.clusters.nn if arm.clusters.nn > 0 else 0.0


def relative_adjusted(
    treated: Sums, control: Sums, theta: float, level: float = 0.95
) -> Interval | None:
    """Give m₁/m₀ − 1 of the adjusted means m_k = ȳ_k − θ(x̄_k − x̄) by the full delta method.

    x̄ = Σw_k·x̄_k with w_k = n_k/N, so that both means hang on all four of (ȳ₁, x̄₁, ȳ₀, x̄₀). Where
    m₀ is within 30 standard errors of zero, Fieller's ends; None where these are unbounded. It is
    for one look. Source: Deng, Knoblich & Lu 2018, KDD; E. C. Fieller 1954, JRSS B 16.
    """
    quantile = normal_quantile(level)
    means = _means(treated, control, theta)
    one, none, spread = means.one, means.none, means.spread
    if abs(none) <= _NEAR_ZERO * math.sqrt(spread[1, 1]):
        return _fieller(one, none, spread, quantile)
    gradient = np.array([1 / none, -one / none**2])
    half = quantile * math.sqrt(max(0.0, float(gradient @ spread @ gradient)))
    change = one / none - 1
    return interval(change, change - half, change + half)


def relative_at_any_time(
    treated: Sums, control: Sums, theta: float, standard_errors: float
) -> Interval | None:
    """Give m₁/m₀ − 1 with the ends that stay true however often they are read.

    The ratios R for which the confidence sequence of m₁ − R·m₀ holds 0, which is Fieller's set with
    the sequence's number of standard errors in place of z; None where it is unbounded. At R = 1 it
    says the same as the sequence of the difference. Source: E. C. Fieller 1954, JRSS B 16; Howard
    and others 2021, Annals of Statistics 49.
    """
    means = _means(treated, control, theta)
    if means.none == 0:
        return None
    return _fieller(means.one, means.none, means.spread, standard_errors)


class _Means(msgspec.Struct, frozen=True):
    """Both adjusted means with their 2 × 2 covariance."""

    one: float
    none: float
    spread: Floats


def _means(treated: Sums, control: Sums, theta: float) -> _Means:
    share = treated.closed / (treated.closed + control.closed)
    far = treated.before.mean - control.before.mean
    one = treated.after.mean - theta * (1 - share) * far
    none = control.after.mean + theta * share * far
    spread = np.zeros((4, 4))
    spread[:2, :2], spread[2:, 2:] = covariance(treated), covariance(control)
    # How the two adjusted means change with (ȳ₁, x̄₁, ȳ₀, x̄₀).
    of_one = np.array([1.0, -theta * (1 - share), 0.0, theta * (1 - share)])
    of_none = np.array([0.0, theta * share, 1.0, -theta * share])
    return _Means(one, none, np.array([of_one, of_none]) @ spread @ np.array([of_one, of_none]).T)


def _fieller(one: float, none: float, spread: Floats, quantile: float) -> Interval | None:
    """Solve (m₁ − R·m₀)² = z²·Var(m₁ − R·m₀) for R."""
    squared = quantile**2
    a = none**2 - squared * float(spread[1, 1])
    if a <= 0:
        return None
    b = one * none - squared * float(spread[0, 1])
    inner = b**2 - a * (one**2 - squared * float(spread[0, 0]))
    root = math.sqrt(max(0.0, inner))
    return interval(one / none - 1, (b - root) / a - 1, (b + root) / a - 1)


def gained(treated: Sums, control: Sums) -> float:
    """Give the share by which the time before makes the variance smaller, 0 at least."""
    raw, found = adjusted(treated, control, 0.0).variance, adjusted(treated, control).variance
    return max(0.0, 1 - found / raw) if raw > 0 else 0.0
