"""Data in a real browser: arrivals show by themselves, and are mended without scripts."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit
from tests.web.serving import Running, empty_site

pytestmark = pytest.mark.browser
BAD = {"type": "track", "userId": "u-1", "messageId": "m-1", "event": 7}
GOOD = BAD | {"event": "Paid", "context": {"page": {"url": "https://www.example.com/pricing"}}}


class Website:
    """A website of another origin that has one page."""

    def __init__(self, html: str):
        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("content-type", "text/html")
                self.end_headers()
                self.wfile.write(html.encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self._thread = Thread(target=self._server.serve_forever)
        self._thread.start()
        self.address = f"http://localhost:{self._server.server_port}/"

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


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


def test_the_lines_copied_as_they_stand_send_once_somebody_agreed(browser: Browser) -> None:
    server = Running(empty_site)
    desk = visit_of(browser, server, scripts=True)
    desk.page.goto("/data/start")
    desk.page.get_by_label("Name of the source").fill("website")
    desk.page.get_by_role("button", name="Make source").click()
    lines = desk.page.locator("pre", has_text="<script").inner_text()
    agrees = desk.page.locator("pre", has_text="wegweiser.consent").inner_text()
    website = Website(f"<!doctype html><title>Own</title>{lines}<h1>Own</h1>")
    shop = browser.new_context().new_page()
    shop.goto(website.address)
    # Nothing of the lines is text of the page.
    assert shop.locator("body").inner_text().strip() == "Own"
    desk.page.get_by_role("link", name="Listen for the first event").click()
    expect(desk.page.locator("#live")).to_contain_text("No event yet.")
    expect(desk.page.get_by_text("Before somebody has agreed the tag does nothing")).to_be_visible()
    shop.wait_for_function("window.wegweiser && window.wegweiser.consent")
    with shop.expect_request(lambda asked: asked.url.startswith(f"{server.address}/v1/")):
        shop.evaluate(agrees)
    expect(desk.page.locator("#live .answer")).to_contain_text("First event")
    for one in (shop, desk.page):
        one.context.close()
    website.close()
    server.close()
