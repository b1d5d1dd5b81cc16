"""Check 22: the same figures are one chart in page, notebook and mail, in the colours of each."""

import msgspec
import pytest

from tests.measure.test_answer_forms import SHOWN
from wegweiser.terms.json import JsonObject
from wegweiser.web.charts.answer_figure import figure_of
from wegweiser.web.charts.draw import draw, spec_of
from wegweiser.web.charts.figures import NoteFigure
from wegweiser.web.charts.of_answer import png, spec
from wegweiser.web.charts.palette import in_light
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.measure.marks import linked_figure
from wegweiser.web.pages.period import read_span
from wegweiser.web.text import Reader

READER = Reader("de", "UTC", 0)
VIEW = View("/measure/web", read_span("", 0, "UTC"), "none", (), "", 1, "", ())
DRAWN = {name: one for name, one in SHOWN.items() if name != "note"}
PNG = b"\x89PNG\r\n\x1a\n"
# What only files have: a heading of their own and the room for it.
AROUND = ("title", "description", "padding", "height", "background")


def with_its_tables(spec: JsonObject) -> bytes:
    """Write a specification, in the place of each table's name what the table holds.

    Names come from what a table holds, which for a page are links too, so that they differ.
    """
    tables = msgspec.convert(spec["datasets"], dict[str, list[JsonObject]])
    rest = {part: held for part, held in spec.items() if part != "datasets"}
    written = msgspec.json.encode(rest, order="sorted")
    for name, rows in tables.items():
        assert name.encode() in written
        written = written.replace(name.encode(), msgspec.json.encode(rows, order="sorted"))
    return written


@pytest.mark.parametrize("name", DRAWN)
def test_22_page_notebook_and_mail_show_one_specification(name: str) -> None:
    shown = linked_figure(READER, VIEW, DRAWN[name], "x")
    assert shown is not None
    assert not isinstance(shown, NoteFigure)
    on_page = in_light(spec_of(shown, "wide"))
    in_file = msgspec.json.decode(spec(DRAWN[name], "de"))
    for part in AROUND:
        on_page.pop(part, None)
        in_file.pop(part, None)
    assert with_its_tables(on_page) == with_its_tables(in_file)


@pytest.mark.parametrize("name", DRAWN)
def test_22_files_have_colours_and_pages_tokens(name: str) -> None:
    assert b"var(--" not in spec(DRAWN[name], "de")
    assert png(DRAWN[name], "de").startswith(PNG)
    drawn = draw(figure_of(DRAWN[name], "de"), "wide", "p")
    assert "var(--" in drawn
    assert "#1d5bb8" not in drawn
