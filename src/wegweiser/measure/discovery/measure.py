"""The measure `segments.distinct`: what sets a group apart from everybody else, without causes."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa

from wegweiser.measure.discovery.apart import DRAWS, TOP, Apart, Everybody, Having, told_apart
from wegweiser.measure.discovery.question import ALL, BUCKETS, GROUPS, question
from wegweiser.measure.discovery.sentence import few, nobody, said_of, said_of_all, stable_words
from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of, text, whole
from wegweiser.measure.many import LEAST_UNITS
from wegweiser.measure.revenue.auc import FOLDS, Counted
from wegweiser.measure.revenue.landmark import UNITS
from wegweiser.measure.revenue.leak_rules import Column, Finding, judge
from wegweiser.measure.revenue.ledger import CURRENCY
from wegweiser.measure.seed import seed_of
from wegweiser.measure.words import both
from wegweiser.terms.result import Answer, Question, Result
from wegweiser.terms.role import SMALLEST_CELL

NAME = "segments.distinct"


class Found(msgspec.Struct, frozen=True):
    """What was compared: the features that passed the gate, then those it marked or left out."""

    passed: list[Apart]
    marked: list[tuple[Finding, Apart | None]]
    everybody: Everybody


def answer_distinct(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Rank what sets the group apart; what betrays the group is shown beside it, not ranked."""
    features, everybody = _read(rows_of(table))
    sizes = [int(one.sum()) for one in (everybody.inside, everybody.outside)]
    counts = {"units": sum(sizes), "inside": sizes[0], "outside": sizes[1]}
    if not sum(sizes):
        stop = gated(f"{NAME}.found", "features", "no_source", counts, nobody(asked))
        return answer(NAME, asked, asked_question, [stop], [], 0)
    if min(sizes) < LEAST_UNITS:
        told = few(asked, sizes, LEAST_UNITS)
        stop = gated(f"{NAME}.found", "features", "too_little", counts, told)
        return answer(NAME, asked, asked_question, [stop], [], sum(sizes))
    found = _found(features, everybody, asked_question, asked)
    results = [_whole(found, counts, asked)]
    best = [one for one in found.passed if one.stands][:TOP]
    results += [_result(one, counts, len(found.passed), asked) for one in best]
    return answer(NAME, asked, asked_question, results, _rows(found), sum(sizes))


def _found(
    features: Sequence[Having], everybody: Everybody, asked_question: Question, asked: Asked
) -> Found:
    findings = judge([_column_of(one, everybody) for one in features], "")
    by_key = {f"{one.kind}:{one.name}": one for one in findings}
    passed = [one for one in features if by_key[one.key].status == "ok"]
    suspect = [one for one in features if by_key[one.key].status == "suspect"]
    seed = seed_of(asked_question, asked)
    beside = {
        one.feature.key: one
        for one in told_apart(suspect, everybody, np.random.default_rng(seed + 1))
    }
    marked = [one for one in findings if one.status != "ok"]
    return Found(
        told_apart(passed, everybody, np.random.default_rng(seed)),
        [(one, beside.get(f"{one.kind}:{one.name}")) for one in marked],
        everybody,
    )


def _read(rows: Sequence[Row]) -> tuple[list[Having], Everybody]:
    found: dict[tuple[str, str], dict[bool, list[int]]] = defaultdict(
        lambda: {True: [0] * BUCKETS, False: [0] * BUCKETS}
    )
    for row in rows:
        place = found[text(row, "kind"), text(row, "feature")]
        place[bool(row["is_inside"])][whole(row, "bucket")] += whole(row, "units")
    sides = {key: (np.array(one[True]), np.array(one[False])) for key, one in found.items()}
    inside, outside = sides.pop((ALL, ""), (np.zeros(BUCKETS, int), np.zeros(BUCKETS, int)))
    features = [
        Having(kind, name, *both_sides)
        for (kind, name), both_sides in sorted(sides.items())
        if sum(int(side.sum()) for side in both_sides) >= SMALLEST_CELL
    ]
    return features, Everybody(inside, outside)


def _column_of(feature: Having, everybody: Everybody) -> Column:
    """Give a feature as the leak gate sees it: there or not, told at its time."""
    counts: list[Counted] = []
    for fold in range(FOLDS):
        units, goals = (
            [int(one[fold::FOLDS].sum()) for one in (side_of_feature, side_of_all)]
            for side_of_feature, side_of_all in (
                (feature.inside + feature.outside, everybody.inside + everybody.outside),
                (feature.inside, everybody.inside),
            )
        )
        counts.append(Counted(fold, "yes", units[0], goals[0]))
        counts.append(Counted(fold, "no", units[1] - units[0], goals[1] - goals[0]))
    return Column(feature.kind, feature.name, tuple(counts), timed=True)


def _whole(found: Found, counts: dict[str, int], asked: Asked) -> Result:
    stands = [one for one in found.passed if one.stands]
    told = said_of_all(asked, counts, len(found.passed), stands, len(found.marked))
    if not found.passed:
        return gated(f"{NAME}.found", "features", "too_little", counts, told)
    return Result(
        name=f"{NAME}.found",
        unit="features",
        n=counts | {"compared": len(found.passed)},
        enough_data=True,
        estimate=len(stands),
        low=len(stands),
        high=len(stands),
        sentence=told,
        method="leak gate, then Benjamini-Hochberg at 10% over all compared",
    )


def _result(one: Apart, counts: dict[str, int], compared: int, asked: Asked) -> Result:
    return Result(
        name=f"{NAME}.{one.feature.key}",
        unit="difference of shares",
        n=counts | {"compared": compared},
        enough_data=True,
        estimate=one.difference.estimate,
        low=one.difference.low,
        high=one.difference.high,
        kind="frequentist",
        warnings=() if one.is_stable else ("not_stable",),
        sentence=said_of(one, asked),
        method=f"Newcombe; ranked by standardised difference, {DRAWS} draws of 100 parts",
    )


def _rows(found: Found) -> list[Row]:
    rows = [
        _row(
            one,
            "ok",
            both("Known before the group shows.", "Bekannt, bevor sich die Gruppe zeigt."),
            rank,
        )
        for rank, one in enumerate(found.passed, 1)
    ]
    for finding, one in found.marked:
        if one is None:
            rows.append(
                {"feature": finding.name, "kind": finding.kind}
                | dict.fromkeys(_FIGURES)
                | {"status": finding.status}
                | {f"reason_{lang}": told for lang, told in finding.reason.items()}
            )
        else:
            rows.append(_row(one, finding.status, finding.reason, None))
    return rows


_FIGURES = (
    *("rank", "inside", "outside", "share_inside", "share_outside", "difference", "low", "high"),
    *("standardised", "stability", "stable_en", "stable_de", "stands"),
)


def _row(one: Apart, status: str, reason: dict[str, str], rank: int | None) -> Row:
    stable = stable_words(one)
    figures: Row = {
        "rank": rank,
        "inside": int(one.feature.inside.sum()),
        "outside": int(one.feature.outside.sum()),
        "share_inside": one.share_inside,
        "share_outside": one.share_outside,
        "difference": one.difference.estimate,
        "low": one.difference.low,
        "high": one.difference.high,
        "standardised": round(one.standardised, 4),
        "stability": one.stability,
        "stable_en": stable["en"],
        "stable_de": stable["de"],
        "stands": one.stands and status == "ok",
    }
    return (
        {"feature": one.feature.name, "kind": one.feature.kind}
        | figures
        | {"status": status}
        | {f"reason_{lang}": told for lang, told in reason.items()}
    )


MEASURE = Measure(
    NAME,
    both("What sets a group apart from everybody else", "Was eine Gruppe von allen unterscheidet"),
    (
        Option(
            "group",
            "text",
            "valuable",
            both("who is held against everybody else", "wer allen anderen gegenübersteht"),
            tuple(GROUPS),
        ),
        Option(
            "trait",
            "text",
            "",
            both("trait of the group, with --group trait", "Merkmal der Gruppe, bei --group trait"),
        ),
        Option("value", "text", "", both("its value", "dessen Wert")),
        Option(
            "segment",
            "text",
            "",
            both("segment that is the group, with --group segment", "Segment, das die Gruppe ist"),
        ),
        Option(
            "unit", "text", "person", both("who is compared", "wer verglichen wird"), tuple(UNITS)
        ),
        Option(
            "window_days",
            "whole",
            90,
            both("days in which the group shows", "Tage, in denen sich die Gruppe zeigt"),
        ),
        Option(
            "value_from",
            "number",
            0.0,
            both(
                "money from which one is valuable; 0 is the best fifth of those who bought",
                "Geld, ab dem jemand wertvoll ist; 0 ist das beste Fünftel der Käufer",
            ),
        ),
        Option(
            "least",
            "whole",
            20,
            both("units a feature needs, at least 10", "Einheiten je Merkmal, mindestens 10"),
        ),
        CURRENCY,
    ),
    question,
    answer_distinct,
)
