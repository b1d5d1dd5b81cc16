"""Gamma-Gamma: what an order of a customer is worth, between their own mean and everybody's.

Source: Fader and Hardie 2013, The Gamma-Gamma model of monetary value.
"""

import numpy as np
from scipy.special import gammaln

from wegweiser.measure.lifetime.buyers import Numbers
from wegweiser.measure.lifetime.fit import Fitted, maximise

NAMES = ("p", "q", "v")
_STARTS = ((1.0, 2.0, 10.0), (6.0, 4.0, 15.0), (2.0, 2.0, 100.0))


def fit(orders: Numbers, mean_value: Numbers, count: Numbers | None = None) -> Fitted:
    """Fit Gamma-Gamma to buyers with at least one repeat order and a mean value above 0.

    Assumes that the value of orders varies around a mean of each person, and that this mean has
    nothing to do with how often they buy.
    """
    if not ((orders >= 1).all() and (mean_value > 0).all()):
        raise ValueError("values of orders are learned from repeat buyers with positive values")
    weights = np.ones(len(orders)) if count is None else count
    return maximise(
        NAMES,
        lambda logs: -_log_likelihood(np.exp(logs), orders, mean_value, weights),
        _STARTS,
    )


def _log_likelihood(parameters: Numbers, x: Numbers, mean: Numbers, count: Numbers) -> float:
    p, q, v = parameters
    part = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v)
    part += (p * x - 1.0) * np.log(mean) + p * x * np.log(x) - (p * x + q) * np.log(x * mean + v)
    return float((count * part).sum())


def expected(fitted: Fitted, orders: Numbers, mean_value: Numbers) -> Numbers:
    """Give the expected value per order: p·(v + x·mean)/(p·x + q - 1); needs q above 1.

    Raises ValueError for q of 1 or less, where everybody's mean is not finite.
    """
    p, q, v = fitted.values
    if q <= 1.0:
        raise ValueError("the values of orders vary so much that their mean is not known")
    return np.asarray(p * (v + orders * mean_value) / (p * orders + q - 1.0), dtype=np.float64)
