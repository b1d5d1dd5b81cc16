"""From raw features of a score to the columns of its model: the same in training and on reading."""

import math
from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np

from wegweiser.learn.score_fit import LEVEL_VARIANCE, NUMBER_VARIANCE, Numbers
from wegweiser.terms.score import LOOK_BACK_DAYS, ScoreFeature, ScoreTerm

Raw = int | str | None
# Texts that fewer subjects have could point at one of them.
LEAST_SUBJECTS = 10
MOST_LEVELS = 30
UNKNOWN = "(unknown)"
OTHER = "(other)"


def scaled(feature: ScoreFeature, raw: Raw) -> float:
    """Give the number that the model sees: ln(1 + raw); what never happened is 366 days ago.

    >>> scaled(ScoreFeature("events"), 0), scaled(ScoreFeature("since_last"), None)
    (0.0, 5.90536)
    """
    if raw is None or isinstance(raw, str):
        return math.log1p(LOOK_BACK_DAYS + 1) if feature.kind.startswith("since") else 0.0
    return math.log1p(raw)


class Plan(msgspec.Struct, frozen=True):
    """The terms of a model without weights, and the prior variance of each."""

    terms: tuple[ScoreTerm, ...]
    variances: tuple[float, ...]


def plan_terms(
    features: Sequence[ScoreFeature], rows: Sequence[Sequence[Raw]], subjects: Sequence[str]
) -> Plan:
    """Choose terms from training rows: standardised numbers, and the texts that ten have.

    Numbers that never differ have no term.
    """
    terms: list[ScoreTerm] = []
    variances: list[float] = []
    for place, feature in enumerate(features):
        values = [row[place] for row in rows]
        if feature.is_category:
            for level in _levels(values, subjects):
                terms.append(ScoreTerm(place, 0.0, level=level))
                variances.append(LEVEL_VARIANCE)
            continue
        numbers = np.array([scaled(feature, value) for value in values])
        scale = float(numbers.std())
        if scale > 1e-9:
            terms.append(ScoreTerm(place, 0.0, mean=_short(numbers.mean()), scale=_short(scale)))
            variances.append(NUMBER_VARIANCE)
    return Plan(tuple(terms), tuple(variances))


def _short(value: float) -> float:
    return float(f"{value:.9g}")


def _levels(values: Sequence[Raw], subjects: Sequence[str]) -> list[str]:
    pairs = {
        (subject, str(value)) for subject, value in zip(subjects, values, strict=True) if value
    }
    counted = Counter(level for _, level in pairs)
    ranked = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    common = [level for level, count in ranked if count >= LEAST_SUBJECTS]
    return [*sorted(common[:MOST_LEVELS]), OTHER, UNKNOWN]


def columns_of(
    features: Sequence[ScoreFeature], terms: Sequence[ScoreTerm], rows: Sequence[Sequence[Raw]]
) -> Numbers:
    """Give n × (1 + terms) columns, the first all 1."""
    found = np.ones((len(rows), 1 + len(terms)))
    levels = {
        place: {term.level for term in terms if term.feature == place}
        for place, feature in enumerate(features)
        if feature.is_category
    }
    for column, term in enumerate(terms, 1):
        feature = features[term.feature]
        values = [row[term.feature] for row in rows]
        if feature.is_category:
            known = levels[term.feature]
            found[:, column] = [_level_of(value, known) == term.level for value in values]
        else:
            numbers = np.array([scaled(feature, value) for value in values])
            found[:, column] = (numbers - term.mean) / term.scale
    return found


def _level_of(value: Raw, known: set[str]) -> str:
    if value is None or value == "":
        return UNKNOWN
    return str(value) if str(value) in known else OTHER
