"""The demo's story by keyboard alone, and a wrong join that is found by e-mail and undone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits, arrived

pytestmark = pytest.mark.browser


def press(page: Page, name: str | re.Pattern[str], role: str = "link") -> None:
    """Go to something that can be pressed by Tab alone, and press it."""
    wanted = page.get_by_role(role, name=name).first  # type: ignore[arg-type]
    expect(wanted).to_be_visible()
    page.wait_for_load_state()
    for _ in range(250):
        if wanted.evaluate("one => one === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {name}")


def test_the_five_stops_by_keyboard(visit: Visits) -> None:
    seen = visit()
    page = seen.page
    page.goto("/?lang=en")
    press(page, "Begin the tour")
    for number in range(1, 6):
        expect(page.locator(".story")).to_contain_text(f"Stop {number} of 5")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        press(page, "Next stop" if number < 5 else "Use your own data")
    expect(page).to_have_url(re.compile("/data/start"))
    assert seen.complaints == []


def test_somebody_is_found_by_mail_taken_apart_and_put_together_again(visit: Visits) -> None:
    page = visit().page
    page.goto("/story/1")
    page.wait_for_url(re.compile(r"/people/.*stop=1"))
    address = page.url
    mail = page.locator("#known ~ * code", has_text="@").first.inner_text()
    page.goto("/profiles?lang=en")
    page.get_by_label(re.compile("Find a person")).focus()
    page.keyboard.type(mail)
    page.keyboard.press("Enter")
    arrived(page, address.split("?")[0])
    before = page.locator("section[aria-labelledby=known] table").first.inner_text()
    press(page, re.compile("Take apart"), "button")
    expect(page.get_by_role("heading", name="Now")).to_be_visible()
    press(page, "Yes, do it", "button")
    expect(page.get_by_text("It is done.")).to_be_visible()
    press(page, "Undo", "button")
    expect(page.get_by_text("It is taken back")).to_be_visible()
    page.wait_for_load_state()
    known = page.locator("section[aria-labelledby=known] table").first
    assert known.inner_text() == before
