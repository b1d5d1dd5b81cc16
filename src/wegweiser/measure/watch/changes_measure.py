"""The measure `watch.changes`: lasting changes, when they were, how large, how sure."""

from datetime import date

import numpy as np
import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Row, answer
from wegweiser.measure.statistic import Interval, interval
from wegweiser.measure.watch.alarms_measure import link_to
from wegweiser.measure.watch.drivers import Driver, drivers_of
from wegweiser.measure.watch.lasting import Lasting, lasting_changes
from wegweiser.measure.watch.looked import (
    BUDGET,
    CURRENCY,
    GOAL,
    GRID,
    HOLIDAYS,
    Looked,
    look,
    read_days,
    series_option,
)
from wegweiser.measure.watch.panel import shown_of
from wegweiser.measure.watch.question import EVERYTHING, question
from wegweiser.measure.watch.revised import Revision, as_known
from wegweiser.measure.watch.said import moved_words, name_of, told_day
from wegweiser.measure.watch.table import Days, Key, first_day
from wegweiser.measure.words import Sentence, between, both, estimate_of, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "watch.changes"
_METHOD = "PELT on the series without season, penalty 10 σ² ln n, phase-randomised surrogates"
_SEED = 7
_WINDOW = 28


def answer_changes(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Tell the lasting changes that became known in the period."""
    days = read_days(table, asked, NAME)
    if isinstance(days, Result):
        return answer(NAME, asked, asked_question, [days], [], 0)
    keys = [key for key in days.hits if not key[1] or key[1] == "source"]
    looked = look(days, asked, [key for key in keys if not _is_part(key, days)])
    first = days.place(first_day(asked))
    told = [one for one in _found(looked) if one[1].known >= first]
    results, rows = [_count(looked, len(told))], []
    for key, one in sorted(told, key=lambda each: (-each[1].known, each[0])):
        drivers = drivers_of(days, key, one.change.place, _until(days, one))
        size = _size(looked, key, one)
        results.append(_result(days, key, one, size, drivers))
        rows.append(_row(days, key, one, size, drivers))
    return answer(NAME, asked, asked_question, results, rows, len(looked.keys))


def _is_part(key: Key, days: Days) -> bool:
    """Tell whether a whole of the same series stands for this value of a cut."""
    return bool(key[1]) and (key[0], "", "") in days.hits


def _until(days: Days, one: Lasting) -> int:
    return min(days.count - 1, one.known, one.change.place + _WINDOW)


def _found(looked: Looked) -> list[tuple[Key, Lasting]]:
    found = []
    for row, key in enumerate(looked.keys):
        judged = np.flatnonzero(looked.watched.judged[row])
        if not len(judged):
            continue
        filled = looked.watched.filled[row]
        begin = int(np.flatnonzero(~np.isnan(filled))[0])
        since, revisions = int(judged[0]), _revisions(looked, row)
        told = lasting_changes(filled, begin, GRID, _SEED, revisions, since)
        found += [(key, one) for one in told]
    return found


def _revisions(looked: Looked, row: int) -> list[Revision]:
    return [one for one in looked.watched.revisions if one.row == row]


def _size(looked: Looked, key: Key, one: Lasting) -> Interval:
    """Turn a change on the watched scale into a relative change of what people read."""
    row = looked.keys.index(key)
    kind = str(looked.panel.kinds[row])
    known = as_known(looked.watched.filled[row], one.known + 1, _revisions(looked, row))
    before = float(np.nanmean(known[: one.change.place]))
    size = one.change.size
    moved = before + np.array([0.0, size.low, size.estimate, size.high])
    usual, low, estimate, high = (float(end) for end in shown_of(kind, moved))
    return interval(estimate / usual - 1, low / usual - 1, high / usual - 1)


def _count(looked: Looked, count: int) -> Result:
    series = int(looked.watched.judged.any(axis=1).sum())
    few = both("No lasting change", "Keine dauerhafte Änderung")
    many = both(
        f"{number(count, 'en')} lasting change{'' if count == 1 else 's'}",
        f"{number(count, 'de')} dauerhafte Änderung{'' if count == 1 else 'en'}",
    )
    said = {
        lang: f"{(many if count else few)[lang]} in {number(series, lang)}"
        f" {both('series', 'Reihen')[lang]}."
        for lang in ("en", "de")
    }
    return Result(
        name=f"{NAME}.count",
        unit="changes",
        n={"units": series, "changes": count},
        enough_data=True,
        estimate=count,
        low=count,
        high=count,
        warnings=() if series else ("nothing_judged",),
        sentence=said,
        method=_METHOD,
    )


def _result(days: Days, key: Key, one: Lasting, size: Interval, drivers: list[Driver]) -> Result:
    return Result(
        name=f"{NAME}.{'.'.join(filter(None, key))}.{_day(days, one.change.place)}",
        unit="relative change",
        n={"events": int(days.hits[key].sum())},
        enough_data=True,
        estimate=size.estimate,
        low=size.low,
        high=size.high,
        kind="frequentist",
        warnings=() if one.stands else ("no_longer_seen",),
        sentence=_sentence(days, key, one, size, drivers),
        method=_METHOD,
    )


def _sentence(
    days: Days, key: Key, one: Lasting, size: Interval, drivers: list[Driver]
) -> Sentence:
    said = both("", "")
    places = (one.change.place, one.change.earliest, one.change.latest)
    for lang in ("en", "de"):
        when, early, late = (told_day(days.day(place), lang) for place in places)
        name, moved = name_of(key, lang), moved_words(drivers, lang)
        much, ends = estimate_of(size, lang, 100, "%"), between(size, lang, 100, "%")
        said[lang] = both(
            f"{name[:1].upper()}{name[1:]} changed for good on {when} (90%: {early} to {late}):"
            f" {much} ({ends}){moved}.",
            f"{name[:1].upper()}{name[1:]}: dauerhafte Änderung am {when} (90 %: {early} bis"
            f" {late}): {much} ({ends}){moved}.",
        )[lang]
    return said


def _day(days: Days, place: int) -> str:
    found: date = days.day(place)
    return found.isoformat()


def _row(days: Days, key: Key, one: Lasting, size: Interval, drivers: list[Driver]) -> Row:
    return {
        "day": _day(days, one.change.place),
        "series": key[0],
        "dimension": key[1],
        "member": key[2],
        "change": size.estimate,
        "change_low": size.low,
        "change_high": size.high,
        "earliest": _day(days, one.change.earliest),
        "latest": _day(days, one.change.latest),
        "known": _day(days, one.known),
        "chance": one.change.chance,
        "stands": one.stands,
        "moved_with": "; ".join(f"{d.dimension} {d.member} {d.share:.0%}" for d in drivers),
        "link": link_to(key, _day(days, one.known)),
    }


MEASURE = Measure(
    NAME,
    both("Lasting changes", "Dauerhafte Änderungen"),
    (series_option(EVERYTHING), BUDGET, HOLIDAYS, GOAL, CURRENCY),
    question,
    answer_changes,
)
