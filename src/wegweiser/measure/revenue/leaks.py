"""The measure `revenue.leaks`: which features may stand beside a goal, and why others may not."""

from collections import Counter

import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of
from wegweiser.measure.revenue.feature import by_fold, column_of, read_features
from wegweiser.measure.revenue.landmark import UNITS, question
from wegweiser.measure.revenue.leak_rules import Finding, judge
from wegweiser.measure.revenue.ledger import CURRENCY
from wegweiser.measure.revenue.strata import Sums
from wegweiser.measure.words import both, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "revenue.leaks"
LEAST_GOALS = 25


def answer_leaks(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """List every feature with what the gate says of it; only "ok" may be ranked."""
    features, everybody = read_features(rows_of(table))
    folds = by_fold(everybody)
    whole_sums = sum(folds.values(), Sums())
    gate = closed_gate(NAME, whole_sums, bool(features))
    if gate is not None:
        return answer(NAME, asked, asked_question, [gate], [], whole_sums.units)
    found = judge([column_of(one, folds) for one in features], asked.text("goal"))
    rows = [finding_row(one) for one in sorted(found, key=lambda one: (-one.auc, one.name))]
    results = [_result(found, whole_sums)]
    return answer(NAME, asked, asked_question, results, rows, whole_sums.units)


def closed_gate(name: str, everybody: Sums, has_features: bool) -> Result | None:
    """Give the gate that keeps a comparison of features shut, None where it is open."""
    counts = {"units": everybody.units, "goals": everybody.goals}
    if not everybody.units or not has_features:
        told = both(
            "Nobody was first seen in this period whose time for the goal is over.",
            "Niemand, dessen Zeit bis zum Ziel vorbei ist, kam in diesem Zeitraum zum ersten Mal.",
        )
        return gated(name, "features", "no_source", counts, told)
    if everybody.goals >= LEAST_GOALS:
        return None
    told = both(
        f"{number(everybody.goals, 'en')} of {LEAST_GOALS} goals needed are there.",
        f"{number(everybody.goals, 'de')} von {LEAST_GOALS} nötigen Zielen sind da.",
    )
    return gated(name, "features", "too_little", counts, told)


def finding_row(finding: Finding) -> Row:
    """Show what the gate says of one column."""
    return {
        "kind": finding.kind,
        "feature": finding.name,
        "status": finding.status,
        "auc": round(finding.auc, 4),
        "reason_en": finding.reason["en"],
        "reason_de": finding.reason["de"],
    }


def _result(found: list[Finding], everybody: Sums) -> Result:
    by_status = Counter(one.status for one in found)
    passed, stopped = by_status["ok"], len(found) - by_status["ok"]
    return Result(
        name=f"{NAME}.passed",
        unit="features",
        n={"units": everybody.units, "goals": everybody.goals},
        enough_data=True,
        estimate=passed,
        low=passed,
        high=passed,
        sentence=both(
            f"{passed} features may stand beside the goal; {stopped} are left out, and why stands"
            " beside them.",
            f"{passed} Merkmale dürfen neben dem Ziel stehen; {stopped} bleiben weg, mit Grund.",
        ),
        method="leak gate: lineage, area out of five folds, time",
    )


OPTIONS = (
    Option("goal", "text", "", both("goal that counts, empty for any", "Ziel, leer für jedes")),
    Option("unit", "text", "person", both("who is compared", "wer verglichen wird"), tuple(UNITS)),
    Option("landmark_days", "whole", 7, both("days of features", "Tage für Merkmale")),
    Option("window_days", "whole", 90, both("days for the goal", "Tage bis zum Ziel")),
    Option("least", "whole", 20, both("units a feature needs", "Einheiten je Merkmal")),
    CURRENCY,
)
MEASURE = Measure(
    NAME,
    both("Features that would betray the goal", "Merkmale, die das Ziel verraten würden"),
    OPTIONS,
    question,
    answer_leaks,
)
