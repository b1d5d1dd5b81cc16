"""The measure `revenue.relations`: what goes together with a goal, compared like with like."""

import math
from collections.abc import Mapping, Sequence

import msgspec
import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Row, answer, gated, rows_of
from wegweiser.measure.revenue.accounts_alike import Accounts, alike_of, read_accounts
from wegweiser.measure.revenue.alike import Alike
from wegweiser.measure.revenue.feature import (
    Feature,
    by_fold,
    column_of,
    read_features,
    strata_of,
)
from wegweiser.measure.revenue.landmark_accounts import question_with_accounts
from wegweiser.measure.revenue.leak_rules import Finding, judge
from wegweiser.measure.revenue.leaks import OPTIONS, closed_gate, finding_row
from wegweiser.measure.revenue.second_opinion import second_opinion
from wegweiser.measure.revenue.strata import (
    Standardised,
    Sums,
    e_value,
    pooled,
    standardised,
    standing,
)
from wegweiser.measure.revenue.traps import traps_of
from wegweiser.measure.statistic import Interval, interval
from wegweiser.measure.words import Sentence, between, both, estimate_of, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "revenue.relations"
LEAST_PER_SIDE = 200
LEAST_GOALS = 25


class Relation(msgspec.Struct, frozen=True):
    """One feature that passed the gate and is large enough, with its comparison."""

    feature: Feature
    having: Sums
    lacking: Sums
    found: Standardised
    opinion: Interval | None
    alike: Alike

    @property
    def name(self) -> str:
        """Kind and name, as one."""
        return f"{self.feature.kind}:{self.feature.name}"

    @property
    def crude(self) -> float:
        """The difference of rates without strata."""
        return self.having.rate - self.lacking.rate


def answer_relations(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Show first what the leak gate left out, then what goes together with the goal."""
    rows = rows_of(table)
    features, everybody = read_features(rows)
    accounts = read_accounts(rows)
    folds = by_fold(everybody)
    total = sum(folds.values(), Sums())
    gate = closed_gate(NAME, total, bool(features))
    if gate is not None:
        return answer(NAME, asked, asked_question, [gate], [], total.units)
    judged = judge([column_of(one, folds) for one in features], asked.text("goal"))
    left_out = [one for one in judged if one.status != "ok"]
    passed = {(one.kind, one.name) for one in judged if one.status == "ok"}
    compared = [
        relation
        for one in features
        if (one.kind, one.name) in passed
        and (relation := _relation(one, everybody, total, accounts)) is not None
    ]
    compared.sort(key=lambda one: (-abs(one.found.rate.estimate), one.name))
    stands = standing({one.name: one.found.p_value for one in compared})
    aucs = {(one.kind, one.name): one.auc for one in judged}
    shown = [_blank(one) for one in left_out] + [_row(one, stands, aucs) for one in compared]
    results = [_gate_result(left_out, len(features), len(compared), total)]
    results += [_result(one, one.name in stands, len(compared)) for one in compared]
    return answer(NAME, asked, asked_question, results, shown, total.units)


def _relation(
    feature: Feature, everybody: Sequence[Row], total: Sums, accounts: Accounts
) -> Relation | None:
    having, lacking = feature.having, total - feature.having
    if min(having.units, lacking.units) < LEAST_PER_SIDE:
        return None
    alike = alike_of(feature.kind, feature.name, having, lacking, accounts)
    strata = pooled(strata_of(feature, everybody))
    if not strata or not alike.is_enough:
        return None
    found, opinion = standardised(strata, alike=alike), second_opinion(strata, alike=alike)
    return Relation(feature, having, lacking, found, opinion, alike)


def _blank(finding: Finding) -> Row:
    return finding_row(finding) | dict.fromkeys(_FIGURES)


_FIGURES = (
    *("having", "lacking", "rate_having", "rate_lacking", "crude", "difference", "low", "high"),
    *("stands", "e_value", "e_value_nearer", "revenue_difference", "revenue_low", "revenue_high"),
    *("regression_difference", "regression_low", "regression_high"),
    *("notes_en", "notes_de"),
)


def _row(one: Relation, stands: frozenset[str], aucs: Mapping[tuple[str, str], float]) -> Row:
    rate, worth = one.found.rate, one.found.money
    strong, nearer = _e_values(one.found)
    traps = _traps(one).values()
    return {
        "kind": one.feature.kind,
        "feature": one.feature.name,
        "status": "ok",
        "auc": round(aucs[one.feature.kind, one.feature.name], 4),
        "reason_en": "Known before the goal.",
        "reason_de": "Vor dem Ziel bekannt.",
        "having": one.having.units,
        "lacking": one.lacking.units,
        "rate_having": one.having.rate,
        "rate_lacking": one.lacking.rate,
        "crude": one.crude,
        "difference": rate.estimate,
        "low": rate.low,
        "high": rate.high,
        "stands": one.name in stands,
        "e_value": strong,
        "e_value_nearer": nearer,
        "revenue_difference": worth.estimate,
        "revenue_low": worth.low,
        "revenue_high": worth.high,
        "regression_difference": None if one.opinion is None else one.opinion.estimate,
        "regression_low": None if one.opinion is None else one.opinion.low,
        "regression_high": None if one.opinion is None else one.opinion.high,
        "notes_en": " ".join(said["en"] for said in traps),
        "notes_de": " ".join(said["de"] for said in traps),
    }


def _e_values(found: Standardised) -> tuple[float | None, float | None]:
    """Give the E-value of the estimate and of the end nearer to no difference (1 beyond it)."""
    base = found.rate_lacking
    if base <= 0:
        return None, None
    ratio = found.rate_having / base
    ends = (found.rate.low, found.rate.high)
    nearer = min(ends, key=abs) if ends[0] * ends[1] > 0 else 0.0
    told = [e_value(one) for one in (ratio, max(0.0, base + nearer) / base)]
    first, second = (round(one, 3) if math.isfinite(one) else None for one in told)
    return first, second


def _traps(one: Relation) -> dict[str, Sentence]:
    page = one.feature.name if one.feature.kind == "page" else ""
    return traps_of(one.crude, one.found, one.opinion, page)


def _gate_result(left_out: list[Finding], features: int, compared: int, total: Sums) -> Result:
    small = features - len(left_out) - compared
    counts = {"units": total.units, "goals": total.goals}
    told = both(
        f"The leak gate left out {len(left_out)} of {features} features; {small} are too rare"
        f" ({LEAST_PER_SIDE} on each side are needed), {compared} were compared.",
        f"Die Prüfung auf verräterische Merkmale ließ {len(left_out)} von {features} weg; {small}"
        f" sind zu selten (nötig: {LEAST_PER_SIDE} je Seite), {compared} wurden verglichen.",
    )
    if not compared:
        return gated(f"{NAME}.compared", "features", "too_little", counts, told)
    return Result(
        name=f"{NAME}.compared",
        unit="features",
        n=counts,
        enough_data=True,
        estimate=compared,
        low=compared,
        high=compared,
        sentence=told,
        method="leak gate, then Benjamini-Hochberg at 10% over all compared",
    )


def _result(one: Relation, stands: bool, compared: int) -> Result:
    found, total = one.found.rate, one.having + one.lacking
    return Result(
        name=f"{NAME}.{one.name}",
        unit="goals per unit",
        n={"units": total.units, "goals": total.goals, "compared": compared},
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind="frequentist",
        warnings=(*(() if stands else ("does_not_stand_among_all",)), *_traps(one)),
        sentence=_sentence(one, stands, compared),
        method="landmark, standardised over strata"
        + ("" if one.alike.freedom is None else ", accounts as clusters")
        + ("" if one.opinion is None else "; logistic regression beside it"),
    )


def _sentence(one: Relation, stands: bool, compared: int) -> Sentence:
    found = one.found.rate
    fewer = found.estimate < 0
    shown = interval(-found.estimate, -found.high, -found.low) if fewer else found
    said = {lang: f"{estimate_of(shown, lang, 100)}" for lang in ("en", "de")}
    less = both("fewer", "weniger") if fewer else both("more", "mehr")
    goals = both("goal", "Ziel") if said["en"] == "1" else both("goals", "Zielen")
    verb = both("goes together with", "geht einher mit")
    if not stands:
        verb = both("cannot be told to go together with", "geht nicht erkennbar einher mit")
    more = {
        lang: "".join(f" {trap[lang]}" for trap in (_hidden(one), *_traps(one).values()))
        for lang in ("en", "de")
    }
    return both(
        f"{one.name} {verb['en']} {said['en']} {less['en']} {goals['en']} per 100"
        f" ({between(shown, 'en', 100)}; one of {compared} compared).{more['en'].rstrip()}",
        f"{one.name} {verb['de']} {said['de']} {goals['de']} {less['de']} je 100"
        f" ({between(shown, 'de', 100)}; eins von {compared} verglichenen).{more['de'].rstrip()}",
    )


def _hidden(one: Relation) -> Sentence:
    strong, _ = _e_values(one.found)
    if strong is None:
        return both("", "")
    return both(
        f"A hidden common cause would have to be {number(strong, 'en', 1)}-fold on both sides"
        " to explain it.",
        "Eine verborgene gemeinsame Ursache müsste auf beiden Seiten"
        f" {number(strong, 'de', 1)}-fach wirken, um das zu erklären.",
    )


MEASURE = Measure(
    NAME,
    both("What goes together with a goal", "Was mit einem Ziel einhergeht"),
    OPTIONS,
    question_with_accounts,
    answer_relations,
)
