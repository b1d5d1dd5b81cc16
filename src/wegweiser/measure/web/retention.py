"""The measure `web.retention`: how many of those who came first together come again, and when."""

import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of, text, whole
from wegweiser.measure.statistic import Interval, wilson
from wegweiser.measure.web.funnel_question import UNITS
from wegweiser.measure.web.retention_question import question
from wegweiser.measure.words import between, both, estimate_of, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "web.retention"
LEAST_UNITS = 30
CALENDAR = ("week", "month")
_WORDS = {
    "week": both("week", "Woche"),
    "month": both("month", "Monat"),
}


class Cohort:
    """One cohort: how many began, and how many came again at each distance that is over."""

    def __init__(self, began: str, rows: list[Row]):
        self.began = began
        self.returned = {whole(row, "distance"): whole(row, "units") for row in rows}
        self.units = self.returned.get(0, 0)
        # The bucket in which the knowledge ends is not over, so the one before is the last.
        self.last_closed = max(whole(row, "last_distance") for row in rows) - 1

    @property
    def last_shown(self) -> int:
        """Give the last distance that has begun, closed or open."""
        return max(0, self.last_closed + 1)

    def at(self, distance: int) -> int | None:
        """Give how many came again, None while that time is not over."""
        return self.returned.get(distance, 0) if distance <= self.last_closed else None


def answer_retention(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Give the share that came again, per cohort and over all cohorts whose time is over."""
    by_cohort: dict[str, list[Row]] = {}
    for row in rows_of(table):
        by_cohort.setdefault(text(row, "cohort"), []).append(row)
    cohorts = [Cohort(name, by_cohort[name]) for name in sorted(by_cohort)]
    units = sum(cohort.units for cohort in cohorts)
    if units == 0:
        return answer(NAME, asked, asked_question, [_nothing()], [], 0)
    most = min(asked.whole("distances"), max(cohort.last_shown for cohort in cohorts))
    rows = [
        _row(cohort, distance)
        for cohort in cohorts
        for distance in range(min(most, cohort.last_shown) + 1)
    ]
    results = [_result(cohorts, distance, asked) for distance in range(1, max(1, most) + 1)]
    return answer(NAME, asked, asked_question, results, rows, units)


def _share(returned: int, units: int) -> Interval | None:
    return wilson(returned, units) if units >= LEAST_UNITS else None


def _row(cohort: Cohort, distance: int) -> Row:
    returned = cohort.at(distance)
    share = None if returned is None else _share(returned, cohort.units)
    return {
        "cohort": cohort.began,
        "distance": distance,
        "share": None if share is None else share.estimate,
        "share_low": None if share is None else share.low,
        "share_high": None if share is None else share.high,
        "returned": returned,
        "units": cohort.units,
        "returned_so_far": cohort.returned.get(distance, 0),
        "open": returned is None,
    }


def _result(cohorts: list[Cohort], distance: int, asked: Asked) -> Result:
    closed = [cohort for cohort in cohorts if cohort.at(distance) is not None]
    units = sum(cohort.units for cohort in closed)
    returned = sum(cohort.at(distance) or 0 for cohort in closed)
    counts = {"units": units, "goals": returned, "cohorts": len(closed)}
    per = asked.text("per")
    name, unit = f"{NAME}.{per}_{distance}", f"{asked.text('unit')}s per {asked.text('unit')}"
    word = _WORDS[per]
    share = _share(returned, units)
    if share is None:
        early = not closed
        told = both(
            f"No cohort's {word['en']} {distance} is over yet."
            if early
            else f"{units} of {LEAST_UNITS} needed whose {word['en']} {distance} is over.",
            f"Noch ist für keine Kohorte {word['de']} {distance} vorbei."
            if early
            else f"{units} von {LEAST_UNITS} nötigen, deren {word['de']} {distance} vorbei ist.",
        )
        return gated(name, unit, "too_early" if early else "too_little", counts, told)
    said = {lang: estimate_of(share, lang, 100, "%") for lang in ("en", "de")}
    return Result(
        name=name,
        unit=unit,
        n=counts,
        enough_data=True,
        estimate=share.estimate,
        low=share.low,
        high=share.high,
        kind="frequentist",
        sentence=both(
            f"In {word['en']} {distance} after their first, {said['en']} of"
            f" {number(units, 'en')} come again ({between(share, 'en', 100, '%')}).",
            f"In {word['de']} {distance} nach dem ersten Mal kommen {said['de']} von"
            f" {number(units, 'de')} wieder ({between(share, 'de', 100, '%')}).",
        ),
        method="Wilson over units of all cohorts whose time is over",
    )


def _nothing() -> Result:
    return gated(
        f"{NAME}.units",
        "units",
        "no_source",
        {"units": 0},
        both(
            "Nobody began in this period.",
            "In diesem Zeitraum hat niemand begonnen.",
        ),
    )


MEASURE = Measure(
    NAME,
    both("Who comes again", "Wer wiederkommt"),
    (
        Option("per", "text", "week", both("week or month", "Woche oder Monat"), CALENDAR),
        Option("began", "text", "page", both("the step that begins", "Schritt, der beginnt")),
        Option("back", "text", "", both("the step that comes again", "Schritt, der wiederkommt")),
        Option("unit", "text", "person", both("who comes", "wer kommt"), tuple(UNITS)),
        Option("distances", "whole", 12, both("weeks or months shown", "gezeigte Wochen, Monate")),
    ),
    question,
    answer_retention,
)
