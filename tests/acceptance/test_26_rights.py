"""Check 26: who has no right sees no entry, no page, no file, no stream, no figure and no mail."""

import httpx
import pytest

from tests.acceptance.addresses import NO_PAGES, addresses_of
from tests.acceptance.reading import Document
from tests.web.roles import browser_of
from tests.web.serving import Running
from wegweiser.terms.role import ROLES, may
from wegweiser.web.pages.families import FAMILIES

PAGES = [page for family in FAMILIES for page in family.pages if page.right is not None]
DATA = "u-hostile"


def begun(client: httpx.Client, address: str) -> tuple[int, str]:
    """Ask for an address; of a stream how it begins is enough."""
    with client.stream("GET", address) as answer:
        return answer.status_code, "" if answer.status_code == 200 else answer.read().decode()


@pytest.mark.parametrize("role", ROLES)
def test_26_who_has_no_right_gets_no_page_file_or_stream(furnished: Running, role: str) -> None:
    client = browser_of(furnished, role)
    closed = [page for page in PAGES if page.right and not may(role, page.right)]
    for page in closed:
        if "GET" not in page.methods or page.path == "/":
            continue
        example = page.path in NO_PAGES or "{token}" in page.path
        address = page.path if example else addresses_of(furnished, page.path)[0]
        status, told = begun(
            client, address.replace("{name}", "web.visits").replace("{form}", "csv")
        )
        assert status == 403, f"{role} {address}"
        assert DATA not in told


@pytest.mark.parametrize("role", ROLES)
def test_26_the_menu_holds_what_a_role_may_open(furnished: Running, role: str) -> None:
    root = Document(browser_of(furnished, role).get("/settings").text).root
    listed = {one["href"] for one in root.all("a") if one["data-go"]}
    for family in FAMILIES:
        if family.entry is not None:
            page = family.first_page(role)
            assert (family.entry.path in listed) == (page is not None), family.entry.path
