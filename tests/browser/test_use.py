"""Using the pages: without scripts, by keyboard, by look, and under the security policy."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits, arrived
from tests.web.serving import Running

pytestmark = pytest.mark.browser


def test_without_scripts_everything_can_be_done(running: Running, visit: Visits) -> None:
    page = visit(signed_in=False, java_script_enabled=False).page
    page.goto("/profiles")
    expect(page).to_have_url(re.compile("/sign-in"))
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(running.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Profiles")
    page.get_by_label(re.compile("Find a person")).fill("u-hostile")
    page.get_by_role("button", name="Find profile").click()
    arrived(page, "/people/")
    page.get_by_role("link", name="Today").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Today")
    page.get_by_label("Period", exact=True).select_option("7d")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("period=7d"))
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Heute")


def test_the_language_of_the_browser_is_used(visit: Visits) -> None:
    page = visit(locale="de-DE").page
    page.goto("/profiles")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Profile")
    expect(page.locator("html")).to_have_attribute("lang", "de")


def test_the_chosen_theme_wins_over_the_device(visit: Visits) -> None:
    page = visit(color_scheme="light").page
    page.goto("/profiles")
    light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.wait_for_load_state()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != light


def test_choosing_a_period_needs_no_button(visit: Visits) -> None:
    page = visit().page
    page.goto("/")
    expect(page.get_by_role("button", name="Show")).to_be_hidden()
    page.get_by_label("Period", exact=True).select_option("90d")
    arrived(page, "period=90d")
    page.go_back()
    expect(page.get_by_label("Period", exact=True)).to_have_value("30d")


def test_keys_lead_to_pages_and_search(visit: Visits) -> None:
    page = visit().page
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("p")
    arrived(page, "/profiles$")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("gt")
    expect(page.locator("#search")).to_have_value("gt")
    page.goto("/profiles")
    page.keyboard.press("j")
    expect(page.locator("main tbody th a").first).to_be_focused()


def test_a_chart_is_one_tab_stop_and_arrows_walk_it(visit: Visits) -> None:
    opened = visit()
    page = opened.page
    page.goto("/")
    marks = page.locator("#visitors svg.wide a")
    expect(marks).to_have_count(30)
    expect(page.locator("#visitors svg.wide a[tabindex='0']")).to_have_count(1)
    marks.last.focus()
    page.keyboard.press("ArrowLeft")
    expect(marks.nth(28)).to_be_focused()
    name = marks.nth(28).get_attribute("aria-label")
    assert name
    expect(page.locator("#visitors .tip")).to_have_text(name)
    page.keyboard.press("Home")
    expect(marks.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"period=2\d{3}-\d\d-\d\d\.\."))
    assert opened.complaints == []


def test_marks_are_links_named_in_the_language_of_the_reader(visit: Visits) -> None:
    page = visit(locale="de-DE").page
    page.goto("/")
    link = page.locator("#visitors").get_by_role("link", name=re.compile("Personen, im Zeitraum"))
    expect(link).to_have_count(30)
    expect(page.locator("#visitors figure")).to_have_attribute("aria-label", re.compile("je Tag"))


def test_the_policy_stops_a_script_that_was_planted(visit: Visits) -> None:
    page = visit().page
    page.goto("/profiles")
    for planted in (
        "const s = document.createElement('script'); s.src = 'data:text/javascript,window.x=1'",
        "document.body.innerHTML = '<img src=x onerror=\"window.x=1\">'",
        "document.body.setAttribute('onclick', 'window.x=1')",
    ):
        refused = page.evaluate(
            "(text) => { const s = document.createElement('script');"
            " try { s.textContent = text; document.body.append(s); return false; }"
            " catch (error) { return error instanceof TypeError; } }",
            planted,
        )
        assert refused
    assert page.evaluate("window.x") is None


def test_print_has_no_menu_and_shows_the_table(visit: Visits) -> None:
    page = visit(color_scheme="dark").page
    page.goto("/")
    page.emulate_media(media="print")
    expect(page.locator(".side")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    expect(page.locator("#visitors table")).to_be_visible()


def test_the_focus_can_be_seen(visit: Visits) -> None:
    page = visit().page
    page.goto("/profiles")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert width == "3px"
