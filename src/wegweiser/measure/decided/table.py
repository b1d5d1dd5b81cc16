"""The form of portfolio views: a table of counts over decision records, and one figure about it.

Each of them states its window, how many decisions it looked at, and of which arm.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal

import msgspec
import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of, whole
from wegweiser.measure.statistic import wilson
from wegweiser.measure.words import Sentence, between, both, estimate_of
from wegweiser.terms.result import Answer, Question, Result

LEAST = 30
ARM = Option(
    "arm", "text", "main", both("arm of the decisions, or all", "Arm der Entscheidungen oder all")
)
# What every one of these questions begins with: the slots of the period and the arm.
ASKED_SLOTS = """
with asked as (
  select * from slots
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and ($arm = 'all' or arm = $arm))"""
ASKED_DROPS = """
with asked as (
  select * from drops
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and ($arm = 'all' or arm = $arm))"""


class View(msgspec.Struct, frozen=True):
    """One view: its name, its title, its SELECT, and the figure that its rows come to.

    `figure` gives the name of the figure, how many of how many, and a sentence with "{share}".
    """

    name: str
    title: Sentence
    sql: str
    figure: Callable[[Sequence[Row]], "Figure"]
    options: tuple[Option, ...] = (ARM,)
    shown: Callable[[Sequence[Row]], list[Row]] = list


class Figure(msgspec.Struct, frozen=True):
    """A share with its sentence; `{share}` stands where the figure goes."""

    name: str
    unit: str
    part: int
    of: int
    sentence: Sentence


def measure(view: View) -> Measure:
    """Make a measure of a view."""

    def question(asked: Asked) -> Question:
        return asked.question(view.sql)

    def told(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
        rows = [_whole(row) for row in rows_of(table)]
        figure = view.figure(rows)
        result = _result(view, figure)
        return answer(view.name, asked, asked_question, [result], view.shown(rows), figure.of)

    return Measure(view.name, view.title, view.options, question, told)


def _whole(row: Row) -> Row:
    """Give a row with its sums as whole numbers; engines tell those of counts as decimals."""
    cells: dict[str, object] = dict(row)
    return {
        name: int(cell) if isinstance(cell, Decimal) else row[name] for name, cell in cells.items()
    }


def _result(view: View, figure: Figure) -> Result:
    name = f"{view.name}.{figure.name}"
    counts = {"units": figure.of, "found": figure.part}
    if not figure.of:
        told = both(
            "There are no decisions of this arm in this period.",
            "In diesem Zeitraum gibt es keine Entscheidungen dieses Arms.",
        )
        return gated(name, figure.unit, "no_source", counts, told)
    if figure.of < LEAST:
        told = both(
            f"{figure.of} of {LEAST} decisions needed.",
            f"{figure.of} von {LEAST} nötigen Entscheidungen.",
        )
        return gated(name, figure.unit, "too_little", counts, told)
    share = wilson(figure.part, figure.of)
    sentence = {
        language: text.format(
            share=f"{estimate_of(share, language, 100, '%')} ({between(share, language, 100, '%')})"
        )
        for language, text in figure.sentence.items()
    }
    return Result(
        name=name,
        unit=figure.unit,
        n=counts,
        enough_data=True,
        sentence=sentence,
        estimate=share.estimate,
        low=share.low,
        high=share.high,
        kind="frequentist",
        method=f"Wilson over {figure.unit.rpartition(' per ')[0]}",
    )


def total(rows: Sequence[Row], column: str) -> int:
    """Add up a column of counts."""
    return sum(whole(row, column) for row in rows)


def first(rows: Sequence[Row], column: str) -> int:
    """Read a count that is the same in all rows; 0 without any."""
    return whole(rows[0], column) if rows else 0
