"""Pages over many persons: `python -m bench.pages --persons 1000000` tells their time and weight.

Each page is opened by a real Chromium: the first time, when its figures are not there yet, then
until they are, then three times more.
"""

import argparse
import contextlib
import os
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import msgspec
from playwright.sync_api import Browser, Page, sync_playwright

from bench.population import fill
from bench.process import ask, product, serving

CANDIDATES = ("chromium", "chromium-browser", "google-chrome")
# A measure over all events may take its time the first time.
PATIENCE_S = 600
REPEATS = 3
REFRESH = 'meta[http-equiv="refresh"]'
PATHS = (
    *("/", "/profiles", "/journeys", "/segments", "/messages", "/decisions"),
    *("/measure/web", "/measure/revenue", "/measure/value", "/data", "/settings/audit"),
)
TIMES = """
async () => {
  const paints = () => performance.getEntriesByName("first-contentful-paint");
  const late = performance.now() + 2000;
  while (!paints().length && performance.now() < late) await new Promise(requestAnimationFrame);
  const [page] = performance.getEntriesByType("navigation");
  const [paint] = paints();
  const parts = [page, ...performance.getEntriesByType("resource")];
  return [paint ? paint.startTime : 0, page.responseEnd - page.requestStart,
    parts.reduce((sum, one) => sum + one.encodedBodySize, 0), parts.length];
}
"""


class Opened(msgspec.Struct, frozen=True):
    """One opening of a page: milliseconds to the first paint and to its last byte, and bytes."""

    painted_ms: float
    answered_ms: float
    sent_bytes: int
    requests: int


def opened(page: Page, path: str) -> Opened:
    """Open a page and read what the browser measured."""
    page.goto(path, wait_until="load", timeout=1000 * PATIENCE_S)
    painted, answered, sent, requests = page.evaluate(TIMES)
    return Opened(painted, answered, int(sent), int(requests))


def tell(page: Page, path: str) -> None:
    """Open a page cold, until its figures are there, and warm; print one line."""
    begun = time.perf_counter()
    first = opened(page, path)
    # It opens itself again and again until all its figures are there.
    page.locator(REFRESH).wait_for(state="detached", timeout=1000 * PATIENCE_S)
    ready_s = time.perf_counter() - begun
    warm = [opened(page, path) for _ in range(REPEATS)]
    painted = statistics.median(one.painted_ms for one in warm)
    answered = statistics.median(one.answered_ms for one in warm)
    print(
        f"{path[:34]:34} {first.painted_ms:9.0f} {painted:9.0f} {answered:9.0f}"
        f" {ready_s:9.1f} {warm[-1].sent_bytes:9,} {warm[-1].requests:4}",
        flush=True,
    )


def detail_paths(page: Page) -> list[str]:
    """Find a person and an account that are listed."""
    page.goto("/profiles")
    links = re.findall(r'href="(/(?:people|accounts)/[^"]+)"', page.content())
    kinds = {link.split("/")[1]: link for link in reversed(links)}
    return sorted(kinds.values())


def sign_in(browser: Browser, address: str, password: str) -> Page:
    """Open a window that is signed in."""
    page = browser.new_context(base_url=address).new_page()
    page.goto(f"/sign-in?next={quote('/settings')}")
    page.locator("#name").fill("admin")
    page.locator("#password").fill(password)
    page.locator("main form button").first.click()
    page.wait_for_url("**/settings")
    return page


def measure(root: Path, paths: Sequence[str] = ()) -> None:
    """Serve a folder and open its pages, or only some paths."""
    path = next((found for name in CANDIDATES if (found := shutil.which(name))), None)
    if path is None:
        raise SystemExit(f"no Chromium: looked for {', '.join(CANDIDATES)}")
    # Without a sandbox only for root, where Chromium refuses to start with one.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with serving(product(root)) as server, sync_playwright() as playwright:
        password = str(ask("password", "--data", str(root))["password"])
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        page = sign_in(browser, f"http://127.0.0.1:{server.port}", password)
        print(f"{'page':34} {'cold ms':>9} {'paint ms':>9} {'answer ms':>9}", end="")
        print(f" {'ready s':>9} {'bytes':>9} {'req':>4}")
        for one in paths or (*PATHS, *detail_paths(page)):
            tell(page, one)
        browser.close()


def main() -> None:
    """Fill a folder where there is none, serve it, and open its pages."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path, help="keep the folder here; one that is there is used")
    parser.add_argument("--only", nargs="+", default=[], metavar="PATH", help="only these pages")
    chosen = parser.parse_args()
    with contextlib.ExitStack() as stack:
        root = chosen.data or Path(stack.enter_context(_made()))
        if not (root / "log").exists():
            fill(root, chosen.persons, weighed=False)
        measure(root, chosen.only)


@contextlib.contextmanager
def _made() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        yield folder


if __name__ == "__main__":
    main()
