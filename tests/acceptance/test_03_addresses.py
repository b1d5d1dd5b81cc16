"""Check 3: an address is the same view for whoever opens it; Back and Forward restore it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

from tests.acceptance.addresses import addresses_of, routes
from tests.acceptance.looking import Looker, View
from tests.acceptance.reading import Document, controls_of
from tests.web.serving import Running, settled
from wegweiser.web.pages.frame.family import Page

pytestmark = pytest.mark.browser
WIDE = View("en", "light", 1360)
# Each word of an address with a value that is not the usual one.
ASKED = {"period": "7d", "compare": "year", "page": "1", "of": "account"}
CONTROLLED = [page for page in routes() if set(page.words) & {"period", "compare"} or page.filters]
STATE = """
() => [...document.querySelectorAll("main select, main input:not([type=hidden]), main .chip")]
  .filter((one) => one.checkVisibility())
  .map((one) => `${one.id}=${one.value ?? one.textContent}`)
"""


def asking(page: Page) -> str:
    """Write the words of an address that a page knows, none of them as usual."""
    words = {name: value for name, value in ASKED.items() if name in page.words}
    if page.filters:
        words["filter"] = f"{page.filters[0][0]}:nobody"
    return "&".join(f"{name}={value}" for name, value in words.items())


def _id(page: Page) -> str:
    return page.path


@pytest.mark.parametrize("page", CONTROLLED, ids=_id)
def test_03_somebody_else_sees_the_same_under_the_same_address(
    furnished: Running, page: Page
) -> None:
    address = f"{addresses_of(furnished, page.path)[0]}?{asking(page)}"
    views = [
        next(Document(settled(client, address)).root.all("main"))
        for client in (furnished.client, furnished.sign_in())
    ]
    first, second = (one.text for one in views)
    assert first == second
    chosen = {one.field: one.value() for one in controls_of(views[0], views[0])}
    for name in {"period", "compare"} & set(page.words):
        assert chosen[name] == ASKED[name]
    chips = [one.text for one in views[0].all("span") if one["class"] == "chip"]
    assert [one for one in chips if "nobody" in one] if page.filters else not chips


# The words are read and written by the frame, in the same way on every page; the others are
# looked at by the sweep.
EACH_TIME = ("/", "/journeys", "/messages")
RESTORED = [
    pytest.param(page, marks=() if page.path in EACH_TIME else pytest.mark.sweep, id=page.path)
    for page in CONTROLLED
]


@pytest.fixture(scope="module")
def looker(browser: Browser, furnished: Running) -> Iterator[Looker]:
    made = Looker(browser, furnished)
    yield made
    made.close()


def shown(tab: Tab) -> tuple[str, list[str]]:
    """Give what a page shows: its words, and what its controls say."""
    tab.wait_for_load_state()
    return tab.locator("main").inner_text(), tab.evaluate(STATE)


@pytest.mark.parametrize("page", RESTORED)
def test_03_back_and_forward_restore_view_and_controls(
    furnished: Running, looker: Looker, page: Page
) -> None:
    usual = addresses_of(furnished, page.path)[0]
    tab, seen = looker.page, []
    for address in (usual, f"{usual}?{asking(page)}"):
        looker.open(address, WIDE)
        seen.append(shown(tab))
    assert seen[0][1] != seen[1][1]
    tab.go_back()
    assert shown(tab) == seen[0]
    tab.go_forward()
    assert shown(tab) == seen[1]
