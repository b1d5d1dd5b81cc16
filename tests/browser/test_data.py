"""Data in a real browser: arrivals show by themselves, and are mended without scripts."""

import json

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit
from tests.web.serving import Running, empty_site

pytestmark = pytest.mark.browser
BAD = {"type": "track", "userId": "u-1", "messageId": "m-1", "event": 7}
GOOD = BAD | {"event": "Paid", "context": {"page": {"url": "https://www.example.com/pricing"}}}


def visit_of(browser: Browser, server: Running, scripts: bool) -> Visit:
    context = browser.new_context(base_url=server.address, java_script_enabled=scripts)
    token = server.client.cookies["wegweiser"]
    context.add_cookies([{"name": "wegweiser", "value": token, "url": server.address}])
    return Visit(context, server.address)


def test_arrivals_show_by_themselves_and_are_mended_without_scripts(browser: Browser) -> None:
    server = Running(empty_site)
    keys = server.site.callers.create("website")

    def send(element: dict[str, object]) -> None:
        batch = {"batch": [element]}
        sent = httpx.post(f"{server.address}/v1/batch", auth=(keys.secret_key, ""), json=batch)
        assert sent.status_code == 200

    waiting, listening = (visit_of(browser, server, scripts=True) for _ in range(2))
    waiting.page.goto("/data/quarantine")
    listening.page.goto("/data/tag?source=website")
    expect(listening.page.locator("#live")).to_contain_text("No event yet.")
    send(BAD)
    # Without a reload.
    row = waiting.page.get_by_role("row", name="website")
    expect(row).to_contain_text("The name of the event")
    plain = visit_of(browser, server, scripts=False)
    plain.page.goto("/data/quarantine")
    plain.page.get_by_role("link", name="The name of the event").click()
    expect(plain.page.locator("pre strong")).to_contain_text('"event": 7')
    plain.page.get_by_label("The whole event").fill(json.dumps(GOOD))
    plain.page.get_by_role("button", name="Store mended event").click()
    expect(plain.page.get_by_text("The mended event was taken in")).to_be_visible()
    expect(plain.page.get_by_text("Nothing is in quarantine").first).to_be_visible()
    send(GOOD | {"messageId": "m-2"})
    live = listening.page.locator("#live")
    expect(live.get_by_role("row", name="www.example.com/pricing")).to_contain_text("stored")
    expect(live.locator(".answer")).to_contain_text("from www.example.com.")
    for one in (waiting, listening, plain):
        assert one.complaints == []
        one.page.context.close()
    server.close()
