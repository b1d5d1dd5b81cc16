"""Pareto/NBD: buying at random while alive, and stopping at any moment.

Source: Schmittlein, Morrison and Colombo 1987; Fader and Hardie 2005 for its computation.
"""

import numpy as np
from scipy.special import gammaln

from wegweiser.measure.lifetime.buyers import Buyers, Numbers
from wegweiser.measure.lifetime.fit import Fitted, Starts, fit_buyers

NAMES = ("r", "alpha", "s", "beta")
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_STARTS = ((1.0, 1.0, 1.0, 1.0), (0.5, 10.0, 0.6, 12.0), (1.0, 10.0, 0.5, 20.0))


def fit(buyers: Buyers, starts: Starts = _STARTS) -> Fitted:
    """Fit Pareto/NBD; `alpha` and `beta` are in the unit of time of the buyers.

    Assumes that people buy independently at a steady rate of their own and stop at a rate of
    their own, both gamma distributed and independent of each other.
    """
    return fit_buyers(NAMES, _log_likelihood, starts, buyers)


def _log_gone(parameters: Numbers, buyers: Buyers) -> Numbers:
    """Give the logarithm of s/(r + s + x)·A0: to have stopped between last order and now.

    That is s·∫ (α + y)^-(r + x)·(β + y)^-(s + 1) dy from the last order to now, by Gauss and
    Legendre in ln(y + min(α, β)): the same as the difference of two ₂F₁, in a time that does not
    grow where the parameters are far off.
    """
    r, alpha, s, beta = parameters
    least = min(alpha, beta)
    low, high = np.log(least + buyers.last), np.log(least + buyers.age)
    half = (high - low) / 2
    with np.errstate(divide="ignore"):
        width = np.log(half)
    at = low + half * (1.0 + _NODES[:, None])
    time = np.exp(at) - least
    logs = at - (r + buyers.repeats) * np.log(alpha + time) - (s + 1.0) * np.log(beta + time)
    top = logs.max(axis=0)
    summed = top + np.log(_WEIGHTS @ np.exp(logs - top))
    return np.asarray(np.log(s) + width + summed, dtype=np.float64)


def _log_likelihood(parameters: Numbers, buyers: Buyers) -> float:
    r, alpha, s, beta = parameters
    x, age = buyers.repeats, buyers.age
    shared = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    alive = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
    gone = _log_gone(parameters, buyers)
    return float((buyers.count * (shared + np.logaddexp(alive, gone))).sum())


def alive(fitted: Fitted, buyers: Buyers) -> Numbers:
    """Give the chance of each group to be still buying.

    1/(1 + s/(r + s + x)·(α + T)^(r + x)·(β + T)^s·A0).
    """
    r, alpha, s, beta = fitted.values
    x, age = buyers.repeats, buyers.age
    log_odds = (r + x) * np.log(alpha + age) + s * np.log(beta + age)
    log_odds = log_odds + _log_gone(fitted.values, buyers)
    return np.asarray(1.0 / (1.0 + np.exp(log_odds)), dtype=np.float64)


def expected(fitted: Fitted, buyers: Buyers, time: float) -> Numbers:
    """Give the orders that each group is expected to place in the time to come."""
    r, alpha, s, beta = fitted.values
    late = beta + buyers.age
    left = 1.0 - (late / (late + time)) ** (s - 1.0)
    rate = (r + buyers.repeats) * late / ((alpha + buyers.age) * (s - 1.0))
    return np.asarray(rate * left * alive(fitted, buyers), dtype=np.float64)


def expected_of_new(fitted: Fitted, time: float) -> float:
    """Give the repeat orders of somebody new: r·β/(α·(s - 1))·[1 - (β/(β + t))^(s - 1)]."""
    r, alpha, s, beta = fitted.values
    return float(r * beta / (alpha * (s - 1.0)) * (1.0 - (beta / (beta + time)) ** (s - 1.0)))
