"""A table whose rows have intervals of their own, as a forest: each row one mark."""

import msgspec

from wegweiser.terms.column import column_word
from wegweiser.terms.figure import decimals_among, with_unit
from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer
from wegweiser.web.charts.figures import ForestFigure, Interval, Tick
from wegweiser.web.charts.ticks import decimals_of, ticks
from wegweiser.web.charts.written import cell_decimals
from wegweiser.web.text import Reader
from wegweiser.web.values import value_words

# What the sentence of a measure tells, as its table holds it: estimate, low and high end.
TOLD = {"web.dwell": ("mean_s", "mean_low_s", "mean_high_s")}
# The sign behind their values.
SIGNS = {"web.dwell": "s"}
MOST_ROWS = 20
PIECES = 5


class Known(msgspec.Struct, frozen=True):
    """One row with its interval; `at` is its place in the table."""

    at: int
    name: str
    estimate: float
    low: float
    high: float


def rows_forest(answer: Answer, caption: str, reader: Reader) -> ForestFigure | None:
    """Draw the rows that have an interval; None where there is none."""
    told = TOLD.get(answer.measure, ())
    if not told or not {*told} <= {*answer.columns}:
        return None
    found = [one for at in range(len(answer.rows)) for one in _known(answer, at, told, reader)]
    shown = found[:MOST_ROWS]
    if not shown:
        return None
    word = column_word(told[0], reader.language)
    decimals = decimals_among(one.high - one.low for one in shown)
    sign = SIGNS.get(answer.measure, "")
    rows = tuple(_interval(one, word, (decimals, sign), reader) for one in shown)
    places = ticks(min(0.0, *(one.low for one in shown)), max(one.high for one in shown), PIECES)
    digits = decimals_of(places[1] - places[0])
    across = tuple(Tick(at, _written(reader, at, (digits, sign))) for at in places)
    return ForestFigure(f"{caption}: {word}", rows, across)


def _known(answer: Answer, at: int, told: tuple[str, ...], reader: Reader) -> list[Known]:
    row = answer.rows[at]
    ends = [_number(row[answer.columns.index(name)]) for name in told]
    estimate, low, high = ends
    if estimate is None or low is None or high is None or not low < high:
        return []
    name = value_words(reader, answer.columns[0], row[0]) or "–"
    return [Known(at, name, estimate, low, high)]


def _number(value: Json) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _written(reader: Reader, value: float, form: tuple[int, str]) -> str:
    decimals, sign = form
    return with_unit(reader.number(value, decimals), sign, reader.language)


def _interval(one: Known, word: str, form: tuple[int, str], reader: Reader) -> Interval:
    estimate, low, high = (
        reader.number(value, cell_decimals(value)) for value in (one.estimate, one.low, one.high)
    )
    between = reader.say("between {low} and {high}", low=low, high=high)
    return Interval(
        name=one.name,
        estimate=one.estimate,
        low=one.low,
        high=one.high,
        shown=_written(reader, one.estimate, form),
        label=f"{one.name}: {word} {estimate}, {between}",
        row=one.at,
    )
