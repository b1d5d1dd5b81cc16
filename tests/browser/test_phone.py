"""Long lists on a phone: rows are cards whose short entries share a line, and pages end soon."""

import pytest

from tests.browser.conftest import Visits
from wegweiser.web.pages.decisions.listing import ROWS

pytestmark = pytest.mark.browser
CARDS = """
() => [...document.querySelectorAll("#newest tbody tr")].map((row) => {
  const shown = [...row.querySelectorAll("td")].filter((one) => one.getClientRects().length);
  const lines = new Set(shown.map((one) => Math.round(one.getBoundingClientRect().top)));
  const empty = shown.filter((one) => ["", "–"].includes(one.innerText.trim()));
  return [shown.length, lines.size, empty.length, row.getBoundingClientRect().height];
})
"""
# Three screens of a phone are scrolled through; the list was fifteen screens long.
MOST_PX = 25 * 190


def test_decisions_are_cards_whose_entries_share_lines(visit: Visits) -> None:
    page = visit(width=390).page
    page.goto("/decisions?lang=de")
    cards = page.evaluate(CARDS)
    assert len(cards) == ROWS
    for entries, lines, empty, _ in cards:
        assert lines < entries
        assert empty == 0
    assert sum(height for *_, height in cards) < MOST_PX
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_a_desk_every_entry_stands_below_its_heading(visit: Visits) -> None:
    page = visit(width=1360).page
    page.goto("/decisions?lang=de")
    heads = page.locator("#newest thead th").count()
    for row in page.locator("#newest tbody tr").all()[:5]:
        assert row.locator("th, td").count() == heads
