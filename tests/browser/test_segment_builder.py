"""A segment is built of rows by keyboard, and its live size shows without a reload."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits
from tests.browser.test_story import press

pytestmark = pytest.mark.browser


def test_a_segment_is_built_and_its_size_shows_while_typing(visit: Visits) -> None:
    seen = visit()
    page = seen.page
    page.goto("/segments?lang=en")
    # Whoever thinks longer than a moment has half a rule looked at; that is no fault.
    with page.expect_response("**/segments") as half_a_rule:
        page.get_by_label("What", exact=True).first.select_option("event")
    assert half_a_rule.value.status == 200
    page.get_by_label("Which one").first.fill("Page Viewed")
    page.get_by_label("Compared").first.select_option("at_least")
    value = page.get_by_label("Value").first
    value.focus()
    page.keyboard.type("1")
    found = page.locator("#found")
    expect(found).to_contain_text("This rule takes in")
    expect(found).to_contain_text('count("Page Viewed") >= 1')
    expect(value).to_be_focused()
    counted = re.search("takes in ([0-9]+)", found.inner_text())
    assert counted is not None
    press(page, "Count, without saving", "button")
    expect(page.locator("textarea")).to_have_value('count("Page Viewed") >= 1')
    expect(found).to_contain_text(f"This rule takes in {counted[1]}")
    assert seen.complaints == []
