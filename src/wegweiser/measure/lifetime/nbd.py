"""NBD: buying at random for ever. What a model with drop-out must beat."""

import numpy as np
from scipy.special import gammaln

from wegweiser.measure.lifetime.buyers import Buyers, Numbers
from wegweiser.measure.lifetime.fit import Fitted, fit_buyers

NAMES = ("r", "alpha")
_STARTS = ((1.0, 1.0), (0.4, 12.0))


def fit(buyers: Buyers) -> Fitted:
    """Fit NBD on the times between orders: nobody ever stops."""
    return fit_buyers(NAMES, _log_likelihood, _STARTS, buyers)


def _log_likelihood(parameters: Numbers, buyers: Buyers) -> float:
    r, alpha = parameters
    x = buyers.repeats
    part = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + buyers.age)
    return float((buyers.count * part).sum())


def alive(fitted: Fitted, buyers: Buyers) -> Numbers:
    """Give 1 for everybody: nobody stops."""
    return np.ones(len(buyers.repeats))


def expected(fitted: Fitted, buyers: Buyers, time: float) -> Numbers:
    """Give the orders that each group is expected to place: (r + x)/(α + T)·t."""
    r, alpha = fitted.values
    return np.asarray((r + buyers.repeats) / (alpha + buyers.age) * time, dtype=np.float64)
