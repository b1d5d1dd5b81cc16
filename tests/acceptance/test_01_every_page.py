"""Checks 1, 17 and 18: every page in both languages and themes, from 1360 to 320 px, by rules.

An ordinary run looks at each page once, in views that come in turn; `make looks` looks at every
page in every view, for the owner and for those who see less. WEGWEISER_LOOKS names a folder that
keeps a picture of each.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.acceptance.addresses import ASKING, addresses_for, addresses_of, routes
from tests.acceptance.looking import (
    ENDS,
    LANGUAGES,
    VIEWS,
    Looker,
    View,
    each_fault,
    each_fault_once,
    in_turn,
    view_in_turn,
)
from tests.web.roles import browser_of
from tests.web.serving import Running
from wegweiser.web.pages.frame.family import Page

pytestmark = pytest.mark.browser
ROUTES = [page.path for page in routes()]
KEPT = os.environ.get("WEGWEISER_LOOKS", "")
# All, without names, only the own accounts, nothing but counts: what differs between roles.
LOOKING = ("owner", "marketer", "sales", "viewer")


@pytest.fixture(scope="module")
def looker(browser: Browser, furnished: Running) -> Iterator[Looker]:
    made = Looker(browser, furnished)
    yield made
    made.close()


def faults_at(looker: Looker, route: str, address: str, view: View) -> list[str]:
    seen = looker.look(address, view, answer=route not in ASKING)
    weight = sum(seen.sent.values())
    print(
        f"{address[:50]:50} {view!s:15} {weight:7,} bytes {len(seen.sent)} requests"
        f" {seen.waited_ms:5.0f} ms answer {seen.painted_ms:5.0f} ms paint"
    )
    if KEPT:
        looker.keep(Path(KEPT), address, view)
    found = [*each_fault(address, view, seen)]
    for one in found:
        print(f"  !! {one}")
    return found


@pytest.mark.parametrize("route", ROUTES)
def test_01_page(furnished: Running, looker: Looker, route: str) -> None:
    first, found = ROUTES.index(route), []
    for number, address in enumerate(addresses_of(furnished, route)):
        found += faults_at(looker, route, address, view_in_turn(first + 3 * number))
    assert found == []


def faults_in(looker: Looker, page: Page, address: str, views: list[View]) -> list[str]:
    """Load an address once, and look at it in every theme and width of a language."""
    status = looker.open(address, views[0])
    # Which persons, accounts and works of others somebody may see is not said by the route.
    expected = (200,) if looker.name == "owner" else (200, 403, 404)
    found: dict[str, list[View]] = {} if status in expected else {f"answered {status}": views}
    looker.forgive(status)
    for view in views:
        looker.turn(view)
        for fault in looker.faults(view, status == 200 and page.path not in ASKING):
            found.setdefault(fault, []).append(view)
        if KEPT:
            looker.keep(Path(KEPT) / looker.name, address, view)
    return [*each_fault_once(address, found)]


@pytest.mark.sweep
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", LOOKING)
def test_01_every_page_in_every_view(
    browser: Browser, furnished: Running, role: str, language: str
) -> None:
    client = None if role == "owner" else browser_of(furnished, role)
    looker = Looker(browser, furnished, client, role)
    shown = [view for view in (VIEWS if role == "owner" else ENDS) if view.language == language]
    faults = []
    for number, (page, address) in enumerate(addresses_for(furnished, role)):
        began = time.monotonic()
        found = faults_in(looker, page, address, in_turn(shown, number))
        print(f"{role} {language} {time.monotonic() - began:5.1f} s {address[:70]}", flush=True)
        for one in found:
            print(f"  !! {one}", flush=True)
        faults += found
    looker.close()
    assert faults == [], "\n".join(faults)
