"""Pareto/NBD: buying at random while alive, and stopping at any moment.

Source: Schmittlein, Morrison and Colombo 1987; Fader and Hardie 2005 for its computation.
"""

import numpy as np
from scipy.special import gammaln, hyp2f1

from wegweiser.measure.lifetime.buyers import Buyers, Numbers
from wegweiser.measure.lifetime.fit import Fitted, maximise

NAMES = ("r", "alpha", "s", "beta")
_STARTS = ((1.0, 1.0, 1.0, 1.0), (0.5, 10.0, 0.6, 12.0), (1.0, 10.0, 0.5, 20.0))


def fit(buyers: Buyers) -> Fitted:
    """Fit Pareto/NBD; `alpha` and `beta` are in the unit of time of the buyers.

    Assumes that people buy independently at a steady rate of their own and stop at a rate of
    their own, both gamma distributed and independent of each other.
    """
    return maximise(NAMES, lambda logs: -_log_likelihood(np.exp(logs), buyers), _STARTS)


def _log_gone(parameters: Numbers, buyers: Buyers) -> Numbers:
    """Give the logarithm of A0: how likely it is to have stopped between last order and now."""
    r, alpha, s, beta = parameters
    x = buyers.repeats
    most, far = max(alpha, beta), abs(alpha - beta)
    power = r + s + x
    second = s + 1.0 if alpha >= beta else r + x

    def log_part(time: Numbers) -> Numbers:
        series = hyp2f1(power, second, power + 1.0, far / (most + time))
        return np.asarray(np.log(series) - power * np.log(most + time))

    at_last, now = log_part(buyers.last), log_part(buyers.age)
    # log(e^a - e^b) with a >= b; equal times leave nothing.
    left = np.maximum(-np.expm1(now - at_last), 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(at_last + np.log(left))


def _log_likelihood(parameters: Numbers, buyers: Buyers) -> float:
    r, alpha, s, beta = parameters
    x, age = buyers.repeats, buyers.age
    shared = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    alive = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
    gone = np.log(s) - np.log(r + s + x) + _log_gone(parameters, buyers)
    return float((buyers.count * (shared + np.logaddexp(alive, gone))).sum())


def alive(fitted: Fitted, buyers: Buyers) -> Numbers:
    """Give the chance of each group to be still buying.

    1/(1 + s/(r + s + x)·(α + T)^(r + x)·(β + T)^s·A0).
    """
    r, alpha, s, beta = fitted.values
    x, age = buyers.repeats, buyers.age
    log_odds = np.log(s) - np.log(r + s + x) + (r + x) * np.log(alpha + age)
    log_odds = log_odds + s * np.log(beta + age) + _log_gone(fitted.values, buyers)
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
