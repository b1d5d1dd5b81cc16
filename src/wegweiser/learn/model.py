"""A Bayesian logistic model with a mean and a variance per feature, learned one label at a time.

Moderated assumed-density update after MacKay (1992) and Graepel et al. (2010): the posterior is
kept as independent normals. Assumes that features act additively on the logit scale.
"""

import math
from collections.abc import Callable, Mapping

from wegweiser.terms.model import Head
from wegweiser.terms.prior import BIAS, ENOUGH_LABELS, prior_mean, prior_variance
from wegweiser.terms.weights import own_rate

DAILY_FORGETTING = 1.01


def sigmoid(value: float) -> float:
    """Give the probability of a logit.

    >>> sigmoid(0.0), sigmoid(-800.0)
    (0.5, 0.0)
    """
    if value >= 0.0:
        return 1.0 / (1.0 + math.exp(-value))
    grown = math.exp(value)
    return grown / (1.0 + grown)


def pull(
    mean: float, variance: float, responded: float, chance: Callable[[float], float]
) -> tuple[float, float, float]:
    """Give the expected response, and the surprise and the information of a label.

    kappa = 1/sqrt(1 + pi·v/8), q = sigmoid(kappa·m), surprise = kappa·(y - q),
    information = kappa²·q·(1 - q); m and v are those of the whole sum of features. The
    arithmetic holds for arrays as well as for numbers.
    """
    kappa: float = (1.0 + math.pi * variance / 8.0) ** -0.5
    expected = chance(kappa * mean)
    surprise = kappa * (responded - expected)
    return expected, surprise, kappa * kappa * expected * (1.0 - expected)


def moved(
    mean: float, variance: float, weight: float, surprise: float, information: float
) -> tuple[float, float]:
    """Move one feature: mean += variance·x·surprise, variance -= (variance·x)²·information."""
    doubt = variance * weight
    return mean + doubt * surprise, variance - doubt * doubt * information


class Belief:
    """What one head believes while it learns; features not met yet stand at their prior."""

    def __init__(self, name: str, head: Head, rate: float = 0.0, features: int = 0) -> None:
        """`rate` is where the bias of a head begins that has learned nothing; 0 for the default.

        `features` is the set of features that tells how much is doubted before learning.
        """
        self.name = name
        self.features = features
        self.labels = head.labels
        self.positives = head.positives
        self.rate = head.rate if head.labels else rate or head.rate
        self._mean = dict(head.mean)
        self._variance = dict(head.variance)

    def mean(self, feature: str) -> float:
        """Give the mean of a feature."""
        found = self._mean.get(feature)
        return prior_mean(self.name, feature, self.rate) if found is None else found

    def variance(self, feature: str) -> float:
        """Give the variance of a feature, above 0 and at most its prior."""
        found = self._variance.get(feature)
        return prior_variance(feature, self.features) if found is None else found

    def chance(self, weights: Mapping[str, float]) -> float:
        """Predict the response to features, doubt included."""
        mean = sum(weights[name] * self.mean(name) for name in sorted(weights))
        variance = sum(weights[name] ** 2 * self.variance(name) for name in sorted(weights))
        return pull(mean, variance, 0.0, sigmoid)[0]

    def update(self, weights: Mapping[str, float], responded: bool) -> float:
        """Learn one label from features with weights from 0 to 1; gives what was expected of it.

        >>> belief = Belief("engage", Head())
        >>> round(belief.update({"bias": 1.0}, True), 4)
        0.0277
        >>> belief.mean("bias") > -3.89, belief.variance("bias") < 0.5
        (True, True)
        """
        means, variances = self._mean, self._variance
        active = []
        total = spread = 0.0
        for name in sorted(weights):
            weight = weights[name]
            if weight == 0.0:
                continue
            mean, variance = means.get(name), variances.get(name)
            if mean is None or variance is None:
                mean, variance = self.mean(name), self.variance(name)
            total += weight * mean
            spread += weight * weight * variance
            active.append((name, weight, mean, variance))
        expected, surprise, information = pull(total, spread, float(responded), sigmoid)
        for name, weight, mean, variance in active:
            means[name], variances[name] = moved(mean, variance, weight, surprise, information)
        self._count(responded)
        return expected

    def _count(self, responded: bool) -> None:
        self.labels += 1
        self.positives += int(responded)
        if self.labels == ENOUGH_LABELS and BIAS in self._mean:
            self._anchor(own_rate(self.labels, self.positives))

    def _anchor(self, rate: float) -> None:
        """Let the bias stand on another rate, as if it had begun there.

        A posterior follows its prior by the share of doubt that is left.
        """
        left = self.variance(BIAS) / prior_variance(BIAS, self.features)
        moved_by = prior_mean(self.name, BIAS, rate) - prior_mean(self.name, BIAS, self.rate)
        self._mean[BIAS] += left * moved_by
        self.rate = rate

    def forget(self, days: int) -> None:
        """Let doubt grow by 1 % per day, never beyond the prior; means stay."""
        growth = DAILY_FORGETTING ** min(days, 10_000)
        for name, variance in self._variance.items():
            self._variance[name] = min(prior_variance(name, self.features), growth * variance)

    def head(self) -> Head:
        """Give the belief as a frozen head."""
        return Head(dict(self._mean), dict(self._variance), self.labels, self.positives, self.rate)
