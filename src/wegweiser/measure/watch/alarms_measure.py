"""The measure `watch.alarms`: what is unusual, since when, how much, and what moved with it."""

from datetime import date, timedelta
from urllib.parse import urlencode

import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Row, answer
from wegweiser.measure.watch.alarm import Alarm, false_alarms_allowed, others_quiet
from wegweiser.measure.watch.drivers import Driver, drivers_of
from wegweiser.measure.watch.incident import Incident
from wegweiser.measure.watch.looked import (
    BUDGET,
    CURRENCY,
    GOAL,
    GRID,
    HOLIDAYS,
    Looked,
    budget_of,
    look,
    read_days,
    series_option,
)
from wegweiser.measure.watch.question import EVERYTHING, question
from wegweiser.measure.watch.said import name_of, sentence_of
from wegweiser.measure.watch.table import Key, first_day
from wegweiser.measure.words import both, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "watch.alarms"
_METHOD = "causal MSTL baseline, point chart and CUSUM, Benjamini-Hochberg per day"
_MOST_CHECKED = 6


def answer_alarms(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Tell the alarms of the period; the days before it only say what was to be expected."""
    days = read_days(table, asked, NAME)
    if isinstance(days, Result):
        return answer(NAME, asked, asked_question, [days], [], 0)
    looked = look(days, asked)
    first = days.place(first_day(asked))
    told = [one for one in looked.incidents if one.alarm.known >= first]
    results = [_summary(looked, told, asked, first)]
    rows: list[Row] = []
    for incident in reversed(told):
        alarm = incident.alarm
        drivers = drivers_of(days, looked.keys[alarm.row], alarm.since, alarm.known)
        results.append(_result(looked, alarm, drivers))
        rows.append(_row(looked, incident, drivers))
    return answer(NAME, asked, asked_question, results, rows, looked.panel.size[0])


def _summary(looked: Looked, told: list[Incident], asked: Asked, first: int) -> Result:
    judged = looked.watched.judged[:, max(0, first) :]
    allowed = false_alarms_allowed(judged, GRID.per_year, budget_of(asked))
    count, series = len(told), int(judged.any(axis=1).sum())
    return Result(
        name=f"{NAME}.count",
        unit="alarms",
        n={"units": series, "events": int(judged.sum()), "alarms": count},
        enough_data=True,
        estimate=count,
        low=count,
        high=count,
        warnings=() if series else ("nothing_judged",),
        sentence=_counted(count, series, allowed),
        method=_METHOD,
    )


def _counted(count: int, series: int, allowed: float) -> dict[str, str]:
    few = {lang: number(allowed, lang, 1) for lang in ("en", "de")}
    if not series:
        return both(
            "Nothing could be judged: no series counts enough, for long enough.",
            "Nichts war zu beurteilen: Keine Reihe zählt genug, und das lange genug.",
        )
    if not count:
        return both(
            f"Nothing unusual in {number(series, 'en')} series.",
            f"Nichts Auffälliges in {number(series, 'de')} Reihen.",
        )
    alarms = both("alarm" if count == 1 else "alarms", "Meldung" if count == 1 else "Meldungen")
    return both(
        f"{number(count, 'en')} {alarms['en']} in {number(series, 'en')} series; up to"
        f" {few['en']} would be expected if all were quiet.",
        f"{number(count, 'de')} {alarms['de']} in {number(series, 'de')} Reihen; bis zu"
        f" {few['de']} wären zu erwarten, wenn alle ruhig wären.",
    )


def _result(looked: Looked, alarm: Alarm, drivers: list[Driver]) -> Result:
    key, days = looked.keys[alarm.row], looked.days
    change = alarm.change
    return Result(
        name=f"{NAME}.{alarm_id(looked, alarm)}",
        unit="relative change",
        n={"events": int(days.hits[key][alarm.since : alarm.known + 1].sum())},
        enough_data=not alarm.is_fault,
        reason="broken" if alarm.is_fault else "",
        estimate=None if change is None else change.estimate,
        low=None if change is None else change.low,
        high=None if change is None else change.high,
        kind="none" if change is None else "frequentist",
        sentence=sentence_of(alarm, key, days.day(alarm.since), days.day(alarm.known), drivers),
        method=_METHOD,
    )


def alarm_id(looked: Looked, alarm: Alarm) -> str:
    """Name an alarm by its series and the day on which it was known, the same for ever."""
    series = ".".join(part for part in looked.keys[alarm.row] if part)
    side = {1: "up", -1: "down"}.get(alarm.side, alarm.kind)
    return f"{series}.{side}.{looked.days.day(alarm.known).isoformat()}"


def _row(looked: Looked, incident: Incident, drivers: list[Driver]) -> Row:
    alarm = incident.alarm
    days, (series, dimension, member) = looked.days, looked.keys[alarm.row]
    change = alarm.change
    wholes = [row for row, key in enumerate(looked.keys) if not key[1]]
    quiet = others_quiet(looked.watched, alarm, wholes)
    return {
        "known": days.day(alarm.known).isoformat(),
        "series": series,
        "dimension": dimension,
        "member": member,
        "kind": alarm.kind,
        "since": days.day(alarm.since).isoformat(),
        "last": days.day(incident.last).isoformat(),
        "change": None if change is None else change.estimate,
        "change_low": None if change is None else change.low,
        "change_high": None if change is None else change.high,
        "change_as_counted": alarm.seen,
        "came": alarm.came,
        "expected": alarm.expected,
        "moved_with": "; ".join(f"{one.dimension} {one.member} {one.share:.0%}" for one in drivers),
        "also": "; ".join(name_of(looked.keys[one.row], "en") for one in incident.also),
        "quiet": "; ".join(name_of(looked.keys[row], "en") for row in quiet[:_MOST_CHECKED]),
        "link": link_to(looked.keys[alarm.row], days.day(incident.last).isoformat()),
        "alarm_id": alarm_id(looked, alarm),
    }


def link_to(key: Key, day: str) -> str:
    """Give the address of the series up to the alarm, as the API answers it."""
    named = {"series": key[0], "dimension": key[1], "member": key[2], "to": day_after(day)}
    return f"/v1/measures/watch.baseline?{urlencode({k: v for k, v in named.items() if v})}"


def day_after(day: str) -> str:
    """Give the day after a day."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


MEASURE = Measure(
    NAME,
    both("Unusual, and since when", "Auffälliges, und seit wann"),
    (series_option(EVERYTHING), BUDGET, HOLIDAYS, GOAL, CURRENCY),
    question,
    answer_alarms,
)
