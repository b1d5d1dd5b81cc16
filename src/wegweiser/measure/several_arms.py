"""Several arms at the end of a test: all against one control by Dunnett, pairs by Holm."""

import math
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Floats = NDArray[np.float64]
_REACH, _NODES = 8.5, 240
# With many degrees of freedom S is hardly spread at all.
_SPREADS, _FEW_SPREADS, _MANY_FREEDOM = 64, 12, 400.0
_TAIL = 1e-10
_MOST_BOUND = 60.0


def shared_loads(variances: Sequence[float], control: float) -> tuple[float, ...]:
    """Give λₖ = √(v₀/(v₀ + vₖ)), how much of each comparison's error is that of the control.

    Two differences from one control correlate by λᵢλⱼ. `variances` and `control` are squared
    standard errors; a comparison without any error has the load 0.

    >>> shared_loads([1.0, 3.0], 1.0)
    (0.7071, 0.5)
    """
    return tuple(
        math.sqrt(control / (control + one)) if control + one > 0 else 0.0 for one in variances
    )


def chance_within(bound: float, loads: Sequence[float], freedom: float) -> float:
    """Give the chance that all |Tₖ| stay within `bound` when no arm differs from the control.

    T is multivariate t: Tₖ = (λₖZ + √(1 − λₖ²)·Eₖ)/S, with `freedom`·S² chi-square distributed.
    Given Z and S the comparisons are independent, so that two sums replace k dimensions.
    """
    middle, weights = _normal_nodes()
    spreads, shares = _spread_nodes(freedom)
    inside = np.ones((len(spreads), _NODES))
    for load in loads:
        alone = math.sqrt(max(1e-12, 1 - load * load))
        below = (bound * spreads[:, None] - load * middle[None, :]) / alone
        above = (-bound * spreads[:, None] - load * middle[None, :]) / alone
        inside *= special.ndtr(below) - special.ndtr(above)
    return float(shares @ inside @ weights)


def dunnett_bound(loads: Sequence[float], freedom: float, level: float = 0.95) -> float:
    """Give the quantile with which all differences from one control hold together.

    The c with P(|T₁| ≤ c, …, |Tₖ| ≤ c) = `level`; for one arm it is Student's. Assumes means that
    are nearly normal. Source: C. W. Dunnett 1955, JASA 50; with variances of their own: Hasler &
    Hothorn 2008, Biometrical Journal 50. Raises ValueError without a comparison.

    >>> dunnett_bound([0.5**0.5, 0.5**0.5], 1e6), dunnett_bound([0.0], 10.0)
    (2.2121, 2.2281)
    """
    if not loads or freedom <= 0:
        raise ValueError("several arms need one comparison and degrees of freedom above zero")
    return float(
        optimize.brentq(
            lambda bound: chance_within(bound, loads, freedom) - level, 0.0, _MOST_BOUND, xtol=1e-7
        )
    )


def together_chance(score: float, loads: Sequence[float], freedom: float) -> float:
    """Give the chance of so large a |T| in any of the comparisons when no arm differs.

    >>> round(together_chance(2.2121, [0.5**0.5, 0.5**0.5], 1e6), 4)
    0.05
    """
    return min(1.0, max(0.0, 1 - chance_within(abs(score), loads, freedom)))


def holm(chances: Mapping[str, float]) -> dict[str, float]:
    """Give each comparison the chance at which all together err: Holm's steps.

    With p₍₁₎ ≤ p₍₂₎ ≤ … of m: the largest (m − j + 1)·p₍ⱼ₎ of j ≤ k, 1 at most. Assumes nothing of
    how they hang together. Source: S. Holm 1979, Scandinavian Journal of Statistics 6.

    >>> holm({"a": 0.01, "b": 0.04, "c": 0.03})
    {'a': 0.03, 'c': 0.06, 'b': 0.06}
    """
    told: dict[str, float] = {}
    largest = 0.0
    ranked = sorted(chances.items(), key=lambda one: (one[1], one[0]))
    for place, (name, chance) in enumerate(ranked):
        largest = max(largest, min(1.0, (len(ranked) - place) * chance))
        told[name] = largest
    return told


@cache
def _normal_nodes() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    middle = nodes * _REACH
    density = np.exp(-(middle**2) / 2) / math.sqrt(2 * math.pi)
    return middle, weights * _REACH * density


@cache
def _spread_nodes(freedom: float) -> tuple[Floats, Floats]:
    """Give values of S and their weights; `freedom`·S² is chi-square distributed."""
    nodes, weights = np.polynomial.legendre.leggauss(
        _SPREADS if freedom < _MANY_FREEDOM else _FEW_SPREADS
    )
    low, high = np.sqrt(special.chdtri(freedom, [1 - _TAIL, _TAIL]) / freedom)
    spreads = low + (high - low) * (nodes + 1) / 2
    logged = (freedom - 1) * np.log(spreads) - freedom * spreads**2 / 2
    shares = weights * np.exp(logged - logged.max())
    return spreads, shares / shares.sum()
