"""A real Chromium on pages of a shop, before a running server of ours, and who else was asked."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import conftest as in_the_browser
from tests.road.server import Server, exported, new_source, serving
from tests.sdk.elsewhere import Elsewhere
from tests.sdk.node_clients import package
from tests.sdk.shop import PAGE, Content, open_shop, page

chromium = in_the_browser.chromium

SCRIPT = "text/javascript; charset=utf-8"
SCRIPTS = {
    "/segment.js": ("@segment/analytics-next", "dist/umd/index.js"),
    "/segment-before.js": ("segment-analytics-next-before", "dist/umd/index.js"),
    "/rudderstack.js": ("@rudderstack/analytics-js", "dist/npm/modern/bundled/umd/index.js"),
}
# With these answers the library sends what visitors do, or figures about itself, to its vendor.
LEAKING = {
    "all-data": b'{"integrations": {}}',
    "figures": b'{"integrations": {"Segment.io": {"apiKey": "k", "apiHost": "localhost:1/v1"}}}',
}
# What a pasted snippet does: it notes calls, says where to look, and loads a script of our server.
SNIPPET = """<script>
  var analytics = (window.analytics = window.analytics || []);
  analytics.invoked = true;
  analytics._writeKey = "KEY";
  analytics._cdn = "HOST";
  analytics.push(["page", "Docs", "Pasted"], ["track", "Noted before the script came"]);
</script><script async src="HOST/analytics.js/v1/KEY/analytics.min.js"></script>"""
DEADLINE_SECONDS = 60.0


@dataclass(frozen=True)
class Place:
    """A server of ours, a shop whose pages use it, a public key and a secret one."""

    server: Server
    shop: str
    key: str
    secret: str

    def rows(self) -> list[dict[str, Any]]:
        """Give all stored events."""
        return exported(self.server.folder, "events")

    def settled(self, wanted: int, about: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        """Wait until at least `wanted` events of a sort are stored; give those that are."""
        deadline = monotonic() + DEADLINE_SECONDS
        while len(found := [row for row in self.rows() if about(row)]) < wanted:
            assert monotonic() < deadline, f"{len(found)} of {wanted} events came"
            sleep(0.2)
        return found

    def only_from(self, rows: list[dict[str, Any]]) -> bool:
        """Tell whether these are all that their one visitor sent, and nothing was set aside.

        What visitors of other tests left on its way may still come in meanwhile.
        """
        (visitor,) = {row["anonymousId"] for row in rows}
        theirs = [row for row in self.rows() if row["anonymousId"] == visitor]
        return len(theirs) == len(rows) and not exported(self.server.folder, "quarantine")


@pytest.fixture(scope="module")
def place(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Open the shop and a server."""
    contents = {
        path: Content(package(name).joinpath(file).read_bytes(), SCRIPT)
        for path, (name, file) in SCRIPTS.items()
    }
    contents |= {
        "/segment": page("Größe & Maß", "/segment.js"),
        "/segment-before": page("Größe & Maß", "/segment-before.js"),
        "/rudderstack": page("Größe & Maß", "/rudderstack.js"),
    }
    contents |= {
        f"/v1/projects/{key}/settings": Content(body, "application/json")
        for key, body in LEAKING.items()
    }
    folder = tmp_path_factory.mktemp("browser")
    source = new_source(folder)
    scripts = package("@segment/analytics-next") / "dist" / "umd"
    folder.joinpath("settings.json").write_text(json.dumps({"analytics_js_dir": str(scripts)}))
    with open_shop(contents) as shop, serving(folder) as server:
        snippet = SNIPPET.replace("KEY", source["write_key"]).replace("HOST", server.address)
        pasted = PAGE.format(title="Pasted", scripts=snippet)
        contents["/pasted"] = Content(pasted.encode())
        yield Place(server, shop, source["write_key"], source["secret_key"])


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    """Note every host that Chromium asks and that is not on this machine."""
    with Elsewhere() as listener:
        yield listener


@pytest.fixture(scope="module")
def browser(chromium: str, elsewhere: Elsewhere) -> Iterator[Browser]:
    """A started browser that reaches this machine only."""
    arguments = [f"--proxy-server={elsewhere.address}", "--disable-component-update"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor: their own cookies and storage."""
    visitor = browser.new_context()
    yield visitor
    visitor.close()


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    """The visitor's first tab."""
    return context.new_page()
