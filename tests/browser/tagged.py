"""Somebody's website with the tag on it, in a real browser, and what our server got from it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from weakref import WeakSet

import msgspec
from playwright.sync_api import Browser, BrowserContext, Page

from tests.web.serving import Running, until
from wegweiser.settings import Settings
from wegweiser.terms.json import JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

GRANT = "{measurement: true, personalisation: true, sharing: false}"
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/138.0.0.0 Safari/537.36"
)
STUB = (
    "!function(w,m){var q=w.wegweiser=w.wegweiser||[];q.load||m.split(' ').forEach(function(n)"
    "{q[n]=function(){q.push([n].concat([].slice.call(arguments)))}})}(window,'load track identify"
    " page screen group alias reset ready on off user consent decide refresh outcome');"
)
CONFIGURATION = """
{kind: placement, key: home.hero, channel: web, slots: 1, allow_nothing: false}
---
{kind: goal, key: demo-booked, when: 'event == "Demo Booked"', window_days: 30, worth: 400}
---
kind: message
key: whitepaper
goal: demo-booked
variants:
- key: short
  channel: web
  content: {title: SSO in one hour, text: A short read., url: 'https://www.example.com/sso'}
---
{kind: arms, nothing: 0, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0}
"""


async def own_site() -> Site:
    """Start a site in memory that decides one message for one place."""
    site = Site(in_memory(), Settings())
    await site.start(background=False)
    await site.applier.apply([("config.yaml", CONFIGURATION)])
    return site


class Shop:
    """A website of another origin; `pages` are bodies by path, `head` stands in each of them."""

    def __init__(self, running: Running):
        self.running = running
        self.key = running.wait(_key(running.site))
        self.pages: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        self.before = ""
        self.options = 'data-consent="full"'
        self.hosts: list[str] = []
        shop = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shop.answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self._thread = Thread(target=self._server.serve_forever)
        self._thread.start()
        self.address = f"http://localhost:{self._server.server_port}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Serve one page, with the tag in its head."""
        path = request.path.partition("?")[0]
        found = path in self.pages
        request.send_response(200 if found else 404)
        request.send_header("content-type", "text/html; charset=utf-8")
        for name, value in self.headers.items():
            request.send_header(name, value)
        request.end_headers()
        title = path.strip("/").title() or "Home"
        body = (
            f"<!doctype html><title>{title}</title>{self.before}"
            f'<script async src="{self.running.address}/wegweiser.js"'
            f' data-write-key="{self.key}" {self.options}></script>'
            f"<body>{self.pages.get(path, '')}</body>"
        )
        request.wfile.write(body.encode())

    def events(self) -> list[JsonObject]:
        """Give the stored events of this source, in order of the browser's own clock.

        Tests that wind that clock forward make the time that the server computes meaningless.
        """
        found = [
            event
            for event in self.running.wait(_exported(self.running.site, "events"))
            if event["sourceId"] == self.source_id
        ]
        return sorted(found, key=lambda event: str(event.get("originalTimestamp")))

    @property
    def source_id(self) -> str:
        """Give the id of the source of this website."""
        return self.running.site.callers.of_key(self.key).source_id

    def named(self, name: str) -> list[JsonObject]:
        """Give the properties of the events of one name."""
        return [_properties(event) for event in self.events() if _name(event) == name]

    def names(self) -> list[str]:
        """Give the names of all events, in order."""
        return [_name(event) for event in self.events()]

    def awaited(self, *names: str) -> list[JsonObject]:
        """Wait until events of these names have come; gives all events."""
        until(lambda: set(names) <= set(self.names()))
        return self.events()

    def outcomes(self) -> list[JsonObject]:
        """Give the outcomes that were stored."""
        return self.running.wait(_exported(self.running.site, "outcomes"))

    def counts(self) -> list[JsonObject]:
        """Give the anonymous counts of this source."""
        rows = self.running.wait(operations.run(self.running.site, "counts", {}))
        names = {source.source_id: source.name for source in self.running.site.callers.sources()}
        return [row for row in rows if row["source"] == names[self.source_id]]

    def close(self) -> None:
        """End the website."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


async def _key(site: Site) -> str:
    return site.callers.create(f"shop {len(site.callers.sources())}").write_key


async def _exported(site: Site, kind: str) -> list[JsonObject]:
    return [msgspec.json.decode(row) async for row in operations.export(site, kind)]


def _name(event: JsonObject) -> str:
    return str(event.get("event") or event["type"])


def _properties(event: JsonObject) -> JsonObject:
    properties = event.get("properties")
    return properties if isinstance(properties, dict) else {}


class Visitor:
    """A browser of somebody's own on a website; notes every request and every complaint."""

    def __init__(self, context: BrowserContext, shop: Shop):
        self.context = context
        self.shop = shop
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page = self.new_page()

    def new_page(self) -> Page:
        """Open one more tab."""
        page = self.context.new_page()
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda told: self._note(told.type, told.text))
        return page

    def _note(self, kind: str, text: str) -> None:
        if kind == "error":
            self.complaints.append(text)

    def go(self, path: str) -> None:
        """Open a page and wait until the tag runs."""
        self.page.goto(self.shop.address + path)
        self.page.wait_for_function("window.wegweiser && window.wegweiser.version")
        if self.page in _STOPPED:
            # While a page is still being read the tag waits for 50 ms at a time.
            self.page.clock.run_for(60)

    def sent(self) -> list[str]:
        """Give the paths at our server that were asked, without the tag itself."""
        own = self.shop.running.address
        paths = [url.removeprefix(own) for url in self.asked if url.startswith(own)]
        return [path for path in paths if path != "/wegweiser.js"]


@contextmanager
def visiting(browser: Browser, shop: Shop, **options: object) -> Iterator[Visitor]:
    """Give a visitor with empty storage; options are those of a browser context."""
    context = browser.new_context(**{"user_agent": AGENT, **options})  # type: ignore[arg-type]
    try:
        yield Visitor(context, shop)
    finally:
        context.close()


_STOPPED: WeakSet[Page] = WeakSet()


def while_pumping(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for what only the browser's own events bring about; they come while it is waited for."""

    def looked() -> bool:
        page.wait_for_timeout(20)
        return holds()

    until(looked)


def stop_clock(page: Page) -> None:
    """Let the page's time pass by `page.clock.run_for` alone, so that a slow machine adds none."""
    now = datetime.now(UTC)
    _STOPPED.add(page)
    page.clock.install(time=now - timedelta(hours=1))
    page.clock.pause_at(now)


__all__ = [
    "CONFIGURATION",
    "GRANT",
    "STUB",
    "Shop",
    "Visitor",
    "own_site",
    "stop_clock",
    "visiting",
    "while_pumping",
]
