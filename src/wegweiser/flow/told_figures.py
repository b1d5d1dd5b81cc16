"""What other measures say, for a question that judges their answers."""

from collections.abc import Callable, Iterator, Mapping

import pyarrow as pa

from wegweiser.measure.form import Asked, Measure
from wegweiser.measure.registry import MEASURES
from wegweiser.query.offered import TOLD_FIGURES
from wegweiser.query.period import FIRST_MS, Period
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.result import Answer

DAYS = 90
# Who is a customer where the first way to ask knows of none.
OTHERWISE = {"profit.groups": {"unit": "person"}}
Answering = Callable[[Measure, Asked], Answer]
# What is judged is of the last 90 days, but what is learnt from the whole past.
RECENT = ("revenue.ledger", "experiment.split_check", "verdicts")
OF_ALL_TIME = ("revenue.leaks", "lifetime.buying", "profit.groups", "trend.rising")


def told_figures(asked: Asked, answering: Answering) -> pa.Table:
    """Ask the other measures and lay out their results; one that cannot answer tells nothing."""
    rows = []
    for answer in _answers(asked, answering):
        for found in answer.results:
            rows.append(
                {
                    "figure": found.name,
                    "n": float(found.n.get("units", 0)),
                    "estimate": found.estimate,
                    "reason": found.reason,
                    "verdict": found.verdict,
                }
            )
    return TOLD_FIGURES.rows(rows)


def _answers(asked: Asked, answering: Answering) -> Iterator[Answer]:
    end = min(asked.period.end, asked.as_of + 1)
    recent = Period(max(FIRST_MS, end - DAYS * DAY_MS), end, asked.period.zone)
    ever = Period(FIRST_MS, end, asked.period.zone)
    for names, period in ((RECENT, recent), (OF_ALL_TIME, ever)):
        for name in names:
            if name in MEASURES:
                try:
                    yield _answer(MEASURES[name], asked, period, answering)
                except InputRefused:
                    continue


def _answer(measure: Measure, asked: Asked, period: Period, answering: Answering) -> Answer:
    found = answering(measure, _asked(measure, asked, period, {}))
    if found.status == "ok" or measure.name not in OTHERWISE:
        return found
    return answering(measure, _asked(measure, asked, period, OTHERWISE[measure.name]))


def _asked(measure: Measure, asked: Asked, period: Period, more: Mapping[str, str]) -> Asked:
    """Ask with the defaults and what the report itself was given: currency, shares, epoch."""
    known = {option.name for option in measure.options}
    given = {name: str(value) for name, value in asked.options.items() if name in known}
    return measure.ask({**given, **more}, period, asked.as_of)
