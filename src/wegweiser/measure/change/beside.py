"""An answer and the answer for an earlier period, side by side, with what changed."""

from typing import Literal

import msgspec

from wegweiser.measure.change.days import daily_counts
from wegweiser.measure.change.traffic import change_of_counts, weekday_pairs
from wegweiser.measure.statistic import Interval
from wegweiser.measure.words import between, decimals_for, number
from wegweiser.terms.result import Answer, Change, Compared, Result

To = Literal["previous", "year"]
METHOD = "quasi-Poisson over pairs of the same weekday"
_THEN = {
    "previous": {"en": "In the period before:", "de": "Im Zeitraum davor:"},
    "year": {"en": "A year before:", "de": "Ein Jahr davor:"},
}


def beside(now: Answer, before: Answer, to: To) -> Answer:
    """Give the answer with the earlier one beside it.

    Counts by day get a change with an interval, because a full count has no error of its own and
    days tell what is ordinary; all other figures stand side by side.
    """
    earlier = {one.name: one for one in before.results}
    changes = [
        _change(one, earlier[one.name], _change_by_day(one, now, before), to)
        for one in now.results
        if one.name in earlier
    ]
    assert before.period is not None
    compared = Compared(
        to=to,
        period=before.period,
        results=before.results,
        rows=before.rows,
        changes=tuple(change for change in changes if change is not None),
    )
    return msgspec.structs.replace(now, compared=compared)


def _change(now: Result, before: Result, by_day: Interval | None, to: To) -> Change | None:
    if now.estimate is None or before.estimate is None:
        return None
    sentence = {
        language: f"{text} {_THEN[to][language]} {before.sentence[language]}"
        for language, text in now.sentence.items()
    }
    change = Change(name=now.name, now=now.estimate, before=before.estimate, sentence=sentence)
    if by_day is None:
        return change
    told = {language: f"{text} {_told(by_day, language)}" for language, text in sentence.items()}
    return msgspec.structs.replace(
        change,
        estimate=by_day.estimate,
        low=by_day.low,
        high=by_day.high,
        sentence=told,
        method=METHOD,
    )


def _told(found: Interval, language: str) -> str:
    decimals = decimals_for((found.high - found.low) * 100)
    share = number(abs(found.estimate) * 100, language, decimals)
    ends = between(found, language, 100, "%")
    if language == "de":
        word = "mehr" if found.estimate >= 0 else "weniger"
        return f"Gleiche Wochentage verglichen: {share} % {word} ({ends})."
    word = "more" if found.estimate >= 0 else "less"
    return f"Same weekdays compared: {share}% {word} ({ends})."


def _change_by_day(one: Result, now: Answer, before: Answer) -> Interval | None:
    column = one.name.removeprefix(f"{now.measure}.")
    if one.kind != "none" or column not in now.columns or column not in before.columns:
        return None
    counts, earlier = daily_counts(now, column), daily_counts(before, column)
    if not counts or not earlier or not _adds_up(one, now, column):
        return None
    return change_of_counts(weekday_pairs(counts, earlier))


def _adds_up(one: Result, now: Answer, column: str) -> bool:
    """Tell whether the figure is the sum over days; people who came twice count once in it."""
    at = now.columns.index(column)
    counts = [row[at] for row in now.rows]
    return one.estimate == sum(count for count in counts if isinstance(count, int))
