"""Every page that can be opened, taken from the families, with addresses that show something.

A route with a place holder must say here which addresses stand for it, so that a new page cannot
be forgotten.
"""

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

import httpx

from tests.web.serving import Running, settled
from wegweiser.measure.registry import MEASURES
from wegweiser.terms.decision import Decision
from wegweiser.terms.role import may
from wegweiser.web.pages.families import FAMILIES
from wegweiser.web.pages.frame.family import Page
from wegweiser.web.pages.measure.tabs import TABS

# What answers with no page: streams, files, and what only leads on.
NO_PAGES = {
    "/data/stream": "a stream",
    "/decisions/stream": "a stream",
    "/progress/{work_id}/stream": "a stream",
    "/measure/one/{name}/file.{form}": "a file",
    "/settings/requests/{request_id}.json": "a file",
    "/sign-in/openid": "leads on to somebody else's sign-in",
    "/sign-in/openid/back": "leads on to where somebody wanted to go",
    "/sign-out/openid": "leads on to the sign-in page, where somebody came out",
}
# Nobody needs to be signed in for these, and they ask instead of answering.
ASKING = ("/sign-in", "/welcome/{token}")
HOSTILE = "user_id:u-hostile"
SOURCE, SEGMENT = "acceptance", "team"
SEGMENTS = """
{kind: segment, key: team, name: In a team, when: 'person.traits.plan == "team"'}
---
{kind: segment, key: busy, name: Busy, when: 'person.engagement >= 0.1'}
"""
FEW_MEASURES = ("web.visits", "rfm.groups", "lift.arms", "decisions.dropoff")
Find = Callable[[Running], list[str]]


def routes() -> list[Page]:
    """List the routes that answer a page."""
    pages = [page for family in FAMILIES for page in family.pages if "GET" in page.methods]
    return [page for page in pages if page.path not in NO_PAGES]


def addresses_of(running: Running, route: str, whole: bool = False) -> list[str]:
    """Give the addresses that stand for a route; `whole`: every measure as well."""
    if route == "/measure/one/{name}" and whole:
        return [f"/measure/one/{name}" for name in MEASURES]
    if "{" not in route:
        return ADDRESSES.get(route, lambda running: [route])(running)
    if route not in ADDRESSES:
        raise AssertionError(f"{route}: say in ADDRESSES which addresses stand for it")
    found = ADDRESSES[route](running)
    assert found, f"nothing in this world stands for {route}"
    return found


def furnish(running: Running) -> None:
    """Add what detail pages need: somebody unknown, a quarantined event, a request, a report."""
    running.wait(running.site.applier.apply([("segments.yaml", SEGMENTS)]))
    keys = running.site.callers.create(SOURCE)
    context = {"page": {"url": "https://www.example.com/pricing"}}
    bad = {"type": "track", "userId": "u-1", "messageId": "acceptance-1", "event": 7}
    unknown = {"type": "page", "anonymousId": "acceptance-anonymous", "context": context}
    sent = httpx.post(
        f"{running.address}/v1/batch",
        auth=(keys.secret_key, ""),
        json={"batch": [bad, unknown]},
    )
    assert sent.status_code == 200, sent.text
    client = running.client
    found = re.search(
        r'name="code" value="(\w+)"><input type="hidden" name="source" value="([^"]+)"',
        client.get("/data/quarantine").text,
    )
    assert found is not None
    form = {"code": found[1], "source": found[2]}
    settled(client, client.post("/data/quarantine", data=form).headers["location"])
    begun = client.post("/simulate?period=90d", data={"metric": "engaged"})
    settled(client, begun.headers["location"])


def give_owner(running: Running, owner: str) -> None:
    """Let the account of somebody who was told something name its owner."""
    person = running.site.views.person(_decided(running)[0])
    user = next(one.value for one in person.identifiers if one.type == "user_id")
    group = person.accounts[0].group_id
    said = {"type": "group", "userId": user, "groupId": group, "traits": {"owner": owner}}
    key = running.site.callers.create("crm").secret_key
    sent = httpx.post(f"{running.address}/v1/batch", auth=(key, ""), json={"batch": [said]})
    assert sent.status_code == 200, sent.text


def _persons(running: Running) -> list[str]:
    views = running.site.views
    hostile = views.find_person(HOSTILE)
    unknown = views.find_person("anonymous_id:acceptance-anonymous")
    found = [_decided(running)[0], *(one for one in (hostile, unknown) if one)]
    return [f"/people/{one}" for one in found]


def _decided(running: Running) -> tuple[str, Decision]:
    for person in running.site.views.recent_persons(limit=500):
        for decision in running.site.views.decisions(person.person_id):
            if decision.items:
                return person.person_id, decision
    raise AssertionError("nobody in this world was told anything")


def _accounts(running: Running) -> list[str]:
    person = running.site.views.person(_decided(running)[0])
    return [f"/accounts/{quote(person.accounts[0].group_id)}", "/accounts/a%2Fb%3Fc"]


def _message(running: Running) -> str:
    return f"/messages/{quote(running.site.unifier.policies.bundle.messages[0].key)}"


def _quarantined(running: Running) -> list[str]:
    page = running.client.get("/data/quarantine").text
    return re.findall(r'href="(/data/quarantine/(?!attempts)[^"]+)"', page)[:1]


def _uploaded(running: Running) -> list[str]:
    """Send a file as the admin, whose page it then is."""
    files = {"file": ("kontakte.csv", b"email,Ort\nada@example.com,Ulm\n")}
    return [running.client.post("/data/upload", files=files).headers["location"]]


def _welcome(running: Running) -> list[str]:
    people = running.site.people
    if people.find("acceptance") is None:
        people.add("acceptance", "viewer", "acceptance@example.com")
    return [f"/welcome/{people.invite('acceptance')}"]


ADDRESSES: dict[str, Find] = {
    "/people/{person_id}": _persons,
    "/people/{person_id}/identity": lambda running: [f"{_persons(running)[0]}/identity"],
    "/accounts/{group_id:path}": _accounts,
    "/segments/{key}": lambda running: [f"/segments/{SEGMENT}"],
    "/messages/{key}": lambda running: [_message(running)],
    "/messages/{key}/edit": lambda running: [f"{_message(running)}/edit"],
    "/decisions/{decision_id}": lambda running: [f"/decisions/{_decided(running)[1].decision_id}"],
    "/measure/{tab}": lambda running: [tab.path for tab in TABS],
    "/measure/one/{name}": lambda running: [f"/measure/one/{name}" for name in FEW_MEASURES],
    "/data/quarantine/{quarantine_id}": _quarantined,
    "/progress/{work_id}": lambda running: [
        f"/progress/{work.work_id}" for work in running.site.works.all()
    ],
    "/simulate/{work_id}": lambda running: [
        f"/simulate/{work.work_id}"
        for work in running.site.works.all()
        if work.kind == "simulation"
    ],
    "/data/upload/{upload_id}": _uploaded,
    "/data/tag": lambda running: ["/data/tag", f"/data/tag?source={SOURCE}"],
    "/journeys/moved": lambda running: [
        "/journeys/moved",
        "/journeys/moved?from=explore&to=evaluate",
    ],
    "/story/{number}": lambda running: [f"/story/{number}" for number in range(1, 6)],
    "/welcome/{token}": _welcome,
}


def addresses_for(running: Running, role: str) -> Iterator[tuple[Page, str]]:
    """Give what a role may open, each route with its addresses; an owner gets all measures."""
    for page in routes():
        if page.right is None or may(role, page.right):
            for address in addresses_of(running, page.path, whole=role == "owner"):
                yield page, address
