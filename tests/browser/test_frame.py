"""The frame in a browser: keys, dark, German, small screens, without scripts, and on paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits, arrived

pytestmark = pytest.mark.browser


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_keys_choose_period_comparison_and_filters(visit: Visits) -> None:
    page = visit().page
    page.goto("/patterns?filter=country:DE")
    _press(page, "w")
    arrived(page, "period=7d")
    _press(page, "ArrowLeft")
    arrived(page, r"period=\d{4}-\d\d-\d\d\.\.")
    _press(page, "c")
    arrived(page, "compare=year")
    expect(page.locator(".chip")).to_contain_text("DE")
    _press(page, "Escape")
    expect(page).not_to_have_url(re.compile("filter="))
    arrived(page, "/patterns")
    _press(page, "?")
    arrived(page, "/help")
    _press(page, "g", "e")
    arrived(page, "/settings")


def test_keys_do_nothing_in_a_field_or_when_switched_off(visit: Visits) -> None:
    page = visit().page
    page.goto("/help")
    _press(page, "/")
    expect(page.locator("#jump")).to_be_focused()
    _press(page, "g", "e")
    expect(page.locator("#jump")).to_have_value("ge")
    page.get_by_role("button", name="Switch keys off").click()
    expect(page.locator("html")).to_have_attribute("data-keys", "off")
    page.wait_for_load_state()
    page.locator("h1").click()
    _press(page, "g", "e", "/")
    expect(page).to_have_url(re.compile("/help"))
    expect(page.locator("#jump")).not_to_be_focused()
    page.get_by_role("button", name="Switch keys on").click()
    expect(page.locator("html")).not_to_have_attribute("data-keys", "off")


def test_without_scripts_search_filter_and_settings_work(visit: Visits) -> None:
    page = visit(java_script_enabled=False).page
    page.goto("/patterns")
    page.locator("summary", has_text="Add filter").click()
    page.locator("#filter-value").fill("AT")
    page.locator(".adds button").click()
    expect(page.locator(".chip")).to_contain_text("AT")
    page.locator("#compare").select_option("none")
    page.get_by_role("button", name="Show").click()
    arrived(page, "compare=none")
    page.locator("#jump").fill("u-hostile")
    page.locator("#jump").press("Enter")
    expect(page).to_have_url(re.compile("/people/"))


def test_a_swap_shows_the_newest_answer_and_keeps_the_focus(visit: Visits) -> None:
    opened = visit()
    page = opened.page
    page.goto("/help")
    page.evaluate(
        "() => { const out = document.createElement('p'); out.id = 'verdicts';"
        " document.getElementById('verdicts').id = 'old';"
        " document.querySelector('main').append(out);"
        " const form = document.createElement('form'); form.action = '/help';"
        " form.dataset.swap = 'verdicts'; const field = document.createElement('input');"
        " field.name = 'x'; field.id = 'x'; form.append(field);"
        " document.querySelector('main').append(form); }"
    )
    page.evaluate("import('/static/app.js?again')")
    page.locator("#x").focus()
    page.keyboard.type("ab")
    expect(page.locator("#verdicts")).to_have_text("Verdicts")
    expect(page.locator("#x")).to_be_focused()
    expect(page).to_have_url(re.compile("x=ab"))
    assert opened.complaints == []


def test_paper_shows_what_was_chosen_and_no_controls(visit: Visits) -> None:
    page = visit(color_scheme="dark").page
    page.goto("/patterns?period=7d&filter=country:DE")
    page.emulate_media(media="print")
    expect(page.locator(".on-paper")).to_be_visible()
    for hidden in (".side", ".tools", ".chips", ".ways"):
        expect(page.locator(hidden).first).to_be_hidden()
