"""Marks of every kind of chart lead to their rows, and are named in the language of the reader."""

from collections.abc import Sequence

import pytest

from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer, AskedPeriod, Compared, Question, Result
from wegweiser.web.charts.answer_figure import figure_of
from wegweiser.web.charts.draw import spec_of
from wegweiser.web.charts.figures import (
    BarsFigure,
    CurveFigure,
    ForestFigure,
    LineFigure,
    MatrixFigure,
)
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.measure.marks import linked_figure, marks_of
from wegweiser.web.pages.measure.twin import figures_table, rows_table
from wegweiser.web.pages.period import read_span
from wegweiser.web.text import Reader

VIEW = View(
    path="/measure/one/x",
    span=read_span("", 0, "UTC"),
    compare="before",
    chips=(),
    sort="",
    page=1,
    form="",
    words=(),
)
CURVES = (
    ("channel", "spend", "sales", "sales_low", "sales_high"),
    (("email", 0, 0, 0, 0), ("web", 0, 0, 0, 0), ("email", 10, 5, 4, 6), ("web", 10, 7, 6, 8)),
)
GROUPS = (
    ("group", "cells", "customers", "value", "name_en", "name_de"),
    (
        ("keep", "high/low, high/middle", 12, 900.0, "Keep", "Halten"),
        ("grow", "low/high", 30, 100.0, "Grow", "Ausbauen"),
    ),
)
CHANNELS = (("channel", "decisions"), (("email", 40), ("web", 30)))


def result(name: str, low: float = 0.1, high: float = 0.4) -> Result:
    return Result(
        name=name,
        unit="per unit",
        n={"units": 100},
        enough_data=True,
        estimate=(low + high) / 2,
        low=low,
        high=high,
        sentence={"en": name, "de": name},
    )


def told(
    measure: str,
    table: tuple[Sequence[str], Sequence[tuple[Json, ...]]],
    *results: Result,
    before: tuple[tuple[Json, ...], ...] = (),
) -> Answer:
    period = AskedPeriod(0, 1, "UTC")
    compared = (
        Compared(to="previous", period=period, results=(), rows=before, changes=())
        if before
        else None
    )
    return Answer(
        measure=measure,
        status="ok",
        results=results or (result(f"{measure}.total", 1, 1),),
        columns=tuple(table[0]),
        rows=tuple(table[1]),
        question=Question("select 1", {}),
        as_of=0,
        n=1,
        title={"en": "Title", "de": "Titel"},
        compared=compared,
    )


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    ("answer", "kind", "marks"),
    [
        (told("mix.curves", CURVES), CurveFigure, 4),
        (told("profit.groups", GROUPS), MatrixFigure, 2),
        (told("decisions.channels", CHANNELS, result("decisions.channels.said")), BarsFigure, 2),
        (
            told(
                "message.goals", CHANNELS, *(result(f"message.goals.click_rate.{n}") for n in "ab")
            ),
            ForestFigure,
            2,
        ),
    ],
)
def test_each_mark_leads_to_a_row_that_is_there(
    answer: Answer, kind: type, marks: int, language: str
) -> None:
    reader = Reader(language, "UTC", 0)
    figure = linked_figure(reader, VIEW, answer, "slug")
    assert isinstance(figure, kind)
    assert figure is not None
    assert marks_of(figure) == marks
    tables = (figures_table(reader, answer, "slug"), rows_table(reader, VIEW, answer, "slug"))
    anchors = {row.anchor for table in tables if table for row in table.rows}
    text = str(spec_of(figure, "wide"))
    linked = [part.split("'")[0] for part in text.split("/measure/one/x#")[1:]]
    assert len(linked) >= marks
    assert set(linked) <= anchors


def test_a_curve_leads_to_the_row_of_its_own_name() -> None:
    figure = linked_figure(Reader("en", "UTC", 0), VIEW, told("mix.curves", CURVES), "slug")
    assert isinstance(figure, CurveFigure)
    paths = {curve.name: [one.path for one in curve.points] for curve in figure.curves}
    assert paths["web"] == ["/measure/one/x#slug-r1", "/measure/one/x#slug-r3"]


def test_a_single_interval_gives_way_to_the_table_unless_it_is_the_answer() -> None:
    one = result("web.funnel.conversion")
    assert isinstance(figure_of(told("web.funnel", CHANNELS, one), "en"), BarsFigure)
    days = (("day", "came"), (("2026-02-01", 1), ("2026-02-02", 2)))
    baseline = told("watch.baseline", days, result("watch.baseline.expected"))
    assert isinstance(figure_of(baseline, "en"), LineFigure)
    lift = told("lift", CHANNELS, result("lift.difference"))
    assert isinstance(figure_of(lift, "en"), ForestFigure)


def test_names_are_words_of_the_language() -> None:
    bars = figure_of(told("decisions.channels", CHANNELS), "de")
    assert isinstance(bars, BarsFigure)
    assert [one.name for one in bars.bars] == ["E-Mail", "Web"]
    found = [result(f"message.goals.{name}") for name in ("click_rate.hello", "goal_rate.hello")]
    forest = figure_of(told("message.goals", CHANNELS, *found), "de")
    assert isinstance(forest, ForestFigure)
    assert [one.name for one in forest.rows] == ["Klickrate · hello", "Zielrate · hello"]
    alike = [result(f"message.goals.click_rate.{name}") for name in ("hello", "bye")]
    forest = figure_of(told("message.goals", CHANNELS, *alike), "de")
    assert isinstance(forest, ForestFigure)
    assert [one.name for one in forest.rows] == ["hello", "bye"]


@pytest.mark.parametrize(
    ("amounts", "written"),
    [((40, 30), "40"), ((1234.6, 30), "1,235"), ((12.5, 30.25), "12.50"), ((0.125, 0.5), "0.125")],
)
def test_bars_are_written_with_as_many_digits_as_tell_something(
    amounts: tuple[float, float], written: str
) -> None:
    table = ("channel", "revenue"), tuple(zip(("email", "web"), amounts, strict=True))
    bars = figure_of(told("profit.accounts", table), "en")
    assert isinstance(bars, BarsFigure)
    assert bars.bars[0].shown == written


def test_the_time_before_stands_on_its_own_bar() -> None:
    answer = told("decisions.channels", CHANNELS, before=(("web", 50),))
    bars = figure_of(answer, "en")
    assert isinstance(bars, BarsFigure)
    assert [one.before for one in bars.bars] == [None, 50.0]
    assert bars.across[-1].at >= 50
