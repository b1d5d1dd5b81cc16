"""The page of an account in a browser: answers by keyboard, dark, narrow, and on paper."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.acceptance.looking import FOREIGN, LOOK
from tests.browser.conftest import Visits
from tests.web.serving import Running
from tests.web.test_account_page import world

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running(chromium: str) -> Iterator[Running]:
    """A server with one account, a suggestion and a buying group."""
    server = Running(world)
    yield server
    server.close()


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("en", "light", 1360), ("de", "dark", 390), ("de", "dark", 320)],
)
def test_it_fits_and_can_be_read(visit: Visits, language: str, theme: str, width: int) -> None:
    opened = visit(width=width, color_scheme=theme)
    opened.page.goto(f"/accounts/acme?lang={language}")
    expect(opened.page.locator("svg.cover").nth(1)).to_be_attached()
    given = {"language": language, "foreign": FOREIGN[language], "answer": True}
    assert opened.page.evaluate(LOOK, given) == []
    assert opened.complaints == []


def test_yes_and_undo_by_keyboard(visit: Visits) -> None:
    opened = visit()
    page = opened.page
    page.goto("/accounts/acme")
    page.get_by_label("Role: ada@acme.example").focus()
    page.keyboard.type("user")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/acme?said=confirm*")
    assert "83% complete" in page.content()
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/acme?said=undo*")
    assert "67% complete" in page.content()
    assert opened.complaints == []


def test_on_paper_nothing_asks_for_an_answer(visit: Visits) -> None:
    page = visit(width=800).page
    page.goto("/accounts/acme")
    page.emulate_media(media="print")
    expect(page.locator("svg.cover").first).to_be_visible()
    assert not any(one.is_visible() for one in page.locator("form.answers button").all())
