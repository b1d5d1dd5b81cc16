"""The measure `experiment.split_check`: were units divided over the arms as planned?"""

import math

import pyarrow as pa

from wegweiser.measure.arms import EPOCH, PLANNED, SHARES, read_shares
from wegweiser.measure.experiment import BROKEN_BELOW, LEAST_UNITS, Split, check_split
from wegweiser.measure.form import Asked, Measure, Row, answer, gated, rows_of
from wegweiser.measure.split_rows import Counted, question, read_counts
from wegweiser.measure.split_trace import (
    IMBALANCE,
    BrokenPart,
    apart_before,
    broken_parts,
    broken_since,
    day_of,
    exposures_apart,
)
from wegweiser.measure.words import Sentence, both, number
from wegweiser.terms.result import Answer, Gate, Question, Result

NAME = "experiment.split_check"


def answer_split_check(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Say whether the split is sound; a broken one hides every figure built on it."""
    counted = read_counts(rows_of(table))
    shares = read_shares(asked.text("shares"))
    result, *more = _results(counted, shares, asked)
    rows = _rows(counted, shares)
    return answer(NAME, asked, asked_question, [result, *more], rows, counted.units)


def _rows(counted: Counted, shares: dict[str, float]) -> list[Row]:
    plan = sum(shares.values())
    scores = apart_before(counted.before)
    return [
        {
            "arm": arm,
            "units": counted.arms.get(arm, 0),
            "planned_units": counted.units * shares.get(arm, 0.0) / plan if plan else None,
            "exposed": counted.exposed.get(arm, 0),
            "apart_before": scores.get(arm, 0.0),
        }
        for arm in sorted(counted.arms.keys() | shares.keys())
    ]


def _results(counted: Counted, shares: dict[str, float], asked: Asked) -> list[Result]:
    counts = {"units": counted.units, "two_arms": counted.two_arms}
    if len([share for share in shares.values() if share > 0]) < 2:
        return [gated(NAME, "chi-square", "no_source", counts, _NO_PLAN)]
    if counted.units < LEAST_UNITS:
        reason: Gate = "too_little" if counted.units else "no_source"
        return [gated(NAME, "chi-square", reason, counts, _too_few(counted.units))]
    split = check_split(counted.arms, shares, running=True)
    today = day_of(asked.as_of, asked.period.zone)
    day = broken_since(counted.days, shares, asked.whole("planned_units"), today)
    before = {arm: far for arm, far in apart_before(counted.before).items() if abs(far) > IMBALANCE}
    if split.broken or day is not None:
        parts = broken_parts(counted.parts, shares)
        return [_broken(counts, _since(day)), *(_part(one, counts) for one in parts)]
    if before:
        return [_broken(counts, _differed(sorted(before)))]
    return [_sound(split, counts, _warnings(counted))]


def _warnings(counted: Counted) -> tuple[str, ...]:
    unequal = exposures_apart(counted.exposed, counted.arms) < BROKEN_BELOW
    return (
        *(("units_in_two_arms",) if counted.two_arms else ()),
        *(("exposures_differ",) if unequal else ()),
    )


def _too_few(total: int) -> Sentence:
    return both(
        f"{total} of {LEAST_UNITS} units needed to check the split.",
        f"{total} von {LEAST_UNITS} Einheiten, die zur Prüfung der Aufteilung nötig sind.",
    )


def _broken(counts: dict[str, int], cause: Sentence, name: str = NAME) -> Result:
    return Result(
        name=name,
        unit="chi-square",
        n=counts,
        enough_data=True,
        reason="broken",
        verdict="broken",
        evidence="experiment",
        sentence=cause,
        method="chi-square and multinomial e-value",
    )


def _since(day: str | None) -> Sentence:
    english, german = (
        ("", "") if day is None else (f" It shows since {day}.", f" Es zeigt sich seit {day}.")
    )
    return both(
        "Something is wrong with the test: units are not divided as planned."
        f" Repair the assignment first; no figure of this test counts.{english}",
        "Mit dem Test stimmt etwas nicht: Die Einheiten sind nicht wie geplant aufgeteilt."
        f" Erst die Zuteilung reparieren; keine Zahl dieses Tests gilt.{german}",
    )


def _differed(arms: list[str]) -> Sentence:
    named = ", ".join(arms)
    return both(
        f"Something is wrong with the test: {named} differed from the others before it began.",
        f"Mit dem Test stimmt etwas nicht: {named} war schon vor dem Beginn anders"
        " als die übrigen.",
    )


def _part(one: BrokenPart, counts: dict[str, int]) -> Result:
    value = one.value or "(none)"
    said = both(
        f"The part that broke is {one.part} {value}: its {one.units} units are not divided as"
        " planned.",
        f"Schuld ist {_PARTS[one.part]} {value}: seine {one.units} Einheiten sind nicht wie geplant"
        " aufgeteilt.",
    )
    return _broken({**counts, "units": one.units}, said, f"{NAME}.{one.part}.{value}")


_PARTS = {
    "source": "die Quelle",
    "channel": "der Kanal",
    "version": "der Stand",
    "device": "das Gerät",
}


def _sound(split: Split, counts: dict[str, int], warnings: tuple[str, ...]) -> Result:
    odds = {lang: number(split.chance, lang, 4) for lang in ("en", "de")}
    more = _uneven(split) if split.chance < BROKEN_BELOW else both("", "")
    finite = split.chi_square if math.isfinite(split.chi_square) else 0.0
    return Result(
        name=NAME,
        unit="chi-square",
        n=counts,
        enough_data=True,
        estimate=finite,
        low=finite,
        high=finite,
        evidence="experiment",
        warnings=warnings,
        sentence=both(
            f"Units are divided as planned (chance of a larger deviation {odds['en']})."
            f"{more['en']}",
            f"Die Einheiten sind wie geplant aufgeteilt (Aussicht auf eine größere Abweichung:"
            f" {odds['de']}).{more['de']}",
        ),
        method="chi-square and multinomial e-value",
    )


def _uneven(split: Split) -> Sentence:
    """Say that so small a chance alone breaks nothing, since it was looked for often."""
    found = {lang: number(split.evidence, lang) for lang in ("en", "de")}
    return both(
        " Whoever looks often finds such a chance now and then: read while the test runs, it takes"
        f" evidence of 1,000 against the plan, and there is {found['en']}.",
        " Wer oft hinsieht, findet eine solche Aussicht hin und wieder: solange der Test läuft,"
        f" braucht es Belege von 1.000 gegen den Plan, und es sind {found['de']}.",
    )


_NO_PLAN = both(
    "The planned shares of the arms are not known: publish a policy with arms, or state --shares.",
    "Die geplanten Anteile der Gruppen fehlen: Veröffentlichen Sie Regeln mit Gruppen"
    " oder geben Sie --shares an.",
)

MEASURE = Measure(
    NAME,
    both("Split check of an experiment", "Prüfung der Aufteilung eines Tests"),
    (SHARES, EPOCH, PLANNED),
    question,
    answer_split_check,
)
