"""A message from the editor to a website and back: written, previewed, published, rolled back."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.browser.tagged import GRANT, Shop, visiting
from tests.web.serving import Running

pytestmark = pytest.mark.browser

SLOT = '<div id="hero" data-wegweiser-slot="home.hero" data-wegweiser-timeout="20000">Default</div>'


def write(page: Page) -> None:
    """Fill the form with a message in two variants."""
    page.get_by_label("Short name").first.fill("spring")
    page.get_by_label("Goal").select_option("demo-booked")
    for number, title in enumerate(("Spring is here", "Spring for you")):
        page.locator(f"#variant-{number}").fill(f"v{number}")
        page.locator(f"#text-{number}-title").fill(title)
        if number == 0:
            page.get_by_role("button", name="Show effect").click()
            page.locator("#variant-1").wait_for()


def test_a_message_is_written_previewed_published_served_and_rolled_back(
    browser: Browser, collecting: Running, shop: Shop
) -> None:
    gone = "{kind: message, key: whitepaper, deleted: true}"
    collecting.wait(collecting.site.applier.apply([("gone.yaml", gone)]))
    shop.pages = {"/": SLOT}
    shop.options = ""
    context = browser.new_context(base_url=collecting.address)
    token = collecting.client.cookies["wegweiser"]
    context.add_cookies([{"name": "wegweiser", "value": token, "url": collecting.address}])
    desk = Visit(context, collecting.address)
    page = desk.page
    with visiting(browser, shop) as visitor:
        visitor.go("/")
        visitor.page.evaluate(f"wegweiser.consent({GRANT})")
        expect(visitor.page.locator("#hero")).to_have_text("Default")
        page.goto("/messages/new?lang=en")
        write(page)
        page.get_by_role("button", name="Show effect").click()
        expect(page.locator("#reach-free td").first).to_have_text("1")
        expect(page.frame_locator("iframe").first.locator("h1")).to_have_text("Spring is here")
        page.get_by_role("button", name="Publish message").click()
        expect(page).to_have_url(re.compile("/messages/spring$"))
        visitor.go("/")
        expect(visitor.page.locator("#hero")).to_contain_text("Spring")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("status").first).to_contain_text("taken out again")
        visitor.go("/")
        expect(visitor.page.locator("#hero")).to_have_text("Default")
    assert desk.complaints == []
    context.close()
