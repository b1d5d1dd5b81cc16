"""BG/NBD: buying at random while alive, and perhaps stopping after each order.

Source: Fader, Hardie and Lee 2005, Marketing Science 24; MBG/NBD, where people may stop after the
first order already: Batislam, Denizel and Filiztekin 2007.
"""

import numpy as np
from scipy.special import betaln, gammaln, hyp2f1

from wegweiser.measure.lifetime.buyers import Buyers, Numbers
from wegweiser.measure.lifetime.fit import Fitted, Starts, fit_buyers

NAMES = ("r", "alpha", "a", "b")
_STARTS = ((1.0, 1.0, 1.0, 1.0), (0.3, 5.0, 0.8, 2.5), (1.0, 10.0, 0.3, 1.0))


def fit(buyers: Buyers, starts: Starts = _STARTS) -> Fitted:
    """Fit BG/NBD; `alpha` is in the unit of time of the buyers.

    Assumes that people buy independently at a steady rate of their own, gamma distributed, and
    stop after an order with a chance of their own, beta distributed.
    """
    return fit_buyers(NAMES, _log_likelihood, starts, buyers)


def _log_likelihood(parameters: Numbers, buyers: Buyers) -> float:
    r, alpha, a, b = parameters
    x, last, age = buyers.repeats, buyers.last, buyers.age
    shared = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)
    alive = -(r + x) * np.log(alpha + age)
    with np.errstate(divide="ignore"):
        gone = np.log(a) - np.log(np.maximum(b + x - 1.0, 1e-300)) - (r + x) * np.log(alpha + last)
    either = np.where(x > 0, np.logaddexp(alive, gone), alive)
    return float((buyers.count * (shared + either)).sum())


def alive(fitted: Fitted, buyers: Buyers) -> Numbers:
    """Give the chance of each group to be still buying; 1 for those who never came again.

    1 / (1 + a/(b + x - 1)·((α + T)/(α + t))^(r + x)).
    """
    r, alpha, a, b = fitted.values
    x = buyers.repeats
    ratio = (alpha + buyers.age) / (alpha + buyers.last)
    odds = a / np.maximum(b + x - 1.0, 1e-300) * ratio ** (r + x)
    return np.asarray(np.where(x > 0, 1.0 / (1.0 + odds), 1.0), dtype=np.float64)


def expected(fitted: Fitted, buyers: Buyers, time: float) -> Numbers:
    """Give the orders that each group is expected to place in the time to come."""
    r, alpha, a, b = fitted.values
    x = buyers.repeats
    late = alpha + buyers.age
    series = hyp2f1(r + x, b + x, a + b + x - 1.0, time / (late + time))
    left = 1.0 - (late / (late + time)) ** (r + x) * series
    return np.asarray((a + b + x - 1.0) / (a - 1.0) * left * alive(fitted, buyers))


def expected_of_new(fitted: Fitted, time: float) -> float:
    """Give the repeat orders that somebody who just bought for the first time will place.

    (a + b - 1)/(a - 1)·[1 - (α/(α + t))^r·₂F₁(r, b; a + b - 1; t/(α + t))].
    """
    r, alpha, a, b = fitted.values
    series = hyp2f1(r, b, a + b - 1.0, time / (alpha + time))
    return float((a + b - 1.0) / (a - 1.0) * (1.0 - (alpha / (alpha + time)) ** r * series))
