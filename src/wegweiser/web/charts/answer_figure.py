"""Chooses what shows an answer best: intervals, a line over time, bars, or a sentence."""

import math
import re
from collections.abc import Sequence

import msgspec

from wegweiser.terms.column import column_word
from wegweiser.terms.figure import Scale, scale_of
from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer, Result
from wegweiser.web.charts.curve_figure import curves_of
from wegweiser.web.charts.earlier import earlier_by_name, earlier_values
from wegweiser.web.charts.figures import (
    AnswerFigure,
    Bar,
    BarsFigure,
    ForestFigure,
    Interval,
    LineFigure,
    NoteFigure,
    Point,
    Tick,
)
from wegweiser.web.charts.matrix_figure import matrix_of
from wegweiser.web.charts.result_name import BETWEEN, result_name
from wegweiser.web.charts.rows_figure import rows_forest
from wegweiser.web.charts.strip_figure import strip_of
from wegweiser.web.charts.ticks import decimals_of, ticks
from wegweiser.web.charts.written import cell_decimals, decimals_in, has_interval, written
from wegweiser.web.text import Reader
from wegweiser.web.values import value_words

MOST_ROWS = 20
MOST_POINTS = 400
# What is drawn of a table that has it, wherever it stands.
LEADING = ("contribution", "revenue")
# What answers the question of these, where other columns only say of how many.
ASKED_FOR = {"decisions.sensitivity": "changed", "decisions.exploration": "cost"}
# Of these a single interval is the answer; of others it is only a share of what the table holds.
JUDGED = ("lift", "verdicts", "geo.", "experiment.", "credit", "allocate.", "mix", "lifetime.")
# Of these no column alone is an answer: a share stands in its cohort and at its distance.
FIGURES_ONLY = ("web.retention", "web.dwell")
# What a table begins with that is a curve of shares over shares.
CURVE = ("share_of_customers",)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
_PLAIN = Scale()
_TONES = {"helps": "good", "harms": "bad", "broken": "bad"}


def figure_of(answer: Answer, language: str) -> AnswerFigure:
    """Give the figure of an answer in one language ("en", "de").

    Shares over shares are a curve, a name's values with ends are curves. Intervals of one unit are
    rows of a forest; a table over days or months is a line, any other table bars of its first
    number; a single interval beside a table gives way to it unless it is the answer. Where nothing
    can be drawn the sentence stands alone.
    """
    reader = Reader(language if language in ("en", "de") else "en", "UTC", answer.as_of)
    caption = answer.title.get(reader.language) or answer.measure
    return (
        strip_of(answer, caption, reader)
        or matrix_of(answer, caption, reader)
        or rows_forest(answer, caption, reader)
        or _judged_only(answer, caption, reader)
        or _table_first(answer, caption, reader)
        or _curve(answer, caption, reader)
        or curves_of(answer, caption, reader)
        or _forest(answer, caption, reader)
        or _line(answer, caption, reader)
        or _bars(answer, caption, reader)
        or NoteFigure(caption, answer.sentence[reader.language])
    )


def _judged_only(answer: Answer, caption: str, reader: Reader) -> ForestFigure | NoteFigure | None:
    """Draw the figures alone where no column of the table says what the sentence says."""
    if answer.measure not in FIGURES_ONLY:
        return None
    sentence = answer.sentence[reader.language]
    return _forest(answer, caption, reader) or NoteFigure(caption, sentence)


def _table_first(answer: Answer, caption: str, reader: Reader) -> LineFigure | BarsFigure | None:
    """Draw the table where the answer has no more than one interval, unless that is the answer."""
    known = [one for one in answer.results if has_interval(one)]
    if len(known) != 1 or answer.measure.startswith(JUDGED) or len(answer.rows) < 2:
        return None
    return _line(answer, caption, reader) or _bars(answer, caption, reader)


def _curve(answer: Answer, caption: str, reader: Reader) -> LineFigure | None:
    """Draw what the best customers bring, dashed what it is without the largest of them."""
    if answer.columns[:1] != CURVE or len(answer.rows) < 2:
        return None
    shown = [_real(row[1]) for row in answer.rows]
    without = tuple(_real(row[answer.columns.index("without_largest")]) for row in answer.rows)
    word = column_word(answer.columns[1], reader.language)
    labels = [reader.percent(_real(row[0]), 0) for row in answer.rows]
    points = tuple(
        Point(at, value, f"{label}: {reader.percent(value)} {word}")
        for at, (label, value) in enumerate(zip(labels, shown, strict=True))
    )
    step = max(1, (len(points) - 1) // 5)
    along = tuple(Tick(at, labels[at]) for at in range(0, len(points), step))
    places = ticks(min(0.0, *shown), max(1.0, *shown, *without), 5)
    return LineFigure(
        caption=_joined(caption, word),
        points=points,
        before=without,
        across={"wide": along, "narrow": along},
        up=tuple(Tick(at, reader.percent(at, 0)) for at in places),
    )


def _forest(answer: Answer, caption: str, reader: Reader) -> ForestFigure | None:
    known = [one for one in answer.results if has_interval(one)]
    if not known:
        return None
    units = [one.unit for one in known]
    most = max(units, key=units.count)
    shown = [one for one in known if one.unit == most][:MOST_ROWS]
    ends = [0.0, *(_real(one.low) for one in shown), *(_real(one.high) for one in shown)]
    scale, decimals = scale_of(most), decimals_in(answer.results, most)
    words = [written(reader, _real(one.estimate), scale, decimals) for one in shown]
    rows = [
        _interval(one, answer.measure, reader, told) for one, told in zip(shown, words, strict=True)
    ]
    if scale.is_of_hundred:
        caption = reader.say("{caption} (of 100)", caption=caption)
    across = _across(min(ends), max(ends), reader, scale)
    return ForestFigure(caption, _without_what_all_begin_with(rows), across)


def _without_what_all_begin_with(rows: list[Interval]) -> tuple[Interval, ...]:
    """Leave out the first part of all names where it is the same in all of them."""
    parts = [row.name.partition(BETWEEN) for row in rows]
    if len({first for first, _, _ in parts}) > 1 or not all(rest for _, _, rest in parts):
        return tuple(rows)
    return tuple(
        msgspec.structs.replace(row, name=rest)
        for row, (_, _, rest) in zip(rows, parts, strict=True)
    )


def _interval(one: Result, measure: str, reader: Reader, shown: str) -> Interval:
    return Interval(
        name=result_name(reader, measure, one.name),
        estimate=_real(one.estimate),
        low=_real(one.low),
        high=_real(one.high),
        shown=shown,
        label=one.sentence[reader.language],
        tone=_TONES.get(one.verdict, ""),
        result=one.name,
    )


def _line(answer: Answer, caption: str, reader: Reader) -> LineFigure | None:
    column = _number_column(answer)
    times = [str(row[0]) for row in answer.rows]
    if column is None or len(times) < 2 or not all(_TIME.fullmatch(time) for time in times):
        return None
    if len(set(times)) < len(times) or len(times) > MOST_POINTS:
        return None
    values = [_real(row[column]) for row in answer.rows]
    before = earlier_values(answer, column)
    word = column_word(answer.columns[column], reader.language)
    points = tuple(
        Point(at, value, f"{_told(time, reader)}: {_exactly(value, reader)} {word}")
        for at, (time, value) in enumerate(zip(times, values, strict=True))
    )
    return LineFigure(
        caption=_joined(caption, word),
        points=points,
        before=before,
        across={"wide": _times(times, 8, reader), "narrow": _times(times, 4, reader)},
        up=_across(min(0.0, *values, *before), max(*values, *before, 0.0), reader),
    )


def _bars(answer: Answer, caption: str, reader: Reader) -> BarsFigure | None:
    column = _number_column(answer)
    if column is None or not any(isinstance(cell, str) for cell in answer.rows[0]):
        return None
    shown = answer.rows[:MOST_ROWS]
    values = [_real(row[column]) for row in shown]
    ends = [*values, *(earlier_by_name(answer, column).values())]
    across = _across(min(0.0, *ends), max(0.0, *ends), reader)
    decimals = _decimals(values)
    word = column_word(answer.columns[column], reader.language)
    before = earlier_by_name(answer, column)
    bars = tuple(
        Bar(
            name,
            value,
            reader.number(value, decimals),
            f"{name}: {_exactly(value, reader)} {word}",
            before=before.get(str(row[0])),
        )
        for name, value, row in zip(_names(answer, shown, reader), values, shown, strict=True)
    )
    return BarsFigure(_joined(caption, word), bars, across)


def _exactly(value: float, reader: Reader) -> str:
    """Write a value as the table beside the drawing does."""
    return reader.number(value, cell_decimals(value))


def _decimals(values: Sequence[float]) -> int:
    """Write large amounts without cents, small shares with three digits."""
    largest = max(map(abs, values))
    if largest >= 1000 or all(value == round(value) for value in values):
        return 0
    return 2 if largest >= 1 else 3


def _named(answer: Answer, row: Sequence[Json], at: int, reader: Reader) -> str:
    words = value_words(reader, answer.columns[at], row[at]) or "–"
    return reader.day(words) if len(words) == len("2026-01-01") and words[:4].isdigit() else words


def _names(answer: Answer, rows: Sequence[tuple[Json, ...]], reader: Reader) -> list[str]:
    """Name rows by their first texts, as many as tell them apart."""
    texts = [at for at in range(len(answer.columns)) if isinstance(rows[0][at], str)]
    names = [str(number) for number in range(1, len(rows) + 1)]
    for many in range(1, len(texts) + 1):
        names = [" · ".join(_named(answer, row, at, reader) for at in texts[:many]) for row in rows]
        if len(set(names)) == len(names):
            break
    return names


def _number_column(answer: Answer) -> int | None:
    """Find the column that is drawn: the leading one, else the first that holds numbers only."""
    leading = (ASKED_FOR.get(answer.measure, ""), *LEADING)
    places = sorted(range(1, len(answer.columns)), key=lambda at: answer.columns[at] not in leading)
    for at in places:
        cells = [row[at] for row in answer.rows]
        if cells and all(_is_number(cell) for cell in cells) and any(cells):
            return at
    return None


def _is_number(cell: Json) -> bool:
    if cell is None:
        return True
    return isinstance(cell, int | float) and not isinstance(cell, bool) and math.isfinite(cell)


def _real(value: Json) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _across(low: float, high: float, reader: Reader, scale: Scale = _PLAIN) -> tuple[Tick, ...]:
    places = ticks(low, high if high > low else low + 1, 5)
    decimals = decimals_of((places[1] - places[0]) * scale.times)
    return tuple(Tick(at, written(reader, at, scale, decimals)) for at in places)


def _times(times: Sequence[str], most: int, reader: Reader) -> tuple[Tick, ...]:
    step = -(-len(times) // most)
    return tuple(Tick(at, _told(times[at], reader)) for at in range(0, len(times), step))


def _told(time: str, reader: Reader) -> str:
    return reader.day(time) if len(time) in (len("2026-01"), len("2026-01-01")) else time


def _joined(caption: str, word: str) -> str:
    return caption if word.lower() == caption.lower() else f"{caption}: {word}"
