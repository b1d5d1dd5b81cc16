"""Charts: specifications by the schema, finished drawings, and the refusal of foreign links."""

import asyncio
from xml.etree import ElementTree

import altair as alt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.web.charts.draw import draw, spec_of
from wegweiser.web.charts.figures import (
    WIDTHS,
    Figure,
    ForestFigure,
    Interval,
    LineFigure,
    Point,
    Tick,
    Width,
)
from wegweiser.web.charts.pool import DrawingPool
from wegweiser.web.charts.ticks import decimals_of, step_for, ticks

UP = (Tick(0, "0"), Tick(50, "50"), Tick(100, "100"))
LINE = LineFigure(
    caption="Personen <je> Tag",
    points=tuple(Point(at, 10 * at, f'{at}. "Nov." & mehr', f"/?d={at}") for at in range(8)),
    before=(5.0, 6.0, 7.0),
    across={"wide": (Tick(0, "1. Nov."),), "narrow": (Tick(0, "1. Nov."),)},
    up=UP,
)
FOREST = ForestFigure(
    caption="Wirkung",
    rows=(
        Interval("eins", 0.02, 0.01, 0.03, "+2,0", "eins: besser", "good", "/#a"),
        Interval("zwei", -0.01, -0.02, 0.01, "-1,0", "zwei: offen", "", "/#b"),
    ),
    across=(Tick(-0.02, "-2"), Tick(0, "0"), Tick(0.04, "+4")),
)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("figure", [LINE, FOREST])
def test_specifications_follow_the_schema(figure: Figure, width: Width) -> None:
    alt.Chart.from_dict(spec_of(figure, width), validate=True)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("figure", "marks"), [(LINE, 8), (FOREST, 2)])
def test_a_finished_drawing(figure: Figure, marks: int, width: Width) -> None:
    drawn = draw(figure, width, "p")
    root = ElementTree.fromstring(drawn)
    assert root.get("role") == "group"
    assert root.get("aria-label") == figure.caption
    assert "width" not in root.attrib
    links = [one for one in root.iter() if one.tag.endswith("}a")]
    assert len(links) == marks
    for link in links:
        assert (link.get("href") or "").startswith("/")
        assert link.get("aria-label")
    assert "aria-roledescription" not in drawn
    assert "wegweiser.invalid" not in drawn
    assert "style=" not in drawn
    assert "var(--" in drawn


def test_axis_words_are_those_that_were_given() -> None:
    words = {
        one.text for one in ElementTree.fromstring(draw(FOREST, "wide", "p")).iter() if one.text
    }
    assert {"-2", "+4", "eins", "zwei", "+2,0"} <= words


@pytest.mark.parametrize(
    "path", ["javascript:alert(1)", "//example.org/a", "https://example.org", "/\\example.org"]
)
def test_a_foreign_link_is_refused_and_the_next_chart_draws(path: str) -> None:
    rows = (Interval("eins", 0.02, 0.01, 0.03, "+2", "eins", "good", path),)
    with pytest.raises(ValueError, match="may only link"):
        draw(ForestFigure("Wirkung", rows, FOREST.across), "wide", "p")
    assert "<svg" in draw(FOREST, "wide", "p")


def test_the_pool_draws_and_a_broken_figure_leaves_its_table() -> None:
    async def both() -> tuple[object, object]:
        pool = DrawingPool(workers=1)
        bad = ForestFigure(
            "x", (Interval("a", 0, 0, 0, "0", "a", "", "javascript:1"),), FOREST.across
        )
        try:
            first = await _patiently(pool, bad)
            return first, await _patiently(pool, FOREST)
        finally:
            pool.close()

    broken, drawn = asyncio.run(both())
    assert broken.wide == ""  # type: ignore[attr-defined]
    assert "<svg" in drawn.wide  # type: ignore[attr-defined]
    assert "<svg" in drawn.narrow  # type: ignore[attr-defined]


async def _patiently(pool: DrawingPool, figure: Figure) -> object:
    async with asyncio.timeout(60):
        while (found := await pool.draw(figure)) is None:
            pass
        return found


@given(low=st.floats(min_value=-1e6, max_value=0), width=st.floats(min_value=0.001, max_value=1e6))
def test_ticks_hold_the_whole_span_and_are_round(low: float, width: float) -> None:
    high = low + width
    step = step_for(width, 5)
    places = ticks(low, high, 5)
    assert places[0] <= low + step * 1e-6
    assert places[-1] >= high - step * 1e-6
    assert len(places) <= 8
    assert decimals_of(step) <= 6
