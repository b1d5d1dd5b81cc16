"""What a real Chromium on somebody else's page may ask and read, with nothing intercepted."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import msgspec
import pytest
from playwright.sync_api import Browser, Page

from tests.web.serving import Running, empty_site
from wegweiser.terms.source import Allowance

HEADERS = (
    *("authorization", "content-type", "x-write-key", "x-api-key", "x-retry-count"),
    *("anonymousid", "sentat", "rsa-retry-attempt", "rsa-retry-reason"),
    *("rsa-since-first-attempt", "rsa-since-last-attempt", "if-none-match", "last-event-id"),
)
CALLS = ["track", "identify", "page", "screen", "group", "alias"]
POSTED = [
    *(f"/v1/{name}" for name in [*CALLS, *"tipsga", "batch", "b", "import"]),
    *("/beacon/v1/batch", "/v1/m", "/cloudevents", "/v1/cloudevents", "/v1/decide", "/v1/outcomes"),
]
FETCHED = [
    *(f"/v1/pixel/{name}" for name in CALLS),
    *("/pixel/v1/track", "/pixel/v1/page", "/v1/projects/k/settings", "/projects/k/settings"),
    *("/sourceConfig", "/analytics-next/bundles/a.js"),
]
ASK = """async ([url, method, headers]) => {
    const answer = await fetch(url, {method, headers, body: method === "POST" ? "{}" : undefined});
    return [answer.status, answer.redirected, answer.headers.get("request-id")];
}"""
SEND = """async ([url, key]) => {
    const body = JSON.stringify({batch: [{type: "page", anonymousId: "a-1"}], writeKey: key});
    const answer = await fetch(url, {method: "POST", body});
    return [answer.status, answer.headers.get("retry-after"),
            answer.headers.get("wegweiser-position"), await answer.json()];
}"""


class _EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Shop</title>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    """Serve somebody else's page."""
    server = HTTPServer(("127.0.0.1", 0), _EmptyPage)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def collecting() -> Iterator[Running]:
    """A server that nothing was ever sent to."""
    server = Running(empty_site)
    yield server
    server.close()


@pytest.fixture
def page(browser: Browser, shop: str) -> Iterator[Page]:
    """Open somebody else's page."""
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(shop)
    yield opened
    context.close()


def test_every_route_may_be_asked_with_every_header(page: Page, collecting: Running) -> None:
    headers = dict.fromkeys(HEADERS, "1")
    asked = [(path, "POST") for path in POSTED] + [(path, "GET") for path in FETCHED]
    for path, method in asked:
        for end in ("", "/"):
            url = collecting.address + path + end
            # A preflight that is refused would throw here.
            status, redirected, request_id = page.evaluate(ASK, [url, method, headers])
            assert status != 405, path
            assert not redirected
            assert request_id


def test_a_page_reads_how_long_to_wait(page: Page, collecting: Running) -> None:
    async def made() -> str:
        keys = collecting.site.callers.create("slow")
        key = collecting.site.callers.key_named(keys.write_key)
        assert key is not None
        slow = Allowance(rate_per_second=0.001, burst=1)
        collecting.site.callers.put(msgspec.structs.replace(key, allowance=slow))
        return keys.write_key

    key = collecting.wait(made())
    url = f"{collecting.address}/v1/b"
    status, _, position, body = page.evaluate(SEND, [url, key])
    assert (status, body) == (200, {"success": True})
    assert int(position) > 0
    status, wait, _, body = page.evaluate(SEND, [url, key])
    assert (status, body["code"]) == (429, "come_again")
    assert wait.isdigit()
    assert 1 <= int(wait) <= 60
