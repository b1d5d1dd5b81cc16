"""How probable so many mentions are when nothing rises: the upper tail of counts."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

Numbers = npt.NDArray[np.float64]
# Below this a count is no more spread than by chance alone, and the Poisson tail is taken.
_NEARLY_POISSON = 1.0 + 1e-9


def upper_tail(counts: Numbers, means: Numbers, spread: Numbers) -> Numbers:
    """Give P(X >= count) for a negative binomial of this mean and variance `spread` times it.

    With n = mean/(spread - 1) it is the incomplete beta function I(1 - 1/spread; count, n); with
    spread 1 the incomplete gamma function of Poisson's tail. Arrays of one shape; a count of 0
    has the chance 1, and so has one that needs nothing to be reached (mean 0 and count 0).
    Source: scipy.stats.nbinom and poisson, which agree.

    >>> import numpy as np
    >>> found = upper_tail(np.array([12.0, 12.0]), np.array([5.0, 5.0]), np.array([1.0, 2.0]))
    >>> found.round(5).tolist()
    [0.00545, 0.03841]
    """
    reached = np.maximum(counts, 1.0)
    level = np.maximum(means, 1e-12)
    over = np.maximum(spread, _NEARLY_POISSON)
    poisson = special.gammainc(reached, level)
    binomial = special.betainc(reached, level / (over - 1.0), 1.0 - 1.0 / over)
    found: Any = np.where(spread > _NEARLY_POISSON, binomial, poisson)
    return np.where(counts <= 0, 1.0, found).astype(np.float64)


def stands(chances: Numbers, compared: Numbers, rate: float = 0.10) -> npt.NDArray[np.bool_]:
    """Tell per period which terms stand among all that were compared, by Benjamini and Hochberg.

    `chances` has one row per term and one column per period; `compared` tells how many terms the
    period has, some of which may be left out of `chances` because they cannot be rated: they count
    as if they had the chance 1. Source: Y. Benjamini & Y. Hochberg 1995, JRSS B 57.

    >>> import numpy as np
    >>> stands(np.array([[0.01], [0.04], [0.9]]), np.array([3.0]))[:, 0].tolist()
    [True, True, False]
    """
    terms = len(chances)
    if terms == 0:
        return np.zeros(chances.shape, dtype=np.bool_)
    ranked = np.sort(chances, axis=0)
    # Terms first met later stand here with the chance 1; they lift no limit above the rate.
    ranks = np.minimum(np.arange(1, terms + 1)[:, None], compared[None, :])
    allowed = ranks * rate / np.maximum(compared, 1.0)[None, :]
    limit = np.where(ranked <= allowed, ranked, -1.0).max(axis=0)
    found: npt.NDArray[np.bool_] = chances <= limit[None, :]
    return found
