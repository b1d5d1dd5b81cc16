"""MBG/NBD: as BG/NBD, but people may stop after their first order already.

Source: Batislam, Denizel and Filiztekin 2007, International Journal of Research in Marketing 24.
"""

import numpy as np
from scipy.special import betaln, gammaln, hyp2f1

from wegweiser.measure.lifetime.buyers import Buyers, Numbers
from wegweiser.measure.lifetime.fit import Fitted, Starts, fit_buyers

NAMES = ("r", "alpha", "a", "b")
_STARTS = ((1.0, 1.0, 1.0, 1.0), (0.5, 6.0, 0.9, 1.6), (1.0, 10.0, 0.3, 1.0))


def fit(buyers: Buyers, starts: Starts = _STARTS) -> Fitted:
    """Fit MBG/NBD; assumes what BG/NBD does, with one more chance to stop."""
    return fit_buyers(NAMES, _log_likelihood, starts, buyers)


def _log_likelihood(parameters: Numbers, buyers: Buyers) -> float:
    r, alpha, a, b = parameters
    x, last, age = buyers.repeats, buyers.last, buyers.age
    shared = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
    alive = betaln(a, b + x + 1.0) - (r + x) * np.log(alpha + age)
    gone = betaln(a + 1.0, b + x) - (r + x) * np.log(alpha + last)
    return float((buyers.count * (shared + np.logaddexp(alive, gone))).sum())


def alive(fitted: Fitted, buyers: Buyers) -> Numbers:
    """Give the chance of each group to be still buying.

    1/(1 + a/(b + x)·((α + T)/(α + t))^(r + x)).
    """
    r, alpha, a, b = fitted.values
    x = buyers.repeats
    ratio = (alpha + buyers.age) / (alpha + buyers.last)
    return np.asarray(1.0 / (1.0 + a / (b + x) * ratio ** (r + x)), dtype=np.float64)


def expected(fitted: Fitted, buyers: Buyers, time: float) -> Numbers:
    """Give the orders that each group is expected to place in the time to come."""
    r, alpha, a, b = fitted.values
    x = buyers.repeats
    late = alpha + buyers.age
    series = hyp2f1(r + x, b + x + 1.0, a + b + x, time / (late + time))
    left = 1.0 - (late / (late + time)) ** (r + x) * series
    return np.asarray((a + b + x) / (a - 1.0) * left * alive(fitted, buyers))
