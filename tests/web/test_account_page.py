"""The page of an account: yes and no to suggestions, leaving, undo, and the buying group."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.web.serving import Running, empty_site
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.site import Site

SUITE = """
{kind: buying_group, key: suite, name: Suite,
 roles: {buyer: {min: 1, weight: 2}, user: {min: 2, weight: 1}}}
"""
PATH = "/accounts/acme"


async def world() -> Site:
    site = await empty_site()
    await site.applier.apply([("suite.yaml", SUITE)])
    elements: list[JsonObject] = [
        {
            "type": "group",
            "userId": "u-1",
            "groupId": "acme",
            "traits": {"name": "Acme", "website": "https://acme.example"},
            "context": {"membership": {"role": "buyer"}},
        },
        {"type": "identify", "userId": "u-2", "traits": {"email": "ada@acme.example"}},
        {"type": "group", "userId": "u-3", "groupId": "acme-de", "traits": {"parentId": "acme"}},
    ]
    await site.loader.take("crm", elements)
    return site


@pytest.fixture(scope="module")
def acme() -> Iterator[Running]:
    server = Running(world)
    yield server
    server.close()


def page(acme: Running, query: str = "") -> str:
    answer = acme.client.get(PATH + query)
    assert answer.status_code == 200, answer.text
    return answer.text


def said(acme: Running, **form: str) -> str:
    """Send a form of the page; gives the page that it leads to."""
    answer = acme.client.post(PATH, data=form)
    assert answer.status_code == 303, answer.text
    followed = acme.client.get(answer.headers["location"])
    assert followed.status_code == 200
    return followed.text


def person(acme: Running, user: str) -> str:
    return f"person_id:{acme.site.views.find_person(f'user_id:{user}')}"


def test_a_yes_is_stored_counts_at_once_and_can_be_taken_back(acme: Running) -> None:
    before = page(acme)
    assert "Do they belong here?" in before
    assert "67% complete" in before
    assert "Missing: user" in before
    after = said(acme, said="confirm", person=person(acme, "u-2"), role="user")
    assert "Stored: this person belongs" in after
    assert "83% complete" in after
    assert "Do they belong here?" not in after
    operation = after.split('name="operation_id" value="')[1].partition('"')[0]
    undone = said(acme, said="undo", operation_id=operation)
    assert "Taken back" in undone
    assert "67% complete" in undone
    assert "Do they belong here?" in undone


def test_whoever_left_is_listed_below_and_the_role_is_missing(acme: Running) -> None:
    after = said(acme, said="remove", person=person(acme, "u-1"))
    assert "1 earlier membership" in after
    assert "Missing: buyer and user" in after
    operation = after.split('name="operation_id" value="')[1].partition('"')[0]
    assert "67% complete" in said(acme, said="undo", operation_id=operation)


def test_the_page_in_german_says_all_of_it_and_names_the_account_below(acme: Running) -> None:
    german = page(acme, "?lang=de")
    assert "Buying Center: Suite" in german
    assert "67\N{NO-BREAK SPACE}% vollständig" in german
    assert 'href="/accounts/acme-de"' in german
    assert "Gehören sie hierher?" in german


def test_a_form_from_elsewhere_or_without_sense_changes_nothing(acme: Running) -> None:
    form = {"said": "confirm", "person": person(acme, "u-2")}
    foreign = acme.client.post(PATH, data=form, headers={"origin": "https://elsewhere.example"})
    assert foreign.status_code == 403
    assert acme.client.post(PATH, data={"said": "everything"}).status_code == 404
    nobody = acme.client.post(PATH, data={"said": "confirm", "person": "user_id:nobody"})
    assert nobody.status_code == 404
    assert "67% complete" in page(acme)


HOSTILE = "\"'><script>alert(1)</script>"


async def hostile_world() -> Site:
    site = await empty_site()
    elements: list[JsonObject] = [
        {
            "type": "group",
            "userId": f"u-{HOSTILE}",
            "groupId": f"g/?#%2F&{HOSTILE}",
            "traits": {"name": HOSTILE, "website": "https://acme.example"},
            "context": {"membership": {"role": HOSTILE}},
        },
        {
            "type": "identify",
            "userId": "u-2",
            "traits": {"email": "ada@acme.example", "name": HOSTILE},
        },
    ]
    await site.loader.take("crm", elements)
    return site


def test_no_name_of_a_sender_is_markup_and_every_id_has_a_page() -> None:
    server = Running(hostile_world)
    try:
        path = "/accounts/" + quote(f"g/?#%2F&{HOSTILE}", safe="")
        query = f"?said=undo&operation={quote(HOSTILE)}"
        for shown in (path, path + query, "/profiles"):
            answer = server.client.get(shown)
            assert answer.status_code == 200, answer.text
            assert "<script>alert" not in answer.text
        who = f"person_id:{server.site.views.find_person('user_id:u-2')}"
        form = {"said": "confirm", "person": who, "role": HOSTILE}
        answer = server.client.post(path, data=form)
        assert answer.status_code == 303
        back = server.client.get(answer.headers["location"])
        assert back.status_code == 200
        assert "<script>alert" not in back.text
        assert "Stored: this person belongs" in back.text
    finally:
        server.close()
