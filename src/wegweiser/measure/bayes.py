"""The Bayesian view of a difference, beside the interval that may be read daily."""

import math

import msgspec
import numpy as np
from scipy import special

from wegweiser.measure.statistic import Interval, interval, normal_quantile

FEW_GOALS = 50
_DRAWS = 20_000


class Belief(msgspec.Struct, frozen=True):
    """What is believed of an effect δ after the data.

    `chance_better` is P(δ > 0), `chance_small` P(|δ| < worth knowing), `expected_loss` what
    choosing the treated arm would cost on average if it were the worse one, per unit.
    """

    effect: Interval
    chance_better: float
    chance_small: float
    expected_loss: float


def believed(difference: float, variance: float, worth_knowing: float) -> Belief:
    """Update the prior N(0, τ₀²), τ₀ = the effect worth knowing, by d̂ ~ N(δ, V).

    Posterior mean w·d̂ and variance w·V with w = τ₀²/(τ₀² + V); expected loss
    σφ(μ/σ) − μΦ(−μ/σ). It does not allow to stop when it looks good: for that is the
    interval that may be read at any time. Raises ValueError unless both are above zero.

    >>> view = believed(0.02, 0.0001, 0.01)
    >>> view.effect, view.chance_better
    (Interval(estimate=0.01, low=-0.004, high=0.024), 0.921)
    """
    if variance <= 0 or worth_knowing <= 0:
        raise ValueError("a belief needs a variance and an effect worth knowing above zero")
    weight = worth_knowing**2 / (worth_knowing**2 + variance)
    mean, spread = weight * difference, math.sqrt(weight * variance)
    half = normal_quantile(0.95) * spread
    ratio = mean / spread
    density = math.exp(-(ratio**2) / 2) / math.sqrt(2 * math.pi)
    inside = special.ndtr((worth_knowing - mean) / spread) - special.ndtr(
        (-worth_knowing - mean) / spread
    )
    return Belief(
        interval(mean, mean - half, mean + half),
        float(special.ndtr(ratio)),
        float(inside),
        float(spread * density - mean * special.ndtr(-ratio)),
    )


def believed_of_rates(
    reached: tuple[int, int], units: tuple[int, int], worth_knowing: float
) -> Belief:
    """Give the belief about a difference of two rates with few goals, by draws of two Betas.

    Beta(½ + x, ½ + n − x) each; treated first. The draws are the same for the same counts.

    >>> believed_of_rates((30, 10), (100, 100), 0.05).chance_better > 0.99
    True
    """
    rng = np.random.default_rng([*reached, *units])
    one, none = (
        rng.beta(0.5 + x, 0.5 + n - x, _DRAWS) for x, n in zip(reached, units, strict=True)
    )
    drawn = one - none
    low, high = (float(np.quantile(drawn, share)) for share in (0.025, 0.975))
    return Belief(
        interval(float(drawn.mean()), low, high),
        float(np.mean(drawn > 0)),
        float(np.mean(np.abs(drawn) < worth_knowing)),
        float(np.mean(np.maximum(-drawn, 0.0))),
    )
