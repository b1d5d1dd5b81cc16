"""Nobody is named to whoever may not know them: by reason, by own accounts, in counts only."""

import httpx
import pytest

from tests.web.roles import browser_of
from tests.web.security.conftest import OWNER
from tests.web.serving import Running
from wegweiser.flow.account_desk import Terms
from wegweiser.terms.json import JsonObject
from wegweiser.terms.role import SMALLEST_CELL
from wegweiser.web.pages.decisions.explanation import Reason
from wegweiser.web.pages.decisions.reasons import value_found
from wegweiser.web.pages.facts import seen_facts
from wegweiser.web.text import Reader
from wegweiser.workspace import operations

MASKED = Reader("en", "UTC", 0, "masked")
NAMES = ("Ada Own", "ada@own.example", "Bo Other", "bo@other.example", "Cy Claimer")


def person_of(attacked: Running, user_id: str) -> str:
    return attacked.site.views.find_person(f"user_id:{user_id}") or ""


def sales(attacked: Running) -> httpx.Client:
    return browser_of(attacked, "sales", OWNER)


@pytest.mark.parametrize("role", ["support", "privacy", "marketer"])
def test_an_account_names_nobody_to_who_needs_a_reason(attacked: Running, role: str) -> None:
    client = browser_of(attacked, role)
    page = client.get("/accounts/own").text
    assert f"Person {person_of(attacked, 'u-own')[-6:]}" in page
    assert not any(name in page for name in NAMES)
    assert not any(name in client.get("/profiles").text for name in NAMES)


def test_a_reason_opens_one_person_and_names_nobody_else(attacked: Running) -> None:
    client, person_id = browser_of(attacked, "support"), person_of(attacked, "u-own")
    reason = {"reason": "Ticket 4712: ada@own.example asks about an invoice"}
    assert client.post(f"/people/{person_id}/open", data=reason).status_code == 303
    about = f"person_id:{person_id}"
    kept = attacked.site.audit.found("person.read", "support-1", about)[0].detail["reason"]
    # The audit outlasts an erasure.
    assert kept == "Ticket 4712: … asks about an invoice"
    page = client.get(f"/people/{person_id}").text
    assert "Ada Own" in page
    assert "ada@own.example" in page
    assert "Ada Own" not in client.get("/accounts/own").text


def test_sales_know_the_people_of_their_accounts_only(attacked: Running) -> None:
    client = sales(attacked)
    assert "Ada Own" in client.get("/accounts/own").text
    assert "Ada Own" in client.get("/profiles").text
    assert client.get("/accounts/other").status_code == 403
    stranger = client.get(f"/people/{person_of(attacked, 'u-other')}")
    assert stranger.status_code == 403
    assert not any(name in stranger.text for name in NAMES)


def test_sales_make_nobody_one_of_their_people(attacked: Running) -> None:
    client, stranger = sales(attacked), person_of(attacked, "u-other")
    for name in (f"person_id:{stranger}", "email:bo@other.example", "user_id:u-other"):
        for said in ("confirm", "reject", "remove"):
            form = {"said": said, "person": name, "role": "buyer"}
            assert client.post("/accounts/own", data=form).status_code == 403
        for place in ("own", "other", ""):
            talk = {"person-0": name, "account": place, "channel": "call", "back": "/profiles"}
            assert client.post("/conversations", data=talk).status_code == 403
    assert client.get(f"/people/{stranger}").status_code == 403


def test_sales_take_back_only_what_was_said_of_their_accounts(attacked: Running) -> None:
    desk = attacked.site.accounts.desk
    said = attacked.wait(desk.confirm("group_id:other", "user_id:u-other", Terms()))
    form = {"said": "undo", "operation_id": said.operation_id}
    assert sales(attacked).post("/accounts/own", data=form).status_code == 403
    assert attacked.client.post("/accounts/other", data=form).status_code == 303


def test_a_search_tells_sales_of_nobody_else(attacked: Running) -> None:
    client = sales(attacked)
    own = client.post("/jump", data={"search": "ada@own.example"})
    assert own.headers["location"].startswith("/people/")
    for words in ("bo@other.example", "user_id:u-other", "other", "group_id:other", "Bo Othr"):
        for path in ("/jump", "/profiles"):
            answer = client.post(path, data={"search": words})
            told = answer.headers.get("location", "") + answer.text.replace(words, "")
            for foreign in (person_of(attacked, "u-other"), "/accounts/other", "Bo Other"):
                assert foreign not in told, (path, words)


def test_a_public_key_makes_nobody_the_owner_of_an_account(attacked: Running) -> None:
    made = attacked.client.post(
        "/v1/admin/source_create",
        json={"name": "shop"},
        headers={"authorization": "Bearer token"},
    ).json()
    key = next(value for value in made.values() if str(value).startswith("wgw_pk_"))
    body = {"groupId": "claimed", "userId": "u-claimed", "traits": {"owner": OWNER}}
    assert httpx.post(f"{attacked.address}/v1/group", json=body, auth=(key, "")).status_code == 200
    attacked.wait(attacked.site.intake.settle())
    assert attacked.site.views.account("claimed").traits["owner"] == OWNER
    assert sales(attacked).get("/accounts/claimed").status_code == 403


def test_a_claim_of_a_public_key_opens_nobody_to_sales(attacked: Running) -> None:
    made = attacked.client.post(
        "/v1/admin/source_create",
        json={"name": "forum"},
        headers={"authorization": "Bearer token"},
    ).json()
    key = next(value for value in made.values() if str(value).startswith("wgw_pk_"))
    body = {"groupId": "own", "userId": "u-claimer", "messageId": "claimed-own"}
    assert httpx.post(f"{attacked.address}/v1/group", json=body, auth=(key, "")).status_code == 200
    attacked.wait(attacked.site.intake.settle())
    stranger = person_of(attacked, "u-claimer")
    assert "own" in {link.group_id for link in attacked.site.views.person(stranger).accounts}
    client = sales(attacked)
    assert client.get(f"/people/{stranger}").status_code == 403
    for page in (client.get("/accounts/own").text, client.get("/profiles").text):
        assert "Ada Own" in page
        assert "Cy Claimer" not in page
    said = {"said": "confirm", "person": f"person_id:{stranger}"}
    assert client.post("/accounts/own", data=said).status_code == 403


def test_a_read_by_name_stands_in_the_audit_once(attacked: Running) -> None:
    person_id = person_of(attacked, "u-other")
    client = browser_of(attacked, "admin")
    for _ in range(2):
        assert client.get(f"/people/{person_id}").status_code == 200
    about = attacked.site.audit.found("person.read", "admin-1", f"person_id:{person_id}")
    assert len(about) == 1


@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_who_sees_counts_gets_no_list_and_no_single_person(attacked: Running, role: str) -> None:
    when = 'person.traits.plan == "team"'
    document: JsonObject = {
        "kind": "segment",
        "key": "teams",
        "of": "person",
        "when": when,
        "name": "Teams",
    }
    attacked.wait(operations.run(attacked.site, "apply", {"documents": [document]}))
    attacked.wait(attacked.site.segments.settle())
    client = browser_of(attacked, role)
    page = client.get("/segments/teams").text
    assert "/people/" not in page
    answers = [
        found(client, f'person.traits.email == "{address}"')
        for address in ("ada@own.example", "nobody@example.com")
    ]
    assert answers[0] == answers[1]
    assert f"under {SMALLEST_CELL}" in answers[0]


def found(client: httpx.Client, when: str) -> str:
    """Give what a page says about a rule, without the rule itself."""
    page = client.post("/segments", data={"when": when, "of": "person"}).text
    assert 'id="found"' in page
    told = page.partition('id="found"')[2].partition("<footer")[0]
    return told.replace(when, "").replace(when.replace('"', "&#34;"), "")


def test_figures_that_name_somebody_are_hidden_from_marketers() -> None:
    traits = {"phone": 491701234567, "customerNumber": 4711, "birthYear": 1980, "visits": 3}
    told = [fact.value for fact in seen_facts(MASKED, traits)]
    assert sorted(told) == ["3", "hidden", "hidden", "hidden"]


@pytest.mark.parametrize(
    ("failing", "value", "shown"),
    [
        ('person.traits.email == "x"', "ada@own.example", "hidden"),
        ('person.traits.name == "x"', "Ada Own", "hidden"),
        ('person.traits.plan == "team"', "free", '"free"'),
        ("person.engagement >= 3.0", 1.5, "1.5"),
        ("person.known", False, "false"),
    ],
)
def test_a_failed_rule_shows_a_marketer_no_name(failing: str, value: object, shown: str) -> None:
    reason = Reason("eligible", "eligible", rule=failing, failing=failing, found=value)
    assert value_found(MASKED, reason) == shown
    assert value_found(Reader("en", "UTC", 0), reason) != "hidden"


def test_what_an_admin_read_is_closed_to_them_as_support(attacked: Running) -> None:
    people, person_id = attacked.site.people, person_of(attacked, "u-own")
    if people.find("lowered") is None:
        people.add("lowered", "admin")
    token, client = people.sign_in("lowered"), attacked.visitor()
    client.cookies.set("wegweiser", token)
    assert client.get(f"/people/{person_id}").status_code == 200
    people.set_role("lowered", "support")
    assert client.get(f"/people/{person_id}").status_code == 403
