"""The tables of a panel: its figures with their intervals, and the rows behind them."""

import re
from collections.abc import Sequence

from wegweiser.terms.column import column_word, own_tongue
from wegweiser.terms.figure import scale_of
from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer, Result
from wegweiser.web.charts.written import cell_decimals, decimals_in, has_interval, written
from wegweiser.web.pages.facts import cut
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.measure.asking import is_of_period
from wegweiser.web.pages.measure.words import verdict_words
from wegweiser.web.text import Reader
from wegweiser.web.values import value_words

ROWS_AT_MOST = 400
FIGURES_AT_MOST = 60
# Columns for whoever looks after the data: names of views and files, the same in every language.
TECHNICAL = {"maturity.report": ("source", "page")}
DAY_SIGNS = len("2026-11-22")
WHOLE_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def figures_table(reader: Reader, answer: Answer, slug: str) -> Table | None:
    """List the figures of an answer with their intervals; None where none has an estimate."""
    shown = [one for one in answer.results if one.estimate is not None][:FIGURES_AT_MOST]
    if not shown:
        return None
    columns = (
        Column(reader.say("Figure")),
        Column(reader.say("Estimate"), number=True),
        Column(reader.say("Between"), number=True),
        Column(reader.say("Rests on")),
    )
    digits = {one.unit: decimals_in(answer.results, one.unit) for one in shown}
    rows = tuple(_figure(reader, one, digits[one.unit], figure_anchor(slug, one)) for one in shown)
    return Table(columns, rows, caption=reader.say("Figures with their intervals"))


def figure_anchor(slug: str, result: Result) -> str:
    """Give the id of the row of a figure.

    >>> one = Result(name="lift.a b", unit="", n={}, enough_data=False, sentence={})
    >>> figure_anchor("lift", one)
    'lift-f-lift-a-b'
    """
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in result.name)
    return f"{slug}-f-{plain}"


def _figure(reader: Reader, one: Result, decimals: int, anchor: str) -> Row:
    words, tone = verdict_words(reader, one)
    estimate, low, high = (
        _written(reader, one, value, decimals) for value in (one.estimate, one.low, one.high)
    )
    between = reader.say("between {low} and {high}", low=low, high=high)
    if not (low and high) or one.low == one.high:
        between = "–"
    if scale_of(one.unit).is_of_hundred:
        estimate = reader.say("{shown} of 100", shown=estimate)
    name = Cell(one.sentence[reader.language])
    return Row((name, Cell(estimate), Cell(between), Cell(words, tone=tone)), anchor=anchor)


def _written(reader: Reader, one: Result, value: float | None, decimals: int) -> str:
    """Write an end or the middle of a figure as its chart and its sentence do."""
    scale = scale_of(one.unit)
    if value is None:
        return ""
    if not has_interval(one) and not scale.sign:
        return told(reader, value * scale.times)
    return written(reader, value, scale, decimals)


def rows_table(reader: Reader, view: View, answer: Answer, slug: str) -> Table | None:
    """List the rows behind the figures; None for an answer without a table."""
    if not answer.columns or not answer.rows:
        return None
    shown = answer.rows[:ROWS_AT_MOST]
    names = [own_tongue(name, reader.language) for name in answer.columns]
    columns = tuple(
        Column(column_word(name, reader.language), number=_is_numeric(shown, at))
        for at, name in enumerate(names)
        if name
    )
    rows = tuple(
        Row(_cells(reader, view, answer, row), anchor=f"{slug}-r{at}")
        for at, row in enumerate(shown)
    )
    return Table(columns, rows, caption=answer.title.get(reader.language, ""))


def _cells(reader: Reader, view: View, answer: Answer, row: Sequence[Json]) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            cell_words(reader, name, value),
            leads_to(view, answer.measure, name, value),
            code=name in TECHNICAL.get(answer.measure, ()),
        )
        for name, value in zip(answer.columns, row, strict=True)
        if own_tongue(name, reader.language)
    )


def cell_words(reader: Reader, column: str, value: Json) -> str:
    """Write one cell; who a marketer must not know is named by the end of an id."""
    if column == "person_id" and reader.sight != "whole":
        return reader.say("Person {id}", id=str(value)[-6:])
    if isinstance(value, str) and (column == "day" or WHOLE_DAY.fullmatch(value)):
        return reader.day(value)
    return told(reader, value_words(reader, column, value) if isinstance(value, str) else value)


def told(reader: Reader, value: Json) -> str:
    """Write a value: numbers with at most three digits behind the point."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return reader.say("yes") if value else reader.say("no")
    if isinstance(value, int | float):
        return reader.number(value, cell_decimals(value))
    return cut(str(value))


def _is_numeric(rows: Sequence[Sequence[Json]], at: int) -> bool:
    cells = [row[at] for row in rows if row[at] is not None]
    return bool(cells) and all(
        isinstance(one, int | float) and not isinstance(one, bool) for one in cells
    )


def leads_to(view: View, measure: str, column: str, value: Json) -> str:
    """Give what a cell leads to where something is there: of a day the same page for that day."""
    is_day = column == "day" and isinstance(value, str) and len(value) == DAY_SIGNS
    return view.to(period=f"{value}..{value}") if is_day and is_of_period(measure) else ""
