"""What a chart shows, as frozen values: figures with all their words, no drawing."""

from typing import Literal

import msgspec

Width = Literal["wide", "narrow"]
WIDTHS: tuple[Width, ...] = ("wide", "narrow")
PIXELS: dict[Width, int] = {"wide": 860, "narrow": 310}


class Tick(msgspec.Struct, frozen=True):
    """A place on an axis with its text."""

    at: float
    label: str


class Point(msgspec.Struct, frozen=True):
    """One value of a series; `label` names it in words, `path` leads to what it is made of."""

    at: float
    value: float
    label: str
    path: str = ""


class LineFigure(msgspec.Struct, frozen=True, tag="line"):
    """A series over time, with the period before it dashed; `before` may be empty."""

    caption: str
    points: tuple[Point, ...]
    before: tuple[float, ...]
    across: dict[Width, tuple[Tick, ...]]
    up: tuple[Tick, ...]


class Interval(msgspec.Struct, frozen=True):
    """One row of a forest chart; `tone` is good, bad or empty for undecided.

    `result` is the name of the figure of an answer that it shows; else `row` is its place in the
    answer's table.
    """

    name: str
    estimate: float
    low: float
    high: float
    shown: str
    label: str
    tone: str = ""
    path: str = ""
    result: str = ""
    row: int = -1


class ForestFigure(msgspec.Struct, frozen=True, tag="forest"):
    """Estimates with intervals around zero, one row each."""

    caption: str
    rows: tuple[Interval, ...]
    across: tuple[Tick, ...]


class Bar(msgspec.Struct, frozen=True):
    """One row of a bar chart; `shown` is the value in words, `before` that of an earlier time."""

    name: str
    value: float
    shown: str
    label: str
    path: str = ""
    before: float | None = None


class BarsFigure(msgspec.Struct, frozen=True, tag="bars"):
    """Values from zero, one bar each."""

    caption: str
    bars: tuple[Bar, ...]
    across: tuple[Tick, ...]


class CurvePoint(msgspec.Struct, frozen=True):
    """A place on a curve with its value between two ends; `label` names it in words."""

    at: float
    value: float
    low: float
    high: float
    label: str
    path: str = ""


class Curve(msgspec.Struct, frozen=True):
    """One line of a curve chart, its points from left to right."""

    name: str
    points: tuple[CurvePoint, ...]


class CurveFigure(msgspec.Struct, frozen=True, tag="curve"):
    """What more of something brings, each line with a band of doubt."""

    caption: str
    curves: tuple[Curve, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


class Tile(msgspec.Struct, frozen=True):
    """A field of a matrix: its place in columns and rows, two lines of words, a shade of 0 to 1.

    `at` is the number of the row of the answer that it shows, `path` leads to what it is made of.
    """

    left: int
    right: int
    top: int
    bottom: int
    first: str
    second: str
    shade: float
    label: str
    at: int = 0
    path: str = ""


class MatrixFigure(msgspec.Struct, frozen=True, tag="matrix"):
    """Fields by two properties; `columns` and `rows` name their values."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    tiles: tuple[Tile, ...]


class NoteFigure(msgspec.Struct, frozen=True, tag="note"):
    """A sentence where there is nothing to draw."""

    caption: str
    text: str


Figure = LineFigure | ForestFigure
AnswerFigure = Figure | BarsFigure | CurveFigure | MatrixFigure | NoteFigure
