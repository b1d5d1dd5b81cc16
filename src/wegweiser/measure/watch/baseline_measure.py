"""The measure `watch.baseline`: one series day by day beside what its past let expect."""

import numpy as np
import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated
from wegweiser.measure.statistic import Interval, interval, normal_quantile
from wegweiser.measure.watch.looked import (
    BUDGET,
    CURRENCY,
    GOAL,
    HOLIDAYS,
    Looked,
    look,
    read_days,
    series_option,
)
from wegweiser.measure.watch.panel import shown_of
from wegweiser.measure.watch.question import question
from wegweiser.measure.watch.said import name_of, told_day
from wegweiser.measure.watch.source_error import WORDS
from wegweiser.measure.watch.table import Key, first_day
from wegweiser.measure.words import Sentence, both, decimals_for, number
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Answer, Question, Result
from wegweiser.terms.wrong import wrong

NAME = "watch.baseline"
_METHOD = "MSTL re-fitted weekly, robust exponential smoothing, one day ahead"
_WHOLE = normal_quantile(0.95)


def answer_baseline(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Set what came beside what was expected of each day from the days before it only."""
    days = read_days(table, asked, NAME)
    if isinstance(days, Result):
        return answer(NAME, asked, asked_question, [days], [], 0)
    key = _key(asked)
    if key not in days.hits:
        told = both("Nothing of this was counted.", "Hiervon wurde nichts gezählt.")
        gate = gated(NAME, "per day", "no_source", {"units": 0}, told)
        return answer(NAME, asked, asked_question, [gate], [], 0)
    looked = look(days, asked, [key])
    first = max(0, days.place(first_day(asked)))
    rows = [_row(looked, place) for place in range(first, days.count)]
    results = [_last(looked, key), _strength(looked, key)]
    return answer(NAME, asked, asked_question, results, rows, days.count)


def _key(asked: Asked) -> Key:
    series, dimension, member = (asked.text(name) for name in ("series", "dimension", "member"))
    if "," in series or series == "all":
        told = wrong("one_series")
        raise InputRefused("bad_option", told, 422, "series")
    return series, dimension, member


def expected_on(looked: Looked, place: int) -> Interval | None:
    """Give what was expected of the first series on a day, where 19 of 20 days lie."""
    watched, kind = looked.watched, str(looked.panel.kinds[0])
    middle, spread = watched.expected[0, place], watched.spread[0, place]
    if np.isnan(middle):
        return None
    steps = middle + _WHOLE * spread * np.array([0.0, -1.0, 1.0])
    estimate, low, high = (float(one) for one in shown_of(kind, steps))
    return interval(estimate, low, high)


def _row(looked: Looked, place: int) -> Row:
    came = float(looked.panel.shown[0, place])
    usual = expected_on(looked, place)
    residual = float(looked.watched.residual[0, place])
    return {
        "day": looked.days.day(place).isoformat(),
        "came": None if np.isnan(came) else came,
        "expected": None if usual is None else usual.estimate,
        "expected_low": None if usual is None else usual.low,
        "expected_high": None if usual is None else usual.high,
        "residual": None if np.isnan(residual) else residual,
        "fault": WORDS.get(int(looked.watched.state[0, place]), ""),
    }


def _last(looked: Looked, key: Key) -> Result:
    place = looked.days.count - 1
    usual, came = expected_on(looked, place), float(looked.panel.shown[0, place])
    name, counts = f"{NAME}.expected", {"units": looked.days.count}
    if usual is None:
        told = both("Too little data for what to expect.", "Zu wenig Daten für eine Erwartung.")
        return gated(name, "per day", "too_little", counts, told)
    return Result(
        name=name,
        unit="per day",
        n=counts,
        enough_data=True,
        estimate=usual.estimate,
        low=usual.low,
        high=usual.high,
        kind="frequentist",
        evidence="model",
        sentence=_sentence(looked, key, usual, came),
        method=_METHOD,
    )


def _sentence(looked: Looked, key: Key, usual: Interval, came: float) -> Sentence:
    digits, said = decimals_for(usual.high - usual.low), both("", "")
    for lang in ("en", "de"):
        low, high = (number(end, lang, digits) for end in (usual.low, usual.high))
        day = told_day(looked.days.day(looked.days.count - 1), lang)
        got = both("nothing", "nichts")[lang] if np.isnan(came) else number(came, lang, digits)
        named = name_of(key, lang)
        said[lang] = both(
            f"{named[:1].upper()}{named[1:]} on {day}: {got} came, between {low} and {high}"
            " were expected, 19 times out of 20.",
            f"{named[:1].upper()}{named[1:]} am {day}: {got}; erwartet waren zwischen {low} und"
            f" {high}, in 19 von 20 Fällen.",
        )[lang]
    return said


def _strength(looked: Looked, key: Key) -> Result:
    strength = float(looked.watched.strength[0])
    shown = {lang: number(100 * strength, lang) for lang in ("en", "de")}
    return Result(
        name=f"{NAME}.season",
        unit="share of the ups and downs",
        n={"units": looked.days.count},
        enough_data=True,
        estimate=strength,
        low=strength,
        high=strength,
        evidence="model",
        sentence=both(
            f"The season explains {shown['en']}% of the ups and downs.",
            f"Die Saison erklärt {shown['de']} % der Schwankungen.",
        ),
        method="1 − Var(R)/Var(S + R)",
    )


MEASURE = Measure(
    NAME,
    both("As expected, day by day", "Wie erwartet, Tag für Tag"),
    (
        series_option("visits"),
        Option(
            "dimension", "text", "", both("cut, empty for the whole", "Schnitt, leer für alles")
        ),
        Option("member", "text", "", both("value of the cut", "Wert des Schnitts")),
        BUDGET,
        HOLIDAYS,
        GOAL,
        CURRENCY,
    ),
    question,
    answer_baseline,
)
