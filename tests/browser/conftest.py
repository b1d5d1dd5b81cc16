"""A real Chromium over the small world; skipped with a clear reason where there is none."""

import os
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.tagged import Shop, own_site
from tests.web.serving import Running, settled, small_world

CANDIDATES = ("chromium", "chromium-browser", "google-chrome")
# Waiting longer costs nothing where things work, and a loaded machine needs it.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium."""
    path = next((path for name in CANDIDATES if (path := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no system Chromium: looked for {', '.join(CANDIDATES)}")
    return path


# One per file: Playwright keeps an event loop running, under which no other test could run its own.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A started browser."""
    # Without a sandbox only for root, where Chromium refuses to start with one.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield started
        started.close()


@pytest.fixture(scope="session")
def running(chromium: str) -> Iterator[Running]:
    """A server with a small demo company, its Today already computed."""
    server = Running(small_world)
    for language in ("en", "de"):
        settled(server.client, f"/?lang={language}")
    yield server
    server.close()


def arrived(page: Page, address: str) -> None:
    """Wait until the browser is at an address and the page there hears keys.

    An address changes as soon as the next page begins; its scripts run later.
    """
    expect(page).to_have_url(re.compile(address))
    page.wait_for_load_state()


class Visit:
    """One page in a browser of its own; notes every complaint and foreign request."""

    def __init__(self, context: BrowserContext, address: str):
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda told: self._note(told.type, told.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda asked: self._foreign(asked.url, address))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def _foreign(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:", "about:")):
            self.complaints.append(f"foreign request: {url}")


Visits = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser, running: Running) -> Iterator[Visits]:
    """Open pages that are signed in; options are those of a browser context."""
    contexts: list[BrowserContext] = []

    def opened(signed_in: bool = True, width: int = 1360, **options: object) -> Visit:
        context = browser.new_context(
            base_url=running.address, viewport={"width": width, "height": 900}, **options
        )
        contexts.append(context)
        if signed_in:
            token = running.client.cookies["wegweiser"]
            cookie = {"name": "wegweiser", "value": token, "url": running.address}
            context.add_cookies([cookie])
        return Visit(context, running.address)

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def collecting(chromium: str) -> Iterator[Running]:
    """A server that collects what other websites send."""
    server = Running(own_site)
    yield server
    server.close()


@pytest.fixture
def shop(collecting: Running) -> Iterator[Shop]:
    """A website of another origin, with a source of its own."""
    website = Shop(collecting)
    yield website
    website.close()
