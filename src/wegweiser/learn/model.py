"""A Bayesian logistic model with a mean and a variance per feature, learned one label at a time.

Moderated assumed-density update after MacKay (1992) and Graepel et al. (2010): the posterior is
kept as independent normals. Assumes that features act additively on the logit scale.
"""

import math
from collections.abc import Mapping

from wegweiser.terms.model import Head
from wegweiser.terms.prior import prior_mean, prior_variance

DAILY_FORGETTING = 1.01


class Belief:
    """What one head believes while it learns; features not met yet stand at their prior."""

    def __init__(self, name: str, head: Head) -> None:
        self.name = name
        self._mean = dict(head.mean)
        self._variance = dict(head.variance)

    def mean(self, feature: str) -> float:
        """Give the mean of a feature."""
        found = self._mean.get(feature)
        return prior_mean(self.name, feature) if found is None else found

    def variance(self, feature: str) -> float:
        """Give the variance of a feature, above 0 and at most its prior."""
        found = self._variance.get(feature)
        return prior_variance(feature) if found is None else found

    def update(self, weights: Mapping[str, float], responded: bool) -> None:
        """Learn one label from the features that were active, weights from 0 to 1.

        kappa = 1/sqrt(1 + pi·v/8), q = sigmoid(kappa·m), mean += variance·x·kappa·(y - q),
        variance -= (variance·x)²·kappa²·q·(1 - q).

        >>> belief = Belief("engage", Head())
        >>> belief.update({"bias": 1.0}, True)
        >>> belief.mean("bias") > -3.89, belief.variance("bias") < 0.5
        (True, True)
        """
        active = [(name, weights[name]) for name in sorted(weights) if weights[name] != 0.0]
        mean = sum(weight * self.mean(name) for name, weight in active)
        variance = sum(weight * weight * self.variance(name) for name, weight in active)
        kappa = 1.0 / math.sqrt(1.0 + math.pi * variance / 8.0)
        expected = _sigmoid(kappa * mean)
        surprise = kappa * (float(responded) - expected)
        information = kappa * kappa * expected * (1.0 - expected)
        for name, weight in active:
            doubt = self.variance(name) * weight
            self._mean[name] = self.mean(name) + doubt * surprise
            self._variance[name] = self.variance(name) - doubt * doubt * information

    def forget(self, days: int) -> None:
        """Let doubt grow by 1 % per day, never beyond the prior; means stay."""
        growth = DAILY_FORGETTING ** min(days, 10_000)
        for name, variance in self._variance.items():
            self._variance[name] = min(prior_variance(name), growth * variance)

    def head(self) -> Head:
        """Give the belief as a frozen head with its features in order."""
        return Head(dict(sorted(self._mean.items())), dict(sorted(self._variance.items())))


def _sigmoid(value: float) -> float:
    if value >= 0.0:
        return 1.0 / (1.0 + math.exp(-value))
    grown = math.exp(value)
    return grown / (1.0 + grown)
