"""Checks 1, 17 and 18: every page in both languages and themes, from 1360 to 320 px, by rules.

An ordinary run looks at each page once, in views that come in turn; `make looks` looks at every
page in every view. WEGWEISER_LOOKS names a folder that keeps a picture of each.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.acceptance.addresses import ASKING, addresses_of, all_addresses, routes
from tests.acceptance.looking import VIEWS, Looker, View, each_fault, view_in_turn
from tests.web.serving import Running

pytestmark = pytest.mark.browser
ROUTES = [page.path for page in routes()]
KEPT = os.environ.get("WEGWEISER_LOOKS", "")


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


@pytest.mark.sweep
@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_01_every_page_in_every_view(furnished: Running, looker: Looker, view: View) -> None:
    found = [
        fault
        for page, address in all_addresses(furnished, whole=True)
        for fault in faults_at(looker, page.path, address, view)
    ]
    assert found == [], "\n".join(found)
