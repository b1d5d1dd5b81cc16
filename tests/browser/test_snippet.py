"""A Segment snippet that stands in a page already, with our tag and with analytics.js behind it."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.web.serving import Running, until
from wegweiser.settings import Settings
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

PACKAGE = Path(__file__).parents[1] / "npm/node_modules/@segment/analytics-next/dist/umd"
# What a snippet does: it queues calls on a global until the script is there.
SNIPPET = """<!doctype html><title>Shop</title><script>
(function (host, key) {
  var queue = window.analytics = [];
  "track identify page screen group alias reset ready on once off".split(" ").forEach(
    function (name) {
      queue[name] = function () {
        queue.push([name].concat(Array.prototype.slice.call(arguments)));
        return queue;
      };
    });
  queue.invoked = true;
  queue._writeKey = key;
  queue._cdn = host;
  queue._loadOptions = {consent: "full"};
  queue.load = function () {};
  var script = document.createElement("script");
  script.async = true;
  script.src = host + "/analytics.js/v1/" + key + "/analytics.min.js";
  script.setAttribute("data-consent", "full");
  document.head.appendChild(script);
  queue.page();
  queue.identify("u-1", {plan: "team"});
  queue.track("Demo Booked", {topic: "sso"});
})("%s", "%s");
</script>"""
SENT = {"page", "identify", "track"}


@pytest.fixture(scope="module", params=["tag", "analytics.js"])
def running(request: pytest.FixtureRequest) -> Iterator[Running]:
    """Serve a site without, and one with, the files of the npm package."""
    own = request.param == "analytics.js"
    if own and not (PACKAGE / "standalone.js").exists():
        pytest.skip("the npm package @segment/analytics-next is not installed in tests/npm")

    async def make() -> Site:
        settings = Settings(analytics_js_dir=str(PACKAGE) if own else "")
        site = Site(in_memory(), settings)
        await site.start(background=False)
        return site

    server = Running(make)
    yield server
    server.close()


@pytest.fixture
def shop(running: Running) -> Iterator[Callable[[str], str]]:
    """Serve a page with the snippet for a key, on an origin of its own."""
    keys = [""]

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write((SNIPPET % (running.address, keys[0])).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = Thread(target=server.serve_forever)
    thread.start()

    def placed(key: str) -> str:
        keys[0] = key
        return f"http://localhost:{server.server_port}/"

    yield placed
    server.shutdown()
    thread.join()
    server.server_close()


class Asked:
    """A page that notes every request that it makes."""

    def __init__(self, browser: Browser):
        self.context = browser.new_context()
        self.page: Page = self.context.new_page()
        self.urls: list[str] = []
        self.page.on("request", lambda request: self.urls.append(request.url))

    def hosts(self) -> set[str]:
        return {urlsplit(url).netloc for url in self.urls}


@pytest.fixture
def asked(browser: Browser) -> Iterator[Asked]:
    """Open a browser of its own."""
    opened = Asked(browser)
    yield opened
    opened.context.close()


def types(running: Running) -> list[str]:
    """Read the types of all stored events but those that our tag sends by itself."""

    async def read() -> list[str]:
        upto = await running.site.intake.settle()
        rows = running.site.exporter.events(upto)
        return [str(row["type"]) for row in rows if row.get("event") != "Engaged Time"]

    return running.wait(read())


def test_what_was_queued_arrives_and_nobody_else_is_asked(
    running: Running, shop: Callable[[str], str], asked: Asked
) -> None:
    async def made() -> str:
        return running.site.callers.create("shop page").write_key

    address = shop(running.wait(made()))
    asked.page.goto(address)

    def arrived() -> bool:
        asked.page.wait_for_timeout(100)
        return set(types(running)) >= SENT

    until(arrived)
    asked.page.goto("about:blank")
    assert sorted(types(running)) == sorted(SENT)
    ours = {urlsplit(running.address).netloc, urlsplit(address).netloc}
    assert asked.hosts() - {""} == ours


def test_with_an_unknown_key_nothing_is_sent_anywhere(
    running: Running, shop: Callable[[str], str], asked: Asked
) -> None:
    before = types(running)
    address = shop("wgw_pk_unknown")
    asked.page.goto(address, wait_until="networkidle")
    asked.page.goto("about:blank")
    assert types(running) == before
    ours = {urlsplit(running.address).netloc, urlsplit(address).netloc}
    assert asked.hosts() - {""} == ours
