"""The measure `profit.concentration`: how few customers bring how much, and who costs money."""

import hashlib

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated
from wegweiser.measure.profit.accounts import PROFIT_OPTIONS, no_rate, nothing
from wegweiser.measure.profit.concentration_question import OF, question
from wegweiser.measure.profit.whale import (
    DRAWS,
    TOPS,
    Floats,
    Shape,
    Worths,
    bootstrapped,
    curve,
    ends,
    shape,
    without_largest,
    worths_of,
)
from wegweiser.measure.statistic import Interval
from wegweiser.measure.words import NINETEEN, Sentence, both, decimals_for, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "profit.concentration"
LEAST_CUSTOMERS, LEAST_IN_TOP = 30, 10
# One customer who moves a top share by more than this is named in the warnings.
CARRIES = 0.05
_POINTS = np.arange(101) / 100
_WHAT: dict[str, Sentence] = {
    "contribution": both("what is left after costs", "dessen, was nach Kosten bleibt"),
    "revenue": both("the revenue", "des Umsatzes"),
    "sold": both("the sales", "der Verkäufe"),
}


def answer_concentration(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Give the curve and its figures with intervals; nothing where nothing is earned in all."""
    missing = sorted(filter(None, table["currency"].to_pylist()))
    people = sum(table["customers"].to_pylist())
    stop = _few(missing, people, asked)
    if stop is not None:
        return answer(NAME, asked, asked_question, [stop], [], people)
    worths = _worths(table)
    rest = without_largest(worths)
    if min(worths.total, rest.total) <= 0:
        return answer(NAME, asked, asked_question, [_nothing_left(people)], [], people)
    rng = np.random.default_rng(_seed(asked_question))
    drawn, curves = bootstrapped(worths, _POINTS, rng)
    results = _results(worths, rest, drawn, asked)
    rows = _rows(worths, rest, curves)
    return answer(NAME, asked, asked_question, results, rows, people)


def _worths(table: pa.Table) -> Worths:
    known = table.filter(pc.field("currency") == "")
    values = known["worth"].cast(pa.float64()).to_numpy()
    return worths_of(values, known["customers"].cast(pa.float64()).to_numpy())


def _few(missing: list[str], people: int, asked: Asked) -> Result | None:
    if missing:
        return no_rate(NAME, missing, asked)
    if not people:
        return nothing(NAME)
    if people < LEAST_CUSTOMERS:
        told = both(
            f"Too little data: {people} of at least {LEAST_CUSTOMERS} customers needed.",
            f"Zu wenig Daten: {people} von mindestens {LEAST_CUSTOMERS} nötigen Kunden.",
        )
        return gated(NAME, "share", "too_little", {"units": people}, told)
    return None


def _nothing_left(people: int) -> Result:
    told = both(
        "All customers together, or all but the largest, leave nothing, so that no shares can be"
        " told.",
        "Alle Kunden zusammen, oder alle außer dem größten, lassen nichts übrig, deshalb gibt es"
        " keine Anteile.",
    )
    return gated(NAME, "share", "unidentified", {"units": people}, told)


def _seed(asked_question: Question) -> int:
    told = msgspec.json.encode([asked_question.sql, asked_question.parameters])
    return int.from_bytes(hashlib.sha256(told).digest()[:8], "big")


def _results(worths: Worths, rest: Worths, drawn: list[Shape], asked: Asked) -> list[Result]:
    now, without = shape(worths), shape(rest)
    what = _WHAT[asked.text("of")]
    figures = []
    for place, top in enumerate(TOPS):
        if worths.customers * top / 100 >= LEAST_IN_TOP:
            found = ends(now.tops[place], np.array([one.tops[place] for one in drawn]))
            told = _top_words(top, found, what, without.tops[place])
            carried = abs(found.estimate - without.tops[place]) > CARRIES
            figures.append(_figure(f"top_{top}", found, worths, told, carried))
    # The share of the best fifth is the figure that most people know.
    figures.sort(key=lambda one: one.name != f"{NAME}.top_20")
    peak = ends(now.peak, np.array([one.peak for one in drawn]))
    even = ends(now.break_even, np.array([one.break_even for one in drawn]))
    gini = ends(now.gini, np.array([one.gini for one in drawn]))
    return [
        *figures,
        _figure("peak", peak, worths, _peak_words(peak, what)),
        _figure("break_even", even, worths, _even_words(even)),
        _figure("gini", gini, worths, _gini_words(gini, without.gini)),
    ]


def _figure(
    name: str, found: Interval, worths: Worths, told: Sentence, carried: bool = False
) -> Result:
    return Result(
        name=f"{NAME}.{name}",
        unit="coefficient" if name == "gini" else "share",
        n={"units": round(worths.customers)},
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind="bootstrap",
        warnings=("one_customer_carries_it",) if carried else (),
        sentence=told,
        method=f"whale curve; bootstrap over customers, {DRAWS} draws",
    )


def _percent(found: Interval, lang: str) -> tuple[str, str, str]:
    digits = decimals_for((found.high - found.low) * 100)
    low, size, high = (
        number(100 * one, lang, digits) for one in (found.low, found.estimate, found.high)
    )
    return low, size, high


def _top_words(top: int, found: Interval, what: Sentence, without: float) -> Sentence:
    said: Sentence = {}
    for lang in ("en", "de"):
        low, size, high = _percent(found, lang)
        rest = number(100 * without, lang, 1)
        said[lang] = both(
            f"The best {top}% of customers bring {size}% of {what['en']} (between {low} and"
            f" {high}%, {NINETEEN['en']}); without the largest one {rest}%.",
            f"Die besten {top} % der Kunden bringen {size} % {what['de']} (zwischen {low} und"
            f" {high} %, {NINETEEN['de']}); ohne den größten {rest} %.",
        )[lang]
    return said


def _peak_words(found: Interval, what: Sentence) -> Sentence:
    said: Sentence = {}
    for lang in ("en", "de"):
        low, size, high = _percent(found, lang)
        said[lang] = both(
            f"Without the customers who cost more than they bring, it would be {size}% of"
            f" {what['en']} (between {low} and {high}%, {NINETEEN['en']}).",
            f"Ohne die Kunden, die mehr kosten, als sie bringen, wären es {size} %"
            f" {what['de']} (zwischen {low} und {high} %, {NINETEEN['de']}).",
        )[lang]
    return said


def _even_words(found: Interval) -> Sentence:
    said: Sentence = {}
    for lang in ("en", "de"):
        low, size, high = _percent(found, lang)
        said[lang] = both(
            f"{size}% of customers bring something (between {low} and {high}%,"
            f" {NINETEEN['en']}); there the curve is highest.",
            f"{size} % der Kunden bringen etwas (zwischen {low} und {high} %, {NINETEEN['de']});"
            " dort ist die Kurve am höchsten.",
        )[lang]
    return said


def _gini_words(found: Interval, without: float) -> Sentence:
    said: Sentence = {}
    for lang in ("en", "de"):
        digits = max(2, decimals_for(found.high - found.low))
        low, size, high, rest = (
            number(one, lang, digits) for one in (found.low, found.estimate, found.high, without)
        )
        said[lang] = both(
            f"The Gini coefficient is {size} (between {low} and {high}, {NINETEEN['en']});"
            f" without the largest customer {rest}.",
            f"Der Gini-Koeffizient ist {size} (zwischen {low} und {high}, {NINETEEN['de']});"
            f" ohne den größten Kunden {rest}.",
        )[lang]
    return said


def _rows(worths: Worths, rest: Worths, drawn: Floats) -> list[Row]:
    shown, without = curve(worths, _POINTS), curve(rest, _POINTS)
    rows: list[Row] = []
    for place, point in enumerate(_POINTS):
        found = ends(float(shown[place]), drawn[:, place])
        rows.append(
            {
                "share_of_customers": float(point),
                "share_of_profit": found.estimate,
                "low": found.low,
                "high": found.high,
                "without_largest": float(without[place]),
            }
        )
    return rows


MEASURE = Measure(
    NAME,
    both("How few customers bring how much", "Wie wenige Kunden wie viel bringen"),
    (
        Option(
            "of",
            "text",
            "contribution",
            both("what is added up per customer", "was je Kunde zusammengezählt wird"),
            tuple(OF),
        ),
        *PROFIT_OPTIONS,
    ),
    question,
    answer_concentration,
)
