"""Gamma-Gamma: what an order of a customer is worth, between their own mean and everybody's.

Source: Fader and Hardie 2013, The Gamma-Gamma model of monetary value.
"""

import msgspec
import numpy as np
from scipy.special import gammaln

from wegweiser.measure.lifetime.buyers import Numbers
from wegweiser.measure.lifetime.fit import Fitted, maximise

NAMES = ("p", "q", "v")
_STARTS = ((1.0, 2.0, 1.0), (6.0, 4.0, 0.5), (2.0, 2.0, 4.0))


def fit(
    orders: Numbers,
    mean_value: Numbers,
    count: Numbers | None = None,
    log_value: Numbers | None = None,
) -> Fitted:
    """Fit Gamma-Gamma to buyers with at least one repeat order and a mean value above 0.

    Each row stands for `count` buyers with so many repeat orders, nearly alike in value, and the
    mean logarithm `log_value` of it (else that of the mean). Assumes that the value of orders
    varies around a mean of each person, and that this mean has nothing to do with how often they
    buy. Raises ValueError for buyers without either.
    """
    if not ((orders >= 1).all() and (mean_value > 0).all()):
        raise ValueError("values of orders are learned from repeat buyers with positive values")
    weights = np.ones(len(orders)) if count is None else count
    logs = np.log(mean_value) if log_value is None else log_value
    scale = float(np.exp((weights * logs).sum() / weights.sum()))
    # The currency is a scale of v alone, so that starts near 1 suit yen and dinar.
    found = maximise(
        NAMES,
        lambda tried: (
            -_log_likelihood(
                np.exp(tried), orders, mean_value / scale, logs - np.log(scale), weights
            )
        ),
        _STARTS,
    )
    unit = np.array([1.0, 1.0, scale])
    shift = float(weights.sum()) * np.log(scale)
    return msgspec.structs.replace(
        found,
        values=found.values * unit,
        errors=found.errors * unit,
        log_likelihood=found.log_likelihood - shift,
    )


def _log_likelihood(
    parameters: Numbers, x: Numbers, mean: Numbers, log_mean: Numbers, count: Numbers
) -> float:
    p, q, v = parameters
    part = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v)
    part += (p * x - 1.0) * log_mean + p * x * np.log(x) - (p * x + q) * np.log(x * mean + v)
    return float((count * part).sum())


def expected(fitted: Fitted, orders: Numbers, mean_value: Numbers) -> Numbers:
    """Give the expected value per order: p·(v + x·mean)/(p·x + q - 1); needs q above 1.

    Raises ValueError for q of 1 or less, where everybody's mean is not finite.
    """
    p, q, v = fitted.values
    if q <= 1.0:
        raise ValueError("the values of orders vary so much that their mean is not known")
    return np.asarray(p * (v + orders * mean_value) / (p * orders + q - 1.0), dtype=np.float64)
