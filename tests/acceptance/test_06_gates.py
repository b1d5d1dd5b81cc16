"""Check 6: the states before there are figures come from data alone, on every page."""

import re
from collections.abc import Iterator

import pytest

from tests.acceptance.drawn import charts_on
from tests.acceptance.reading import Document
from tests.web.serving import Running, empty_site, settled
from wegweiser.web.pages.families import FAMILIES
from wegweiser.web.pages.frame.family import Page
from wegweiser.web.pages.measure.tabs import TABS

FILTERED = [
    page
    for family in FAMILIES
    for page in family.pages
    if page.filters and "GET" in page.methods and page.path != "/journeys/moved"
]
# It judges what is missing, so that it has something to say from the first day.
ALWAYS = "/measure/maturity"


@pytest.fixture(scope="module")
def empty() -> Iterator[Running]:
    """A server that nothing was ever sent to."""
    server = Running(empty_site)
    yield server
    server.close()


def gates_on(page: str) -> set[str]:
    """Give the states that a page shows by the name of each."""
    found = (one["class"].split() for one in Document(page).root.all("section"))
    return {state for names in found if "gate" in names for state in names[2:]}


@pytest.mark.parametrize("tab", [tab.path for tab in TABS if tab.path != ALWAYS])
def test_06_a_tab_needs_setup_and_shows_an_example(empty: Running, tab: str) -> None:
    page = settled(empty.client, f"{tab}?lang=de")
    assert gates_on(page) <= {"setup", "little", "nothing"}
    assert gates_on(page)
    # Whatever is drawn stands in the frame that says: an example.
    assert [*charts_on(page)] == []


@pytest.mark.parametrize("page", FILTERED, ids=lambda page: page.path)
def test_06_a_filter_that_matches_nobody_names_its_chip(world: Running, page: Page) -> None:
    dimension = page.filters[0][0]
    text = settled(world.client, f"{page.path}?filter={dimension}:nobody&lang=en")
    assert re.search(r'class="chip">[^<]*<strong>nobody', text), page.path
    told = next(Document(text).root.all("main")).text
    assert "nobody leaves nothing over" in told or page.path == "/patterns", told
