"""Every answer as a table, a file and a chart: the same figures, no formulas, both languages.

After a wanted change: WEGWEISER_WRITE_GOLDEN=1 pytest tests/measure/test_answer_forms.py
"""

import csv
import io
import os
from pathlib import Path

import altair as alt
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from tests.measure.asking import AS_OF, ask, offer
from wegweiser.flow.answer_file import MEDIA, csv_of, parquet_of, require_form, written
from wegweiser.flow.report_parts import cell_text
from wegweiser.measure.completed import completed
from wegweiser.measure.form import Asked
from wegweiser.measure.registry import MEASURES, find
from wegweiser.query.period import Period
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer, Question, Result
from wegweiser.web.charts.answer_figure import figure_of
from wegweiser.web.charts.figures import BarsFigure, ForestFigure, LineFigure, NoteFigure
from wegweiser.web.charts.of_answer import svg

GOLDEN = Path(__file__).parents[1] / "golden" / "charts"
DAY = 20_400


def answer(
    results: tuple[Result, ...], columns: tuple[str, ...], rows: tuple[tuple[Json, ...], ...]
) -> Answer:
    return Answer(
        measure="web.visits",
        status="ok" if any(one.enough_data for one in results) else "too_little_data",
        results=results,
        columns=columns,
        rows=rows,
        question=Question("select 1", {}),
        as_of=AS_OF,
        n=1,
        title={"en": "Visitors, visits and page views", "de": "Personen und Besuche"},
    )


def figure(name: str, low: float | None, middle: float | None, high: float | None) -> Result:
    return Result(
        name=f"web.visits.{name}",
        unit="visits per person",
        n={"units": 12},
        enough_data=middle is not None,
        estimate=middle,
        low=low,
        high=high,
        kind="none" if low == high else "frequentist",
        sentence={"en": f"{name} in words.", "de": f"{name} in Worten."},
    )


COUNT = figure("visits", 70, 70, 70)
LINE = answer((COUNT,), ("day", "visits"), tuple((f"2026-02-{day:02}", day) for day in range(1, 8)))
BARS = answer((COUNT,), ("source", "visits"), (("(direct)", 40), ("weekly-mail", 30)))
FOREST = answer((figure("a", 0.02, 0.05, 0.09), figure("b", -0.04, 0.01, 0.06)), (), ())
NOTE = answer((figure("visits", None, None, None),), (), ())
SHOWN = {"line": LINE, "bars": BARS, "forest": FOREST, "note": NOTE}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", SHOWN)
def test_a_chart_looks_as_its_golden_file(name: str, language: str) -> None:
    drawn = svg(SHOWN[name], language).decode()
    file = GOLDEN / f"{name}.{language}.svg"
    if os.environ.get("WEGWEISER_WRITE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(drawn, encoding="utf-8")
    assert drawn == file.read_text(encoding="utf-8")
    assert not any(left in drawn for left in ("var(--", "wegweiser.invalid", "http://www.example"))


@pytest.mark.parametrize("shown", SHOWN.values())
def test_a_notebook_gets_an_altair_chart_that_follows_the_schema(shown: Answer) -> None:
    chart = shown.chart("de")
    assert isinstance(chart, alt.LayerChart)
    chart.to_dict(validate=True)
    assert isinstance(shown.main.chart(), alt.LayerChart)


def test_what_shows_an_answer_best_is_chosen() -> None:
    chosen = [type(figure_of(one, "en")) for one in SHOWN.values()]
    assert chosen == [LineFigure, BarsFigure, ForestFigure, NoteFigure]


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=20))
@settings(max_examples=25, deadline=None)
def test_a_chart_has_the_figures_of_the_table(values: list[float]) -> None:
    rows = tuple((f"2026-03-{at + 1:02}", value) for at, value in enumerate(values))
    shown = answer((COUNT,), ("day", "visits"), rows)
    drawn = figure_of(shown, "de")
    if any(values):
        assert isinstance(drawn, LineFigure)
        assert [point.value for point in drawn.points] == [row["visits"] for row in shown.table()]
    else:
        assert isinstance(drawn, NoteFigure)


@given(st.lists(st.tuples(st.text(max_size=12), st.integers(-9, 9)), max_size=6))
@settings(max_examples=60, deadline=None)
def test_no_cell_of_a_table_begins_a_formula(cells: list[tuple[str, int]]) -> None:
    shown = answer((COUNT,), ("=name", "count"), tuple(cells))
    read = list(csv.reader(io.StringIO(csv_of(shown).decode(), newline="")))
    assert len(read) == len(cells) + 1
    for row in read:
        assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_a_parquet_file_has_the_rows_with_their_types() -> None:
    shown = answer((COUNT,), ("page", "visits", "mixed"), (("/a", 3, 1), ("/b", 4, "x")))
    table = parquet.read_table(pa.BufferReader(parquet_of(shown)))
    assert table.schema.field("visits").type == pa.int64()
    assert table.to_pylist()[1] == {"page": "/b", "visits": 4, "mixed": "x"}


def test_every_format_is_written_and_others_are_refused() -> None:
    for form, media_type in MEDIA.items():
        file = written(FOREST, form, "de")
        assert file.media_type == media_type
        assert file.content
        assert file.name.startswith("web.visits.")
    with pytest.raises(InputRefused, match="json, csv, xlsx"):
        require_form("pdf")


def test_an_object_for_notebooks_speaks_for_its_main_figure() -> None:
    shown = answer((figure("a", None, None, None), figure("b", 0.1, 0.2, 0.3)), (), ())
    assert (shown.estimate, shown.low, shown.high) == (0.2, 0.1, 0.3)
    assert shown.sentence["de"] == "b in Worten."
    assert shown.sql == "select 1"
    assert [row["name"] for row in shown.table()] == ["web.visits.a", "web.visits.b"]


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_without_data_is_a_file_and_a_figure_in_both_languages(name: str) -> None:
    offer({})
    measure = find(name)
    asked = measure.ask({}, Period(DAY * DAY_MS, AS_OF), AS_OF)
    shown = completed(ask(name, {}, asked.period), measure, asked)
    assert shown.title == measure.summary
    assert shown.question_hash
    assert all(one.period == shown.period for one in shown.results)
    for language in ("en", "de"):
        assert shown.sentence[language]
        figure_of(shown, language)
    for form in ("csv", "xlsx", "parquet"):
        assert written(shown, form, "de").content


def test_the_hash_of_a_question_is_that_of_what_was_asked() -> None:
    offer({})
    measure = find("web.visits")

    def hashed(days: int, by: str) -> str:
        asked: Asked = measure.ask({"by": by}, Period(DAY * DAY_MS, (DAY + days) * DAY_MS), AS_OF)
        found = completed(ask("web.visits", {"by": by}, asked.period), measure, asked)
        assert found.results[0].seed == found.seed > 0
        return found.question_hash

    assert hashed(7, "day") == hashed(7, "day")
    assert len({hashed(7, "day"), hashed(8, "day"), hashed(7, "path")}) == 3


def test_a_cell_is_written_as_people_read_it() -> None:
    assert cell_text(12345.0, "de") == "12.345"
    assert cell_text(["a"], "en") == "['a']"
