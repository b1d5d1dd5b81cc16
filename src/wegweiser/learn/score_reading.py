"""Reading a learned score: probability, interval, tenth, contributions, and the day it expects."""

import math
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from wegweiser.learn.score_columns import Raw, columns_of
from wegweiser.learn.score_fit import Numbers, moderated
from wegweiser.terms.instant import format_day, format_instant
from wegweiser.terms.score import Band, Contribution, ScoreModel, ShownScore

_HALF = 1.959964
_LONGEST_DAYS = 730


class ScoreReader:
    """Reads one model; raw features as `ScoreModel.features` orders them."""

    def __init__(self, model: ScoreModel):
        self.model = model
        self._weights = np.array([model.intercept, *(term.weight for term in model.terms)])
        self._covariance = np.array(model.covariance)

    def columns(self, rows: Sequence[Sequence[Raw]]) -> Numbers:
        """Give the columns of the model, the first all 1."""
        return columns_of(self.model.features, self.model.terms, rows)

    def logits(self, rows: Sequence[Sequence[Raw]]) -> tuple[Numbers, Numbers]:
        """Give mean and variance of the logit of each row."""
        columns = self.columns(rows)
        variance = np.einsum("nk,kl,nl->n", columns, self._covariance, columns)
        return columns @ self._weights, variance

    def probabilities(self, rows: Sequence[Sequence[Raw]]) -> Numbers:
        """Give the probability of each row."""
        return moderated(*self.logits(rows))

    def read(self, raw: Sequence[Raw], as_of: int) -> ShownScore:
        """Give the score of one subject at a moment (ms, the end of a UTC day)."""
        model = self.model
        mean, variance = self.logits([raw])
        value = float(moderated(mean, variance)[0])
        half = _HALF * math.sqrt(max(0.0, float(variance[0])))
        low, high = _sigmoid(float(mean[0]) - half), _sigmoid(float(mean[0]) + half)
        decile = 1 + bisect_right(model.borders, value)
        expected = model.declared.predicts == "next_purchase"
        return ShownScore(
            value=round(value, 6),
            low=round(min(low, value), 6),
            high=round(max(high, value), 6),
            decile=decile,
            band=_band(decile),
            as_of=format_instant(as_of),
            model=model.number,
            expected_on=expected_day(value, model.window_days, as_of) if expected else None,
        )

    def contributions(self, raw: Sequence[Raw]) -> list[Contribution]:
        """Give what each feature adds to the logit, the largest first.

        With the intercept they add up to it. A number that is average in training adds nothing.
        """
        columns = self.columns([raw])[0]
        points: dict[int, float] = {}
        for place, term in enumerate(self.model.terms, 1):
            added = float(columns[place] * self._weights[place])
            points[term.feature] = points.get(term.feature, 0.0) + added
        found = [
            Contribution(self.model.features[place].name, raw[place], total)
            for place, total in points.items()
        ]
        return sorted(found, key=lambda one: (-abs(one.points), one.feature))


def _sigmoid(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-logit))


def _band(decile: int) -> Band:
    if decile >= 9:
        return "high"
    return "low" if decile <= 5 else "medium"


def expected_day(chance: float, window_days: int, as_of: int) -> str | None:
    """Give the ISO day by which it is as likely as not, None beyond two years.

    Half-life of a constant daily rate: t = −d·ln 2/ln(1 − p). Assumes that the rate of the
    window goes on.

    >>> expected_day(0.75, 30, 0), expected_day(0.001, 30, 0)
    ('1970-01-16', None)
    """
    if chance <= 0.0:
        return None
    days = 0.0 if chance >= 1.0 else -window_days * math.log(2) / math.log1p(-chance)
    if days > _LONGEST_DAYS:
        return None
    return format_day(as_of // 86_400_000 + round(days))
