"""The difference of two arms, made sharper by the time before and honest about clusters."""

import msgspec

from wegweiser.measure.lift_sums import Sums


class Adjusted(msgspec.Struct, frozen=True):
    """A difference of means with its squared standard error; θ is 0 where nothing is adjusted."""

    difference: float
    variance: float
    theta: float


def adjusted(treated: Sums, control: Sums, theta: float | None = None) -> Adjusted:
    """Give (ȳ₁ − ȳ₀) − θ(x̄₁ − x̄₀), with θ = pooled within-arm S_xy/S_xx unless it is stated.

    x is the same goal before the first trigger. The variance of an arm's mean of z = y − θx is
    G/(G − 1)·Σ_g(Z_g − z̄·n_g)²/n² over its G clusters (accounts); with one unit per cluster that
    is s²/n. Assumes independent clusters. Source: Deng, Xu, Kohavi & Walker 2013, WSDM (CUPED);
    Liang & Zeger 1986, Biometrika 73.
    """
    used = _theta(treated, control) if theta is None else theta
    difference = _mean(treated, used) - _mean(control, used)
    return Adjusted(difference, _variance(treated, used) + _variance(control, used), used)


def before_began(treated: Sums, control: Sums) -> Adjusted:
    """Give x̄₁ − x̄₀, what the arms differed in before anything began, robust to clusters alike."""
    difference = treated.before.mean - control.before.mean
    variance = sum(
        _spread(arm, arm.before.mean, arm.clusters.nx, arm.clusters.xx)
        for arm in (treated, control)
    )
    return Adjusted(difference, variance, 0.0)


def _theta(*arms: Sums) -> float:
    squares = sum(arm.before.squares - arm.before.total**2 / arm.closed for arm in arms)
    products = sum(arm.products - arm.before.total * arm.after.total / arm.closed for arm in arms)
    return products / squares if squares > 1e-12 else 0.0


def _mean(arm: Sums, theta: float) -> float:
    return (arm.after.total - theta * arm.before.total) / arm.closed


def _variance(arm: Sums, theta: float) -> float:
    held = arm.clusters
    mean = _mean(arm, theta)
    squares = held.yy - 2 * theta * held.xy + theta**2 * held.xx
    beside = held.ny - theta * held.nx
    return _spread(arm, mean, beside, squares)


def _spread(arm: Sums, mean: float, beside: float, squares: float) -> float:
    """Give the squared standard error of a mean from Σ n_g·Z_g (`beside`) and Σ Z_g²."""
    held = arm.clusters
    if held.count < 2:
        return 0.0
    spread = max(0.0, squares - 2 * mean * beside + mean**2 * held.nn)
    return held.count / (held.count - 1) * spread / arm.closed**2
