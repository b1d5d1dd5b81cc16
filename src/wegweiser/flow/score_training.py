"""Training one score over the archive: rows, model, judgement on later moments, and drift."""

import hashlib
from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa

from wegweiser.flow.score_wish import ScoreTrained, ScoreWish
from wegweiser.learn.score_columns import Raw, columns_of, plan_terms, scaled
from wegweiser.learn.score_fit import INTERCEPT_VARIANCE, Numbers, fit_logistic
from wegweiser.learn.score_reading import ScoreReader
from wegweiser.measure.score_quality import (
    quality_of,
    spread_like,
    spread_of_numbers,
    spread_of_texts,
    stability,
)
from wegweiser.measure.score_rows import names_question, rows_question, span_question
from wegweiser.ports.warehouse import Warehouse
from wegweiser.profile.score_facts import category_of
from wegweiser.terms.instant import day_of
from wegweiser.terms.result import Question
from wegweiser.terms.score import (
    Estimated,
    ScoreCheck,
    ScoreDrift,
    ScoreFeature,
    ScoreModel,
    ScoreQuality,
    ScoreTerm,
    Share,
)

LEAST_POSITIVES = 50
LEAST_HOLDOUT = 20
MOST_CUTS = 13
# Somebody must have been there for a while before there is anything to learn from.
LEAST_HISTORY_DAYS = 14
DRIFTED = 0.25
LEAST_DRIFTED = 100
# 95 of 100 chi-squares with nine degrees of freedom, those of ten groups, are below this.
_BY_CHANCE = 16.919
DIGITS = 9
FIRMOGRAPHICS = (
    ScoreFeature("trait", trait="industry"),
    ScoreFeature("size", trait="employees"),
    ScoreFeature("trait", trait="address.country"),
)


# Stands in a draft until it has been held against later moments.
_HALF = Estimated(0.5, 0.0, 1.0)
_UNJUDGED = ScoreQuality(0, 0, _HALF, 0.0, 0.0, _HALF, _HALF, ())


class _Rows(msgspec.Struct, frozen=True):
    subjects: list[str]
    cuts: list[int]
    labels: Numbers
    raw: list[list[Raw]]

    def of(self, cuts: Sequence[int]) -> "_Rows":
        places = [place for place, cut in enumerate(self.cuts) if cut in cuts]
        return _Rows(
            [self.subjects[place] for place in places],
            [self.cuts[place] for place in places],
            self.labels[places],
            [self.raw[place] for place in places],
        )

    @property
    def positives(self) -> int:
        return int(self.labels.sum())


def moments_of(first_day: int, today: int, window_days: int) -> list[int]:
    """Give the days on which people are looked at: windows that are over and do not overlap.

    >>> moments_of(0, 100, 30)
    [40, 70]
    """
    cuts: list[int] = []
    cut = today - window_days
    while cut >= first_day + LEAST_HISTORY_DAYS and len(cuts) < MOST_CUTS:
        cuts.append(cut)
        cut -= window_days
    return cuts[::-1]


def has_moved(stability: float, now: int, before: int) -> bool:
    """Tell whether a population stability index is large, and larger than few rows make it.

    Between two samples of the same people it is about a chi-square times (1/now + 1/before); below
    a hundred rows tenths are empty by chance, and it tells nothing.
    Source: B. Yurdakul and J. Naranjo 2020, Journal of Risk Model Validation 14.

    >>> has_moved(0.3, 1_000, 5_000), has_moved(0.3, 40, 5_000)
    (True, False)
    """
    if min(now, before) < LEAST_DRIFTED:
        return False
    return stability > max(DRIFTED, _BY_CHANCE * (1 / now + 1 / before))


class ScoreTrainer:
    """Asks a warehouse in which `subjects` were offered; pure arithmetic around it."""

    def __init__(self, warehouse: Warehouse, wish: ScoreWish):
        self._warehouse = warehouse
        self._wish = wish
        self._declared = wish.declared
        self._today = day_of(wish.as_of)

    def train(self) -> ScoreTrained:
        """Look at the drift of a standing model, and learn a new one where that is wanted."""
        standing = self._wish.standing
        if standing is not None:
            drift = self.drift_of(standing)
            moved = drift is not None and has_moved(drift.score, drift.rows, standing.rows)
            if not (self._wish.renew or moved):
                return ScoreTrained(self._check("ok", model=standing.number, drift=drift))
        return self._learn()

    def _learn(self) -> ScoreTrained:
        span = self._ask(span_question())[0]
        first = span["first_day"]
        cuts = [] if first is None else moments_of(int(str(first)), self._today, self._window)
        if len(cuts) < 2:
            needed = LEAST_HISTORY_DAYS + 2 * self._window
            return self._too_little(0, 0, 0, f"at least {needed} days of events are needed")
        held = cuts[-max(1, round(len(cuts) / 4)) :]
        learned = cuts[: len(cuts) - len(held)]
        features = self.features(learned)
        rows = self._rows(features, cuts)
        train, holdout = rows.of(learned), rows.of(held)
        few = _missing(train, holdout)
        if few:
            return self._too_little(len(train.raw), train.positives, holdout.positives, few)
        model = self._fitted(features, train, holdout, learned, held)
        return ScoreTrained(
            self._check(
                "ok",
                rows=model.rows,
                positives=model.positives,
                holdout_positives=model.quality.positives,
                drift=self.drift_of(model),
            ),
            model,
        )

    @property
    def _window(self) -> int:
        return self._wish.window_days

    def features(self, cuts: Sequence[int]) -> tuple[ScoreFeature, ...]:
        """Choose the features from what was common before the moments of learning."""
        declared = self._declared
        traits = tuple(ScoreFeature("trait", trait=path) for path in declared.traits)
        if declared.predicts == "fit":
            return (*FIRMOGRAPHICS, *traits)
        names = [str(row["name"]) for row in self._ask(names_question(cuts))]
        usual = [
            *(ScoreFeature("events", window_days=days) for days in (7, 30, 90)),
            *(ScoreFeature("days", window_days=days) for days in (7, 30, 90)),
            ScoreFeature("since_last"),
            ScoreFeature("since_first"),
            ScoreFeature("events", "Order Completed"),
            ScoreFeature("since_last", "Order Completed"),
            *(ScoreFeature("events", name, 90) for name in names),
        ]
        firm = FIRMOGRAPHICS if declared.unit == "account" else ()
        return (*usual, *firm, *traits)

    def _rows(self, features: Sequence[ScoreFeature], cuts: Sequence[int]) -> _Rows:
        declared = self._declared
        question = rows_question(features, declared.predicts, declared.goal, self._window, cuts)
        found = self._ask(question)
        return _Rows(
            [str(row["subject"]) for row in found],
            [int(str(row["cut"])) for row in found],
            np.array([1.0 if row["y"] else 0.0 for row in found]),
            [
                [raw_of(one, row[f"f{place}"]) for place, one in enumerate(features)]
                for row in found
            ],
        )

    def _ask(self, question: Question) -> list[dict[str, object]]:
        table: pa.Table = self._warehouse.ask(question.sql, question.parameters)
        rows: list[dict[str, object]] = table.to_pylist()
        return rows

    def _fitted(
        self,
        features: tuple[ScoreFeature, ...],
        train: _Rows,
        holdout: _Rows,
        learned: Sequence[int],
        held: Sequence[int],
    ) -> ScoreModel:
        plan = plan_terms(features, train.raw, train.subjects)
        columns = columns_of(features, plan.terms, train.raw)
        variances = np.array([INTERCEPT_VARIANCE, *plan.variances])
        found = fit_logistic(columns, train.labels, variances)
        terms = tuple(
            msgspec.structs.replace(term, weight=_short(weight))
            for term, weight in zip(plan.terms, found.weights[1:], strict=True)
        )
        draft = ScoreModel(
            key=self._declared.key,
            declared=self._declared,
            window_days=self._window,
            features=features,
            intercept=_short(found.weights[0]),
            terms=terms,
            covariance=tuple(tuple(map(_short, row)) for row in found.covariance),
            cuts=tuple(learned),
            holdout_cuts=tuple(held),
            rows=len(train.raw),
            positives=train.positives,
            quality=_UNJUDGED,
            borders=(),
            spread=tuple(_spread(features, terms, place, train.raw) for place in _all(features)),
            score_spread=Share(),
            trained_on=self._today,
        )
        return self._judged(draft, train, holdout)

    def _judged(self, draft: ScoreModel, train: _Rows, holdout: _Rows) -> ScoreModel:
        reader = ScoreReader(draft)
        before = reader.probabilities(train.raw)
        later = reader.probabilities(holdout.raw)
        spread = spread_of_numbers(before)
        # Ten equal groups of those whom the score will be shown of: the newest known moment.
        borders = tuple(_short(one) for one in np.quantile(later, np.arange(1, 10) / 10))
        model = msgspec.structs.replace(
            draft,
            quality=quality_of(
                later, holdout.labels, holdout.subjects, np.random.default_rng(len(train.raw))
            ),
            borders=borders,
            score_spread=spread,
        )
        return msgspec.structs.replace(model, sha256=sha_of(model))

    def drift_of(self, model: ScoreModel) -> ScoreDrift | None:
        """Hold those of today against those of training; None where nobody is there."""
        rows = self._rows(model.features, [self._today])
        if not rows.raw:
            return None
        score = spread_like(model.score_spread, ScoreReader(model).probabilities(rows.raw), [])
        moved = {
            feature.name: round(
                stability(before, _spread_now(model.features, before, place, rows.raw)), 6
            )
            for place, (feature, before) in enumerate(
                zip(model.features, model.spread, strict=True)
            )
        }
        return ScoreDrift(len(rows.raw), round(stability(model.score_spread, score), 6), moved)

    def _check(self, status: str, **more: object) -> ScoreCheck:
        return msgspec.convert(
            {"key": self._declared.key, "status": status, "checked_on": self._today, **more},
            ScoreCheck,
        )

    def _too_little(self, rows: int, positives: int, holdout: int, reason: str) -> ScoreTrained:
        return ScoreTrained(
            self._check(
                "too_little_data",
                rows=rows,
                positives=positives,
                holdout_positives=holdout,
                reason=reason,
            )
        )


def raw_of(feature: ScoreFeature, value: object) -> Raw:
    """Read a value of a row as live features are: texts stand there as JSON."""
    if value is None:
        return None
    if feature.is_category:
        return category_of(feature, msgspec.json.decode(str(value)))
    return int(str(value))


def sha_of(model: ScoreModel) -> str:
    """Name a model by its content: equal archives give equal hashes.

    The number under which it is published is not part of it.
    """
    plain = msgspec.to_builtins(msgspec.structs.replace(model, number=0, sha256=""))
    return hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()


def _missing(train: _Rows, holdout: _Rows) -> str:
    """Say what is missing, empty when nothing is; both answers must be there often enough."""
    for rows, least, where in (
        (train, LEAST_POSITIVES, "to learn from"),
        (holdout, LEAST_HOLDOUT, "to check it on"),
    ):
        negatives = len(rows.raw) - rows.positives
        if rows.positives < least:
            return f"{rows.positives} of {least} cases {where} in which it came true"
        if negatives < least:
            return f"{negatives} of {least} cases {where} in which it did not"
    return ""


def _short(value: float) -> float:
    return float(f"{float(value):.{DIGITS}g}")


def _all(features: Sequence[ScoreFeature]) -> range:
    return range(len(features))


def _spread(
    features: Sequence[ScoreFeature],
    terms: Sequence[ScoreTerm],
    place: int,
    raw: Sequence[Sequence[Raw]],
) -> Share:
    feature = features[place]
    values = [row[place] for row in raw]
    if feature.is_category:
        levels = [term.level for term in terms if term.feature == place and term.level[:1] != "("]
        return spread_of_texts([str(value) for value in values], levels)
    return spread_of_numbers(np.array([scaled(feature, value) for value in values]))


def _spread_now(
    features: Sequence[ScoreFeature], before: Share, place: int, raw: Sequence[Sequence[Raw]]
) -> Share:
    feature = features[place]
    values = [row[place] for row in raw]
    if feature.is_category:
        return spread_like(before, None, [str(value) for value in values])
    return spread_like(before, np.array([scaled(feature, value) for value in values]), [])
