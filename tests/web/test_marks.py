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
    NoteFigure,
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
DWELL = (
    ("path", "views", "mean_s", "mean_low_s", "mean_high_s"),
    (("/a", 900, 61.25, 50.0, 72.5), ("/b", 40, None, None, None), ("/c", 35, 20.0, 15.0, 25.0)),
)
RETENTION = (
    ("cohort", "distance", "units", "share"),
    (("2026-02-02", 0, 40, 1.0), ("2026-02-02", 1, 40, 0.5)),
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
        (told("web.dwell", DWELL, result("web.dwell.mean")), ForestFigure, 2),
        (told("web.retention", RETENTION, result("web.retention.week_1")), ForestFigure, 1),
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


def test_days_in_cells_are_written_as_the_reader_writes_them() -> None:
    weeks = rows_table(Reader("de", "UTC", 0), VIEW, told("web.retention", RETENTION), "slug")
    assert weeks is not None
    assert weeks.rows[0].cells[0].text == "2. Feb. 2026"


def test_a_curve_leads_to_the_row_of_its_own_name() -> None:
    figure = linked_figure(Reader("en", "UTC", 0), VIEW, told("mix.curves", CURVES), "slug")
    assert isinstance(figure, CurveFigure)
    paths = {curve.name: [one.path for one in curve.points] for curve in figure.curves}
    assert paths["web"] == ["/measure/one/x#slug-r1", "/measure/one/x#slug-r3"]


def test_a_chart_draws_what_its_sentence_tells() -> None:
    dwell = figure_of(told("web.dwell", DWELL, result("web.dwell.mean")), "de")
    assert isinstance(dwell, ForestFigure)
    assert dwell.caption == "Titel: Mittel in Sekunden"
    assert [(one.name, one.estimate, one.row) for one in dwell.rows] == [
        ("/a", 61.25, 0),
        ("/c", 20.0, 2),
    ]
    assert (dwell.rows[0].shown, dwell.across[-1].label) == ("61 s", "80 s")
    assert dwell.rows[0].label == "/a: Mittel in Sekunden 61,25, zwischen 50 und 72,50"
    weeks = [result(f"web.retention.week_{number}") for number in (1, 2)]
    for known in (weeks[:1], weeks):
        retention = figure_of(told("web.retention", RETENTION, *known), "en")
        assert isinstance(retention, ForestFigure)
        assert [one.name for one in retention.rows] == ["Week 1", "Week 2"][: len(known)]
    # Without any interval there is nothing to draw: neither views nor distances are the answer.
    for measure, table in (
        ("web.dwell", (DWELL[0], DWELL[1][1:2] * 2)),
        ("web.retention", RETENTION),
    ):
        assert isinstance(figure_of(told(measure, table), "en"), NoteFigure)


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
