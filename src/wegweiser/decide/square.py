"""Selection probabilities from scores without doubt: inverse gap weighting, exact and logged.

Source: Foster and Rakhlin (2020), Beyond UCB (SquareCB).
"""

import numpy as np

from wegweiser.decide.policy import Numbers

GAMMA = 10.0


def gamma_of(labels: int) -> float:
    """Give how strongly the best is preferred after so many labels: 10·sqrt(n)."""
    return float(GAMMA * np.sqrt(max(labels, 1)))


def square(utility: Numbers, gamma: float) -> Numbers:
    """Give 1/(K + gamma·(best - score)) to all but the best, and the rest to the best.

    Scores are utilities scaled to 0..1; of equals the first is the best.

    >>> square(np.array([0.0, 1.0]), 8.0).tolist()
    [0.1, 0.9]
    """
    count = len(utility)
    low, high = float(utility.min()), float(utility.max())
    if not high > low:
        return np.full(count, 1.0 / count)
    best = int(utility.argmax())
    share = 1.0 / (count + gamma * (high - utility) / (high - low))
    share[best] = 0.0
    share[best] = 1.0 - share.sum()
    return np.asarray(share)
