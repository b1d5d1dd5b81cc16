"""NBD: buying at random for ever. What a model with drop-out must beat."""

import numpy as np
from scipy.special import gammaln

from wegweiser.measure.lifetime.buyers import Buyers, Numbers
from wegweiser.measure.lifetime.fit import Fitted, maximise

NAMES = ("r", "alpha")
_STARTS = ((1.0, 1.0), (0.4, 12.0))


def fit(buyers: Buyers) -> Fitted:
    """Fit NBD on the times between orders: nobody ever stops."""
    return maximise(NAMES, lambda logs: -_log_likelihood(np.exp(logs), buyers), _STARTS)


def _log_likelihood(parameters: Numbers, buyers: Buyers) -> float:
    r, alpha = parameters
    x = buyers.repeats
    part = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + buyers.age)
    return float((buyers.count * part).sum())
