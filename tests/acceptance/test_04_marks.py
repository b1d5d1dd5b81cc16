"""Checks 4 and 5: every mark leads to its own figure, every chart has a caption and a table."""

import re

import pytest

from tests.acceptance.addresses import addresses_of
from tests.acceptance.drawn import Chart, charts_on, numbers
from tests.acceptance.reading import Document, Element
from tests.acceptance.tables import number
from tests.web.serving import Running, settled
from wegweiser.web.pages.measure.tabs import BY_KEY

# Where the small company has figures to draw; others show an example in these worlds.
TABS_DRAWN = ("web", "revenue", "what-if", "profit")
PAGES = [
    *("/", *(BY_KEY[key].path for key in TABS_DRAWN), "/decisions/portfolio", "/journeys"),
    *("/data", "/data/identity"),
]
LANGUAGES = ("en", "de")


def row_of(chart: Chart, mark: Element) -> Element | None:
    """Find the row of the twin that holds what a mark shows."""
    goal = mark["href"]
    anchor = goal.partition("#")[2]
    for row in chart.rows:
        if anchor and row["id"] == anchor:
            return row
        if not anchor and any(link["href"] == goal for link in row.all("a")):
            return row
    return None


def told_by(name: str) -> int:
    """Read how many a mark is about: a mean says of how many, all others begin with it."""
    return number(re.split(r", (?:of|von) ", name)[-1])


def answer_at(running: Running, address: str) -> str:
    """Give the answer of the list that a mark leads to."""
    root = Document(settled(running.client, address)).root
    return next(one.text for one in root.all("p") if one["class"] == "answer")


@pytest.mark.parametrize("path", PAGES)
def test_04_each_mark_leads_to_its_own_figure(furnished: Running, path: str) -> None:
    language = LANGUAGES[PAGES.index(path) % 2]
    page = settled(furnished.client, f"{path}?lang={language}")
    for chart in charts_on(page):
        assert chart.caption
        assert chart.marks, chart.caption
        for mark in chart.marks:
            name = mark["aria-label"]
            row = row_of(chart, mark)
            if row is None:
                assert "#" not in mark["href"], f"{chart.caption}: no row for {name}"
                listed = answer_at(furnished, f"{mark['href']}&lang={language}")
                assert told_by(name) == number(listed), f"{name}\n{listed}"
            else:
                assert numbers(name) <= numbers(row.text), f"{name}\n{row.text}"


def test_04_what_marks_lead_to_opens(furnished: Running) -> None:
    opened = 0
    for path in ("/journeys", "/measure/web"):
        goals = {
            mark["href"]
            for chart in charts_on(settled(furnished.client, path))
            for mark in chart.marks[:1]
        }
        for goal in sorted(goals):
            assert furnished.client.get(goal).status_code == 200, goal
            opened += 1
    assert opened


@pytest.mark.parametrize("path", PAGES)
def test_05_each_chart_has_a_caption_and_a_table(furnished: Running, path: str) -> None:
    for chart in charts_on(settled(furnished.client, path)):
        tables = [*chart.card.all("table")]
        assert tables, chart.caption
        assert all([*table.all("th")] for table in tables)
    assert addresses_of(furnished, "/")
