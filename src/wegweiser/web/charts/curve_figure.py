"""A table of curves as a figure: a name, a place, and a value between two ends in each row."""

from collections.abc import Sequence

from wegweiser.terms.column import column_word
from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer
from wegweiser.web.charts.figures import Curve, CurveFigure, CurvePoint, Tick
from wegweiser.web.charts.ticks import decimals_of, ticks
from wegweiser.web.text import Reader

MOST_CURVES = 5


def curves_of(answer: Answer, caption: str, reader: Reader) -> CurveFigure | None:
    """Give the figure of rows (name, place, value, value_low, value_high); None for others."""
    if not _are_curves(answer):
        return None
    names = list(dict.fromkeys(str(row[0]) for row in answer.rows))[:MOST_CURVES]
    words = [column_word(answer.columns[at], reader.language) for at in (1, 2)]
    curves = tuple(
        Curve(name, tuple(_point(row, words, reader) for row in answer.rows if row[0] == name))
        for name in names
    )
    points = [point for curve in curves for point in curve.points]
    return CurveFigure(
        f"{caption}: {words[1]} ({words[0]})",
        curves,
        _ticks([0.0, *(point.at for point in points)], reader),
        _ticks([0.0, *(point.high for point in points)], reader),
    )


def _are_curves(answer: Answer) -> bool:
    columns = answer.columns
    if len(columns) < 5 or not answer.rows:
        return False
    ends = (f"{columns[2]}_low", f"{columns[2]}_high")
    texts = {row[0] for row in answer.rows}
    return columns[3:5] == ends and len(texts) < len(answer.rows) and _all_numbers(answer)


def _all_numbers(answer: Answer) -> bool:
    return all(isinstance(cell, int | float) for row in answer.rows for cell in row[1:5])


def _point(row: Sequence[Json], words: Sequence[str], reader: Reader) -> CurvePoint:
    at, value, low, high = (float(cell) for cell in row[1:5] if isinstance(cell, int | float))
    label = f"{row[0]}: {words[0]} {reader.number(at)}, {words[1]} {reader.number(value)}"
    return CurvePoint(at, value, low, high, label)


def _ticks(values: Sequence[float], reader: Reader) -> tuple[Tick, ...]:
    low, high = min(values), max(values)
    places = ticks(low, high if high > low else low + 1, 5)
    decimals = decimals_of(places[1] - places[0])
    return tuple(Tick(at, reader.number(at, decimals)) for at in places)
