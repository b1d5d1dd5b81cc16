"""Check 25: on paper every page fits A4, cuts no row, and shows the table beside each chart."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.acceptance.addresses import ASKING, addresses_of, routes
from tests.acceptance.looking import Looker, View
from tests.web.serving import Running

pytestmark = pytest.mark.browser
# 210 mm less 16 mm on each side, at 96 dots an inch.
PAPER_PX = 672
ON_PAPER = View("en", "dark", PAPER_PX)
EACH_TIME = ("/measure/{", "/people", "/accounts", "/journeys", "/decisions/{")
ALSO = ("/", "/messages", "/data", "/settings/audit", "/segments/{key}")
# All others are printed by the sweep.
PRINTED = [
    pytest.param(
        page.path,
        marks=() if page.path.startswith(EACH_TIME) or page.path in ALSO else pytest.mark.sweep,
    )
    for page in routes()
    if page.path not in ASKING
]
RULES = (Path(__file__).parent / "paper.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def looker(browser: Browser, furnished: Running) -> Iterator[Looker]:
    made = Looker(browser, furnished)
    yield made
    made.close()


@pytest.mark.parametrize("route", PRINTED)
def test_25_a_page_fits_on_paper(furnished: Running, looker: Looker, route: str) -> None:
    for address in addresses_of(furnished, route)[:2]:
        looker.page.emulate_media(media="screen")
        looker.open(address, ON_PAPER)
        looker.page.emulate_media(media="print")
        assert looker.page.evaluate(RULES) == [], address
    looker.page.emulate_media(media="screen")
