"""No hostile text runs in any page of the interface, and no page breaks its own policy."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Visit
from tests.web.serving import Running, empty_site, settled
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.site import Site

pytestmark = pytest.mark.browser
MOST_PAGES = 40
CALLED = "window.pwned = (...told) => console.error(`pwned ${told}`)"


def elements(folder: Path) -> list[JsonObject]:
    """Read what is accepted of the hostile lines, and the same texts as traits."""
    lines = [json.loads(line) for line in (folder / "events.jsonl").read_text("utf-8").splitlines()]
    found = [
        line["body"] | {"type": line["path"].rpartition("/")[2]}
        for line in lines
        if line["encoding"] == "json" and line["expect"] == "accept" and "batch" not in line["path"]
    ]
    texts = [
        str(one["properties"]["v"]) for one in found if str(one.get("event")).startswith("XSS")
    ]
    assert len(texts) > 5
    traits = {f"trait {number} {text}": text for number, text in enumerate(texts)}
    told = {"type": "identify", "userId": "h-user-1", "traits": traits | {"name": texts[0]}}
    groups = [
        {"type": "group", "userId": "h-user-1", "groupId": text, "traits": {"name": text}}
        for text in texts
    ]
    return [*found, told, *groups]


@pytest.fixture(scope="module")
def polluted(chromium: str, shared_data: Callable[[str], Path]) -> Iterator[tuple[Running, str]]:
    """A server that holds the hostile lines, and the id of the person they speak of."""
    folder = shared_data("hostile")

    async def site() -> Site:
        made = await empty_site()
        await made.loader.take("hostile", elements(folder))
        await made.intake.checkpoint()
        return made

    server = Running(site)
    settled(server.client, "/")
    person_id = server.site.views.find_person("user_id:h-user-1")
    assert person_id is not None
    yield server, person_id
    server.close()


def test_no_page_runs_what_senders_wrote(browser: Browser, polluted: tuple[Running, str]) -> None:
    server, person_id = polluted
    context = browser.new_context(base_url=server.address)
    context.add_init_script(CALLED)
    token = server.client.cookies["wegweiser"]
    context.add_cookies([{"name": "wegweiser", "value": token, "url": server.address}])
    visit = Visit(context, server.address)
    accounts = [f"/accounts/{quote(one)}" for one in server.site.unifier.directory.accounts()]
    assert len(accounts) >= 5
    rooms = ("", "/live", "/quarantine", "/schema", "/identity", "/tag?source=hostile")
    data = [f"/data{room}" for room in rooms]
    begin = ["/profiles", f"/people/{quote(person_id)}", *data, *accounts, "/"]
    assert set(begin) <= visited(visit, server.address, begin)
    assert visit.complaints == []
    context.close()


def visited(visit: Visit, address: str, begin: list[str]) -> set[str]:
    """Open pages and whatever they link to, up to a number; give the paths that were opened."""
    waiting, seen = list(begin), set(begin)
    opened: set[str] = set()
    while waiting and len(opened) < MOST_PAGES:
        path = waiting.pop(0)
        answer = visit.page.goto(path)
        assert answer is not None
        assert answer.status < 500, path
        opened.add(path)
        for link in visit.page.locator("a[href]").all():
            target = urlsplit(urljoin(visit.page.url, link.get_attribute("href") or ""))
            found = target.path + (f"?{target.query}" if target.query else "")
            if f"{target.scheme}://{target.netloc}" == address and found not in seen:
                seen.add(found)
                waiting.append(found)
    return opened
