"""Check 21 and issue 8: no hostile text runs on any page, and no file of ours begins a formula."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Dialog

from tests.acceptance.addresses import ASKING, addresses_of, furnish, routes
from tests.acceptance.looking import Looker, View
from tests.acceptance.polluted import PERSON, pollute
from tests.browser.tagged import own_site
from tests.web.serving import Running

pytestmark = pytest.mark.browser
WIDE = View("en", "light", 1360)
CALLED = "window.pwned = (...told) => console.error(`pwned ${told}`)"
ROUTES = [
    page.path
    for page in routes()
    if page.path not in ASKING and not page.path.startswith("/story/")
]
# What a spreadsheet takes for a formula.
BEGINS = ("=", "+", "-", "@", "\t", "\r")
FILES = (
    *(f"/measure/one/web.pages/file.{form}" for form in ("csv", "german.csv")),
    *(f"/measure/one/web.searches/file.{form}" for form in ("csv", "german.csv")),
    "/settings/audit?form=csv",
    "/settings/audit?form=csv-de",
    "/decisions?form=csv",
)


@pytest.fixture(scope="module")
def polluted(chromium: str, shared_data: Callable[[str], Path]) -> Iterator[Running]:
    """A server that holds every hostile text."""
    folder = shared_data("hostile")
    server = Running(own_site)
    furnish(server)
    pollute(server, folder)
    yield server
    server.close()


@pytest.fixture(scope="module")
def looker(browser: Browser, polluted: Running) -> Iterator[Looker]:
    made = Looker(browser, polluted)
    made.context.add_init_script(CALLED)
    made.page.on("dialog", lambda dialog: _refuse(made, dialog))
    yield made
    made.close()


def _refuse(looker: Looker, dialog: Dialog) -> None:
    looker.complain(f"dialog: {dialog.message}")
    dialog.dismiss()


def hostile_addresses(server: Running, route: str) -> list[str]:
    """Give the addresses of a route that show hostile texts, and those that always stand for it."""
    if route == "/accounts/{group_id:path}":
        accounts = server.site.unifier.directory.accounts()
        return [f"/accounts/{quote(one, safe='')}" for one in accounts]
    found = addresses_of(server, route)
    person = server.site.views.find_person(f"user_id:{PERSON}")
    return {
        "/people/{person_id}": [f"/people/{person}"],
        "/people/{person_id}/identity": [f"/people/{person}/identity"],
        "/messages/{key}": ["/messages/hostile"],
        "/messages/{key}/edit": ["/messages/hostile/edit"],
        "/segments/{key}": ["/segments/hostile"],
        "/data/tag": ["/data/tag?source=website"],
        "/measure/{tab}": ["/measure/web"],
        "/measure/one/{name}": [f"/measure/one/web.{name}" for name in ("pages", "searches")],
    }.get(route, found)


@pytest.mark.parametrize("route", ROUTES)
def test_21_no_page_runs_what_others_wrote(polluted: Running, looker: Looker, route: str) -> None:
    for address in hostile_addresses(polluted, route):
        looker.open(address, WIDE)
        assert looker.page.evaluate("window.pwned !== undefined")
        assert looker.complaints == [], address


@pytest.mark.parametrize("path", FILES)
def test_21_no_cell_of_a_file_is_a_formula(polluted: Running, path: str) -> None:
    answer = polluted.client.get(path)
    assert answer.status_code == 200
    sign = ";" if "german" in path or "csv-de" in path else ","
    rows = [*csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=sign)]
    assert rows
    for row in rows:
        for cell in row:
            assert not cell.startswith(BEGINS) or _is_number(cell), cell


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True
