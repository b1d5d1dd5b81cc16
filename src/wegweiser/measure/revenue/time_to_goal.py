"""The measure `revenue.time_to_goal`: how many leads reach the goal, and after how long."""

import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of
from wegweiser.measure.revenue.cohort import (
    HORIZONS,
    Cohort,
    Lead,
    cohorts_of,
    ninetieth,
    read_leads,
)
from wegweiser.measure.revenue.landmark import UNITS
from wegweiser.measure.revenue.time_question import GROUPS, question
from wegweiser.measure.statistic import Interval
from wegweiser.measure.words import Sentence, between, both, estimate_of, number
from wegweiser.terms.result import Answer, Gate, Question, Result

NAME = "revenue.time_to_goal"
_UNIT = "goals per lead"
OTHER, LEAST_CELL = "(other)", 10
# Months hold no secret of a few people, and an account is what that cut is asked for.
_MERGED = ("origin", "channel", "entry_page", "region", "product")


def answer_time(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Give plain rates with their age, and rates by time only where time has passed."""
    leads, aside = read_leads(rows_of(table))
    whole = Cohort("", tuple(leads))
    if not whole.total:
        return answer(NAME, asked, asked_question, [_nothing(asked)], [], 0)
    waits = ninetieth(whole.times) if whole.times else 0.0
    cohorts = cohorts_of(leads)
    if asked.text("by") in _MERGED:
        cohorts = with_small_merged(cohorts)
    rows = [_row(one, asked.text("by"), waits) for one in cohorts]
    warnings = _warnings(leads, aside)
    results = [_rate(whole, waits, warnings)]
    results += [_win_rate(whole.win_rate, whole)] if whole.win_rate else []
    results += [_by(whole, days, waits) for days in HORIZONS]
    return answer(NAME, asked, asked_question, results, rows, whole.total)


def with_small_merged(cohorts: list[Cohort]) -> list[Cohort]:
    """Merge groups of fewer than 10 leads into "(other)"."""
    small = [one for one in cohorts if one.total < LEAST_CELL]
    kept = [one for one in cohorts if one.total >= LEAST_CELL]
    merged = tuple(lead for one in small for lead in one.leads)
    return [*kept, Cohort(OTHER, merged)] if small else kept


def _warnings(leads: list[Lead], aside: dict[str, int]) -> tuple[str, ...]:
    half = sum(one.count for one in leads if one.is_half_recorded)
    told = {**aside, "not_fully_recorded": half}
    return tuple(f"{count}_{name}" for name, count in told.items() if count)


def _row(cohort: Cohort, cut: str, waits: float) -> Row:
    rate, won = cohort.rate, cohort.win_rate
    shown: Row = {
        cut: cohort.cut,
        "leads": cohort.total,
        "goals": cohort.goals,
        "lost": cohort.lost,
        "still_open": cohort.age_days < waits,
        "age_days": cohort.age_days,
        "rate": rate.estimate,
        "low": rate.low,
        "high": rate.high,
        "median_days": cohort.median_days,
        "win_rate": None if won is None else won.estimate,
        "win_low": None if won is None else won.low,
        "win_high": None if won is None else won.high,
    }
    for days in HORIZONS:
        found = cohort.by(days)
        shown[f"by_{days}"] = None if found is None else found.estimate
        shown[f"by_{days}_low"] = None if found is None else found.low
        shown[f"by_{days}_high"] = None if found is None else found.high
    return shown


def _counts(cohort: Cohort) -> dict[str, int]:
    return {"units": cohort.total, "goals": cohort.goals}


def _rate(whole: Cohort, waits: float, warnings: tuple[str, ...]) -> Result:
    open_still = whole.age_days < waits
    age = {lang: number(whole.age_days, lang) for lang in ("en", "de")}
    days = both("day", "Tag") if age["en"] == "1" else both("days", "Tage")
    old = both(f"{age['en']} {days['en']} old", f"{age['de']} {days['de']} alt")
    told = _told(whole.rate)
    return _result(
        "rate",
        whole.rate,
        whole,
        both(
            f"Of the leads, {told['en']} have reached the goal so far; the youngest is"
            f" {old['en']}{', so some are still open' if open_still else ''}.",
            f"Von den Interessenten haben bisher {told['de']} das Ziel erreicht; der jüngste ist"
            f" {old['de']}{', einige sind also noch offen' if open_still else ''}.",
        ),
        "Wilson over leads",
        (*warnings, *(("still_open",) if open_still else ())),
    )


def _win_rate(won: Interval, whole: Cohort) -> Result:
    told = _told(won)
    return _result(
        "win_rate",
        won,
        whole,
        both(
            f"Of what was closed, {told['en']} was won; open stages are neither won nor lost.",
            f"Vom Abgeschlossenen wurde {told['de']} gewonnen; Offenes ist weder gewonnen noch"
            " verloren.",
        ),
        "Wilson over what is closed",
    )


def _by(whole: Cohort, days: int, waits: float) -> Result:
    found = whole.by(days)
    if found is None:
        recorded = any(not one.is_half_recorded for one in whole.leads)
        gate: Gate = "too_early" if recorded else "no_source"
        return gated(f"{NAME}.by_{days}", _UNIT, gate, _counts(whole), _wait(days, recorded))
    told = _told(found)
    return _result(
        f"by_{days}",
        found,
        whole,
        both(
            f"Within {days} days {told['en']} reach the goal.",
            f"Innerhalb von {days} Tagen erreichen {told['de']} das Ziel.",
        ),
        "Kaplan-Meier, Greenwood log-log",
    )


def _wait(days: int, recorded: bool) -> Sentence:
    if recorded:
        return both(
            f"Too few leads are {days} days old.",
            f"Zu wenige Interessenten sind {days} Tage alt.",
        )
    return both(
        "All leads came before goals began to be recorded, so no rate by time can be told.",
        "Alle Interessenten kamen, bevor Ziele aufgezeichnet wurden; eine Quote nach Zeit lässt"
        " sich nicht nennen.",
    )


def _told(found: Interval) -> Sentence:
    return {
        lang: f"{estimate_of(found, lang, 100, '%')} ({between(found, lang, 100, '%')})"
        for lang in ("en", "de")
    }


def _result(
    name: str,
    found: Interval,
    whole: Cohort,
    sentence: Sentence,
    method: str,
    warnings: tuple[str, ...] = (),
) -> Result:
    return Result(
        name=f"{NAME}.{name}",
        unit=_UNIT,
        n=_counts(whole),
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind="frequentist",
        warnings=warnings,
        sentence=sentence,
        method=method,
    )


def _nothing(asked: Asked) -> Result:
    lead = asked.text("lead")
    return gated(
        f"{NAME}.rate",
        _UNIT,
        "no_source",
        {"units": 0, "goals": 0},
        both(
            f"No lead ({lead or 'any event'}) arrived in this period.",
            f"In diesem Zeitraum kam kein Interessent ({lead or 'irgendein Ereignis'}) an.",
        ),
    )


MEASURE = Measure(
    NAME,
    both("From lead to goal, and how long it takes", "Vom Interesse zum Ziel, und wie lange"),
    (
        Option("goal", "text", "", both("goal that counts, empty for any", "Ziel, leer für jedes")),
        Option("lead", "text", "", both("event of the lead", "Ereignis des Interesses")),
        Option("by", "text", "origin", both("what to group by", "wonach gruppiert"), tuple(GROUPS)),
        Option(
            "unit",
            "text",
            "person",
            both("what is a lead", "was ein Interessent ist"),
            (*UNITS, "opportunity"),
        ),
    ),
    question,
    answer_time,
)
