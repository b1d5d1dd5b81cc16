"""A real browser that opens pages in every language, theme and width, and says what is wrong."""

import gzip
import re
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Literal

import httpx
import msgspec
from playwright.sync_api import Browser, BrowserContext, Page, Request

from tests.web.serving import Running, settled

HERE = Path(__file__).parent
RULES = "".join((HERE / name).read_text(encoding="utf-8") for name in ("colours.js", "rules.js"))
LOOK = f"(given) => {{ {RULES} return look(given); }}"
# 680 px is a window of 1360 px at 200 %.
WIDTHS = (1360, 900, 680, 390, 320)
LANGUAGES = ("en", "de")
THEMES = ("light", "dark")
# Words that a page in the other language never holds by accident.
FOREIGN = {
    "de": r"\b(the|with|from|people|seen|before|your|you|this|that|which|when|nothing|has|have"
    r"|been|were|every|without|show|last)\b",
    "en": r"\b(und|der|das|nicht|wird|wurde|keine?|mit|für|von|Ihre?|Sie|oder|ist|sind)\b",
}
TIMES = """
async () => {
  const paints = () => performance.getEntriesByName("first-contentful-paint");
  const late = performance.now() + 2000;
  while (!paints().length && performance.now() < late) await new Promise(requestAnimationFrame);
  const [page] = performance.getEntriesByType("navigation");
  const [paint] = paints();
  const parts = [page, ...performance.getEntriesByType("resource")];
  return {
    sent: parts.map((one) => [new URL(one.name).pathname, one.encodedBodySize]),
    waited: page.responseStart - page.requestStart, painted: paint ? paint.startTime : 0,
  };
}
"""


class View(msgspec.Struct, frozen=True):
    """How a page is looked at."""

    language: Literal["en", "de"]
    theme: Literal["light", "dark"]
    width: int

    def __str__(self) -> str:
        return f"{self.language}-{self.theme}-{self.width}"


VIEWS = tuple(View(*one) for one in product(LANGUAGES, THEMES, WIDTHS))
# A desk and a phone, for those who see less than an owner: the other widths share their rules.
ENDS = tuple(view for view in VIEWS if view.width in (1360, 390))


def view_in_turn(number: int) -> View:
    """Give each page another view, so that all of them come in turn.

    >>> len({view_in_turn(number) for number in range(20)})
    20
    """
    return VIEWS[number * 7 % len(VIEWS)]


class Seen(msgspec.Struct, frozen=True):
    """What a look at one page gave: faults, bytes by path, and milliseconds."""

    faults: list[str]
    sent: dict[str, int]
    waited_ms: float
    painted_ms: float


class Looker:
    """One browser window for all pages of a server; notes complaints and foreign requests.

    `client` is signed in as the one who looks; without it the owner does.
    """

    def __init__(
        self,
        browser: Browser,
        running: Running,
        client: httpx.Client | None = None,
        name: str = "owner",
    ):
        self.name = name
        self._running = running
        self._client = client or running.client
        self.context: BrowserContext = browser.new_context(base_url=running.address)
        token = self._client.cookies["wegweiser"]
        cookie = {"name": "wegweiser", "value": token, "url": running.address}
        self.context.add_cookies([cookie])  # type: ignore[list-item]
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda told: self._note(told.type, told.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._foreign)

    def complain(self, words: str) -> None:
        """Note what a page should not do."""
        self.complaints.append(words)

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(f"console: {text}")

    def _foreign(self, asked: Request) -> None:
        if not asked.url.startswith((self._running.address, "data:", "about:", "blob:")):
            self.complaints.append(f"foreign request: {asked.url}")

    def open(self, address: str, view: View) -> int:
        """Open an address once its figures and drawings are ready; give the status."""
        words = f"{address}{'&' if '?' in address else '?'}lang={view.language}"
        if "/welcome/" not in address:
            # A page that leads on is ready when that one is to which it leads.
            led = self._client.get(words).headers.get("location", "")
            settled(self._client, led if led.startswith("/") else words)
        # Where a page leads on, the word of the address is lost.
        spoken = {"name": "language", "value": view.language, "url": self._running.address}
        self.context.add_cookies([spoken])  # type: ignore[list-item]
        self.turn(view)
        self.complaints.clear()
        answer = self.page.goto(words, wait_until="load")
        return answer.status if answer else 0

    def turn(self, view: View) -> None:
        """Show what is open in the theme and width of a view."""
        self.page.emulate_media(color_scheme=view.theme)
        self.page.set_viewport_size({"width": view.width, "height": 900})

    def faults(self, view: View, answer: bool = True) -> list[str]:
        """Say what is wrong with what is open; `answer`: it must hold one."""
        given = {"language": view.language, "foreign": FOREIGN[view.language], "answer": answer}
        found: list[str] = self.page.evaluate(LOOK, given)
        told = [*found, *self.complaints]
        self.complaints.clear()
        return told

    def forgive(self, status: int) -> None:
        """Leave out that the browser complains of a status that is expected."""
        self.complaints = [one for one in self.complaints if f"a status of {status}" not in one]

    def look(self, address: str, view: View, answer: bool = True) -> Seen:
        """Open an address and say what is wrong with it; `answer`: it must hold one."""
        status = self.open(address, view)
        faults = self.faults(view, answer)
        if status != 200:
            faults.append(f"answered {status}")
        told = self.page.evaluate(TIMES)
        sent = {path: int(size) for path, size in told["sent"] if not path.endswith("/stream")}
        return Seen(faults, sent, float(told["waited"]), float(told["painted"]))

    def keep(self, folder: Path, address: str, view: View) -> None:
        """Keep a picture of what is open."""
        folder.mkdir(parents=True, exist_ok=True)
        named = re.sub(r"(?<=/welcome/).*", "", address)
        name = re.sub(r"[^a-zA-Z0-9]+", "-", named).strip("-")[:60] or "today"
        # Hiding the caret would write styles into the fields that are looked at next.
        path = folder / f"{name}-{view}.jpg"
        self.page.screenshot(path=path, type="jpeg", quality=85, full_page=True, caret="initial")

    def close(self) -> None:
        """Close the window."""
        self.context.close()


def compressed(text: str | bytes) -> int:
    """Give the bytes of something once a server or what stands before it has compressed it."""
    return len(gzip.compress(text.encode() if isinstance(text, str) else text, 6))


def each_fault(address: str, view: View, seen: Seen) -> Iterator[str]:
    """Give the faults in one line each, with where they were seen."""
    for one in seen.faults:
        yield f"{address} ({view}): {one}"


def in_turn(views: Sequence[View], number: int) -> list[View]:
    """Begin with another view for each page, so that all are once the one that is loaded.

    >>> [str(view) for view in in_turn(VIEWS[:3], 1)]
    ['en-light-900', 'en-light-680', 'en-light-1360']
    """
    first = number % len(views)
    return [*views[first:], *views[:first]]


def each_fault_once(address: str, found: dict[str, list[View]]) -> Iterator[str]:
    """Give the faults in one line each, with the views in which they were seen.

    >>> [*each_fault_once("/", {"no main": [VIEWS[0], VIEWS[1]]})]
    ['/: no main (en-light-1360 and 1 more)']
    """
    for fault, views in found.items():
        more = f" and {len(views) - 1} more" if views[1:] else ""
        yield f"{address}: {fault} ({views[0]}{more})"
