"""Every page with every role: who may have it gets it, everybody else a sentence and a 403.

The routes come from the families of pages, so that a new one fails here until it is said whom
it lets in.
"""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.web.roles import browser_of
from tests.web.serving import Running, empty_site
from wegweiser.terms.role import RIGHTS, ROLES, holders_of, may
from wegweiser.web.pages.families import FAMILIES
from wegweiser.web.pages.frame.family import Page

EVERYBODY = frozenset(ROLES)
STRONG = frozenset(("owner", "admin"))
FIGURES = STRONG | {"marketer", "analyst", "viewer"}
PROFILES = STRONG | {"marketer", "support", "privacy", "sales"}
PRIVACY = STRONG | {"privacy"}
DEFINING = STRONG | {"marketer"}
# Whom a path lets in, by the way it begins; the first that fits counts. A form that needs more
# than its page stands with POST.
TABLE: tuple[tuple[str, frozenset[str]], ...] = (
    *((f"{way}/people/{{person_id}}/identity", STRONG) for way in ("POST ", "")),
    ("POST /people/", PROFILES),
    ("POST /accounts/", STRONG | {"sales"}),
    *((f"POST /{done}", STRONG | {"sales"}) for done in ("conversations", "next-steps")),
    ("POST /settings/reports", STRONG),
    ("POST /settings/consent/claims", STRONG),
    *((f"{way}/data/upload", DEFINING) for way in ("POST ", "")),
    ("POST /data", STRONG),
    ("POST /progress/", EVERYBODY),
    ("POST /progress", STRONG),
    ("POST /segments/file", PRIVACY),
    *((f"POST /segments/{done}", DEFINING) for done in ("save", "remove")),
    *((path, DEFINING) for path in ("/journeys/moved", "/journeys/segment", "/story/")),
    ("/journeys", FIGURES),
    *((f"/data/{room}", STRONG) for room in ("live", "quarantine", "tag", "start", "stream")),
    ("/data", FIGURES),
    ("POST /measure/", STRONG | {"marketer"}),
    ("/measure/one/{name}/file", STRONG | {"marketer", "analyst"}),
    ("/measure", FIGURES),
    *((path, FIGURES) for path in ("/decisions/portfolio", "/calendar")),
    *((path, PROFILES) for path in ("/profiles", "/people/", "/accounts/", "/decisions/{")),
    ("/suggestions", STRONG),
    ("/segments", FIGURES),
    ("/decisions", FIGURES),
    *((path, DEFINING) for path in ("/messages/new", "/messages/{key}/", "/simulate")),
    *((path, FIGURES) for path in ("/messages", "/policies")),
    *((f"/settings/{room}", STRONG) for room in ("people", "keys", "company", "channels", "demo")),
    *((f"/settings/{room}", PRIVACY) for room in ("consent", "requests")),
    ("/settings/reports", FIGURES),
    ("/settings/stages", DEFINING),
    ("/settings/engines", STRONG),
    ("/settings/audit", STRONG | {"auditor"}),
    *((path, EVERYBODY) for path in ("/settings", "/settings/me", "/jump", "/filter", "/help")),
    *(
        (path, EVERYBODY)
        for path in ("/progress", "/patterns", "/sign-in", "/sign-out", "/welcome/", "/look")
    ),
)
OPEN = ("/sign-in", "/welcome/", "/look")
PAGES = [(method, page) for family in FAMILIES for page in family.pages for method in page.methods]


@pytest.fixture(scope="module")
def bare() -> Iterator[Running]:
    server = Running(empty_site)
    yield server
    server.close()


def let_in(method: str, path: str) -> frozenset[str]:
    if path == "/":
        return FIGURES
    for start, roles in TABLE:
        if start.startswith("POST ") and method == "POST" and f"POST {path}".startswith(start):
            return roles
        if path.startswith(start):
            return roles
    raise AssertionError(f"{method} {path}: say in TABLE which roles it lets in")


def asked(client: httpx.Client, method: str, page: Page) -> httpx.Response:
    path = re.sub(r"\{[^}]*\}", "nobody", page.path)
    if path.endswith("/stream"):
        # It never ends by itself; how it begins is enough.
        with client.stream("GET", path) as answer:
            return answer
    return client.get(path) if method == "GET" else client.post(path, data={})


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_exactly_its_pages(bare: Running, role: str) -> None:
    client = browser_of(bare, role)
    for method, page in PAGES:
        if page.path == "/sign-out":
            continue
        answer = asked(client, method, page)
        allowed = role in let_in(method, page.path)
        if page.path == "/" and not allowed:
            assert answer.status_code == 303, role
        else:
            assert (answer.status_code != 403) == allowed, f"{role} {method} {page.path}"
        assert answer.status_code != 500, f"{role} {method} {page.path}"


def test_nobody_gets_in_without_signing_in(bare: Running) -> None:
    client = bare.visitor()
    for method, page in PAGES:
        if not page.path.startswith(OPEN):
            answer = asked(client, method, page)
            assert answer.status_code == 303, page.path
            assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_leads_nobody_to_a_closed_door(bare: Running, role: str) -> None:
    client = browser_of(bare, role)
    menu = re.findall(r'<a href="([^"]+)" data-go', client.get("/settings").text)
    assert "/settings" in menu
    for path in menu:
        assert client.get(path).status_code == 200, f"{role} {path}"
    rooms = re.findall(r'<th scope="row"><a href="([^"]+)"', client.get("/settings").text)
    assert rooms
    for path in rooms:
        assert client.get(path).status_code == 200, f"{role} {path}"


def test_a_closed_page_says_whom_to_ask(bare: Running) -> None:
    client = browser_of(bare, "viewer")
    page = client.get("/settings/people?lang=de")
    assert page.status_code == 403
    assert "Ihre Rolle (Nur lesen)" in page.text
    assert "admin" in page.text
    assert any(row.what == "page.refused" for row in bare.site.audit.rows())


def test_every_right_has_a_holder_and_owners_have_all() -> None:
    for right in RIGHTS:
        assert may("owner", right)
        assert holders_of(right)[0] == "owner"
        assert not may("", right)


def test_a_form_without_the_token_of_the_session_does_nothing(bare: Running) -> None:
    client = browser_of(bare, "owner")
    del client.headers["x-form-token"]
    refused = client.post("/settings/keys", data={"do": "source_create", "name": "website"})
    assert refused.status_code == 403
    assert bare.site.callers.named("website") is None
    other = bare.visitor()
    assert other.post("/settings/keys", data={}).status_code == 303


def test_a_marketer_sees_nobody_by_name(running: Running) -> None:
    client = browser_of(running, "marketer")
    person_id = running.site.views.find_person("user_id:u-hostile") or ""
    page = client.get(f"/people/{person_id}").text
    assert f"<h1>Person {person_id[-6:]}" in page
    assert "javascript:alert(1)" not in page
    assert "u-hostile" not in page
    assert "hidden" in page
    listed = client.get("/profiles").text
    for one in running.site.views.recent_persons(limit=5):
        assert f"Person {one.person_id[-6:]}" in listed
        assert all(known.value not in listed for known in one.identifiers if known.type == "email")


def test_an_analyst_gets_counts_instead_of_lists(running: Running) -> None:
    form = {"when": "person.engagement >= 0.0", "of": "person"}
    assert "/people/" in running.client.post("/segments", data=form).text
    tried = browser_of(running, "analyst").post("/segments", data=form).text
    assert 'id="found"' in tried
    assert "/people/" not in tried


def test_support_opens_one_person_for_a_reason(running: Running) -> None:
    client = browser_of(running, "support")
    assert "Recently active people" not in client.get("/profiles").text
    person_id = running.site.views.find_person("user_id:u-hostile")
    path = f"/people/{person_id}"
    closed = client.get(path)
    assert closed.status_code == 403
    assert "&lt;script" not in closed.text
    assert client.post(f"{path}/open", data={"reason": "x"}).status_code == 422
    reason = "Ticket 4711: asks about an invoice"
    assert client.post(f"{path}/open", data={"reason": reason}).status_code == 303
    assert client.get(path).status_code == 200
    rows = (row for row in running.site.audit.rows() if row.what == "person.read")
    row = next(row for row in rows if row.who == "support-1")
    assert (row.who, row.detail["reason"]) == ("support-1", reason)
    assert "u-hostile" not in row.about
    other = next(
        one.person_id
        for one in running.site.views.recent_persons(limit=5)
        if one.person_id != person_id
    )
    assert client.get(f"/people/{other}").status_code == 403


def test_sales_see_their_own_accounts_only(running: Running) -> None:
    now = running.site.clock.now_ms()
    elements: list[dict[str, object]] = [
        {
            "type": "group",
            "userId": "u-own",
            "groupId": "own-account",
            "timestamp": now,
            "traits": {"name": "Own Account", "owner": "Sales@example.com"},
        }
    ]
    running.wait(running.site.loader.take("crm", elements))
    client = browser_of(running, "sales", "sales@example.com")
    assert client.get("/accounts/own-account").status_code == 200
    assert client.get("/accounts/a%2Fb%3Fc").status_code == 403
    own = running.site.views.find_person("user_id:u-own")
    assert client.get(f"/people/{own}").status_code == 200
    stranger = running.site.views.find_person("user_id:u-hostile")
    refused = client.get(f"/people/{stranger}")
    assert refused.status_code == 403
    assert "&lt;script" not in refused.text
    listed = client.get("/profiles").text
    assert "Own Account" in listed
    assert "&lt;script" not in listed


def test_a_role_holds_at_once_and_the_removed_are_out(running: Running) -> None:
    client = browser_of(running, "auditor")
    assert client.get("/settings/audit").status_code == 200
    running.site.people.set_role("auditor-1", "viewer")
    assert client.get("/settings/audit").status_code == 403
    running.site.people.remove("auditor-1")
    assert client.get("/settings").status_code == 303
