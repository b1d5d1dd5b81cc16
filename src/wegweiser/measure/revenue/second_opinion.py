"""A second opinion on a relation: a logistic regression beside the standardised difference."""

import math
from collections.abc import Sequence

import numpy as np

from wegweiser.measure.revenue.alike import Alike
from wegweiser.measure.revenue.strata import Stratum
from wegweiser.measure.statistic import Interval, interval

LEAST_GOALS_PER_PARAMETER = 10


def second_opinion(
    strata: Sequence[Stratum], level: float = 0.95, alike: Alike | None = None
) -> Interval | None:
    """Give the difference of rates that a logistic regression of the goal predicts.

    logit P(goal) = αₛ + β·feature, one α per stratum; D = Σ (Nₛ/N)(P₁ₛ − P₀ₛ), its error by the
    delta method. It assumes one odds ratio in all strata, which the standardised difference does
    not; where people of an account are `alike` it is widened as that is. None below 10 goals (and
    as many units without it) per parameter, or where a side has no goal at all. Fitted by
    statsmodels.

    >>> from wegweiser.measure.revenue.strata import Sums
    >>> second_opinion([Stratum((), Sums(100, 20), Sums(100, 10))])
    Interval(estimate=0.1, low=0.002, high=0.198)
    """
    # Where nobody or everybody has the goal both sides are predicted alike.
    told = [one for one in strata if 0 < _goals(one) < one.units]
    if not told or _is_too_little(told):
        return None
    sides = [side for one in told for side in (one.having, one.lacking)]
    design = np.zeros((len(sides), len(told) + 1))
    for place in range(len(sides)):
        design[place, place // 2] = 1.0
        design[place, -1] = 1.0 - place % 2
    goals = np.array([side.goals for side in sides], dtype=float)
    units = np.array([side.units for side in sides], dtype=float)
    found, covariance = _fitted(goals, units - goals, design)
    shares = np.array([one.units for one in told]) / sum(one.units for one in strata)
    having, lacking = (_chance(found[:-1] + more) for more in (found[-1], 0.0))
    steep = having * (1 - having)
    gradient = np.append(shares * (steep - lacking * (1 - lacking)), float(shares @ steep))
    difference = float(shares @ (having - lacking))
    known = alike or Alike()
    variance = known.rate * float(gradient @ covariance @ gradient)
    half = known.quantile(level) * math.sqrt(variance)
    return interval(difference, difference - half, difference + half)


def _goals(stratum: Stratum) -> int:
    return stratum.having.goals + stratum.lacking.goals


def _is_too_little(strata: Sequence[Stratum]) -> bool:
    goals = [sum(one.having.goals for one in strata), sum(one.lacking.goals for one in strata)]
    units = sum(one.units for one in strata)
    fewest = min(sum(goals), units - sum(goals))
    return min(goals) == 0 or fewest < LEAST_GOALS_PER_PARAMETER * (len(strata) + 1)


def _fitted(
    goals: np.ndarray, misses: np.ndarray, design: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Fit units with and without the goal, each row as often as it was counted."""
    # A heavy library that only reports of relations need.
    import statsmodels.api as models

    often = np.concatenate([goals, misses])
    reached = np.concatenate([np.ones(len(goals)), np.zeros(len(misses))])
    told = often > 0
    model = models.GLM(
        reached[told],
        np.vstack([design, design])[told],
        family=models.families.Binomial(),
        freq_weights=often[told],
    )
    fitted = model.fit(scale=1.0)
    return np.asarray(fitted.params), np.asarray(fitted.cov_params())


def _chance(logit: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-logit)))
