"""The measure `mix.curves`: what each channel brings at each weekly spend, with its doubt."""

import numpy as np
import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Row, answer, gated, rows_of, whole
from wegweiser.measure.mix.analysis import Mix, spread
from wegweiser.measure.mix.gate import weeks_or_gate
from wegweiser.measure.mix.honesty import curves
from wegweiser.measure.mix.measure import OPTIONS, counts_of, mix_of
from wegweiser.measure.mix.prior import highest_weeks
from wegweiser.measure.mix.question import question
from wegweiser.measure.mix.response import responses
from wegweiser.measure.mix.sentence import evidence_of
from wegweiser.measure.words import between, both, estimate_of
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Answer, Question, Result
from wegweiser.terms.wrong import wrong

NAME = "mix.curves"
POINTS = 21


def answer_curves(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Tell the curve of each identified channel up to its highest week, and today's margin."""
    if asked.text("engine") == "regression":
        told = wrong("lines_only")
        raise InputRefused("bad_option", told, 422, "engine")
    found = rows_of(table)
    count = sum(whole(row, "n") for row in found)
    weeks, gate = weeks_or_gate(NAME, found, asked)
    if weeks is None or gate is not None:
        return answer(NAME, asked, asked_question, [gate] if gate else [], [], count)
    mix = mix_of(weeks, asked_question, asked)
    if isinstance(mix, Result):
        return answer(NAME, asked, asked_question, [mix], [], count)
    n = counts_of(weeks, count)
    order = sorted(range(len(weeks.names)), key=lambda k: weeks.names[k])
    results = [_margin(mix, k, n) for k in order]
    rows = [row for k in order for row in _rows(mix, k)]
    return answer(NAME, asked, asked_question, results, rows, count)


def _rows(mix: Mix, channel: int) -> list[Row]:
    if mix.channels[channel].state != "identified":
        return []
    spends = np.linspace(0.0, float(highest_weeks(mix.weeks)[channel]), POINTS)
    brought = curves(mix.weeks, mix.shapes, channel, spends)
    low, middle, high = np.quantile(brought, [0.025, 0.5, 0.975], axis=0)
    return [
        {
            "channel": mix.channels[channel].name,
            "spend": float(spends[at]),
            "sales": float(middle[at]),
            "sales_low": float(low[at]),
            "sales_high": float(high[at]),
        }
        for at in range(POINTS)
    ]


def _margin(mix: Mix, channel: int, n: dict[str, int]) -> Result:
    """Tell what one more unit brings at the mean spend of the weeks."""
    one = mix.channels[channel]
    title, unit = f"{NAME}.margin.{one.name}", "sales per unit"
    if one.state != "identified":
        told = both(
            f"The curve of {one.name} is not identified (see mix).",
            f"Die Kurve von {one.name} ist nicht bestimmt (siehe mix).",
        )
        return gated(title, unit, "unidentified", n, told)
    found = spread(responses(mix, channels=[channel])[0].marginal())
    return Result(
        name=title,
        unit=unit,
        n=n,
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind="bootstrap",
        evidence=evidence_of(one),
        sentence=both(
            f"At the mean spend the last unit of {one.name} brings {estimate_of(found, 'en')} of"
            f" sales ({between(found, 'en')}).",
            f"Beim mittleren Einsatz bringt die letzte Einheit {one.name}"
            f" {estimate_of(found, 'de')} Umsatz ({between(found, 'de')}).",
        ),
        method="slope of the response curve",
    )


MEASURE = Measure(
    NAME,
    both("What more spend on a channel would bring", "Was mehr Einsatz je Kanal brächte"),
    OPTIONS,
    question,
    answer_curves,
)
