"""Effects of segments: whether they differ, and each drawn towards what all have in common."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy import special

from wegweiser.measure.statistic import Interval, interval

Floats = NDArray[np.float64]
_NODES = 80
_REACH, _HALVINGS = 9.0, 50


class Part(msgspec.Struct, frozen=True):
    """One segment: its difference of arms and the squared standard error of that."""

    name: str
    difference: float
    variance: float


class Interaction(msgspec.Struct, frozen=True):
    """Cochran's Q over segments, and the chance of so large a one when all have one effect."""

    spread: float
    freedom: int
    chance: float


def interaction(parts: Sequence[Part]) -> Interaction:
    """Test whether the effect depends on the segment: Q = Σ wₛ(dₛ − d̄)² with wₛ = 1/vₛ.

    χ² with segments − 1 degrees of freedom. Assumes independent segments and differences that are
    nearly normal. Source: W. G. Cochran 1954, Biometrics 10. Raises ValueError below two.

    >>> interaction([Part("a", 0.1, 0.01), Part("b", 0.5, 0.01)]).chance
    0.0047
    """
    if len(parts) < 2:
        raise ValueError("whether segments differ needs two of them")
    effects, variances = _read(parts)
    weights = 1 / variances
    middle = float(weights @ effects / weights.sum())
    spread = float(weights @ (effects - middle) ** 2)
    return Interaction(spread, len(parts) - 1, float(special.chdtrc(len(parts) - 1, spread)))


def apart(parts: Sequence[Part]) -> dict[str, float]:
    """Give each segment the chance that it is as far from all others together without any cause.

    The difference of its effect from the weighted mean of the others, two-sided normal.
    """
    effects, variances = _read(parts)
    weights = 1 / variances
    told: dict[str, float] = {}
    for place, one in enumerate(parts):
        rest = weights.sum() - weights[place]
        others = (weights @ effects - weights[place] * effects[place]) / rest
        error = np.sqrt(variances[place] + 1 / rest)
        told[one.name] = float(special.erfc(abs(effects[place] - others) / error / np.sqrt(2)))
    return told


def drawn_together(parts: Sequence[Part], level: float = 0.95) -> list[Interval]:
    """Draw the effects of segments towards their common mean, as far as their spread allows.

    θₛ ~ N(μ, τ²), dₛ ~ N(θₛ, vₛ), μ flat. τ² is not one estimate, which would be too sure of
    itself with few segments: ṽ/(ṽ + τ²) is uniform on (0, 1), ṽ the harmonic mean of v, and the
    interval mixes over what the data say of it. Given τ², θₛ has mean (1 − B)dₛ + Bμ̂ with
    B = vₛ/(vₛ + τ²), and variance vₛ(1 − B) + B²/Σw. Source: C. N. Morris 1983, JASA 78;
    M. J. Daniels 1999, Canadian Journal of Statistics 27. Raises ValueError below two segments.

    >>> drawn_together([Part("a", 0.1, 0.01), Part("b", 0.5, 0.01)])[0]
    Interval(estimate=0.166, low=-0.037, high=0.362)
    """
    if len(parts) < 2:
        raise ValueError("segments are drawn towards each other, which needs two of them")
    effects, variances = _read(parts)
    places, shares = _spreads(effects, variances)
    weights = 1 / (variances[None, :] + places[:, None])
    sums = weights.sum(axis=1)
    common = (weights @ effects) / sums
    shrinkage = variances[None, :] * weights
    means = (1 - shrinkage) * effects[None, :] + shrinkage * common[:, None]
    errors = np.sqrt(variances[None, :] * (1 - shrinkage) + shrinkage**2 / sums[:, None])
    tail = (1 - level) / 2
    middle = shares @ means
    low, high = (_quantiles(shares, means, errors, chance) for chance in (tail, 1 - tail))
    return [
        interval(float(one), float(least), float(most))
        for one, least, most in zip(middle, low, high, strict=True)
    ]


def _spreads(effects: Floats, variances: Floats) -> tuple[Floats, Floats]:
    """Give values of τ² and how probable the data make each."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    uniform = (nodes + 1) / 2
    typical = len(variances) / float((1 / variances).sum())
    places = typical * (1 / uniform - 1)
    total = variances[None, :] + places[:, None]
    common = (effects / total).sum(axis=1) / (1 / total).sum(axis=1)
    logged = (
        -np.log(total).sum(axis=1)
        - np.log((1 / total).sum(axis=1))
        - ((effects[None, :] - common[:, None]) ** 2 / total).sum(axis=1)
    ) / 2
    shares = weights * np.exp(logged - logged.max())
    return places, shares / shares.sum()


def _quantiles(shares: Floats, means: Floats, errors: Floats, chance: float) -> Floats:
    """Give a quantile of each segment's mixture of normal distributions, by halving."""
    reach = _REACH * errors.max(axis=0)
    low, high = means.min(axis=0) - reach, means.max(axis=0) + reach
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        above = shares @ special.ndtr((middle[None, :] - means) / errors) > chance
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.asarray((low + high) / 2)


def _read(parts: Sequence[Part]) -> tuple[Floats, Floats]:
    effects = np.array([one.difference for one in parts])
    return effects, np.array([one.variance for one in parts])
