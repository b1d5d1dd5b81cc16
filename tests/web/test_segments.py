"""The pages of segments: the list, a rule tried by a plain form, and one segment with members."""

from collections.abc import Iterator

import pytest

from tests.web.serving import HOSTILE, Running, empty_site
from tests.web.test_pages import Reading
from wegweiser.workspace import operations

SEGMENTS = """
{kind: segment, key: team, name: 'Teams <b>', description: Works in a team,
 when: 'person.traits.plan == "team"'}
---
{kind: segment, key: crowd, of: account, when: 'size(account.members) >= 2'}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """A server with sixty people, two segments and somebody who tries to write markup."""
    running = Running(empty_site)
    names = [f"u-{number}" for number in range(60)]
    elements = [
        {"type": "identify", "userId": name, "traits": {"plan": "team", "name": f"Person {name}"}}
        for name in names
    ]
    elements.append({"type": "identify", "userId": "u-0", "traits": {"name": HOSTILE}})
    elements += [{"type": "group", "userId": name, "groupId": "a/b"} for name in names[:2]]
    for number, element in enumerate(elements):
        element["messageId"] = f"m-{number}"

    async def filled() -> None:
        await running.site.loader.take("crm", elements)
        await running.site.applier.apply([("segments.yaml", SEGMENTS)])
        await operations.run(running.site, "segment_list", {})

    running.wait(filled())
    yield running
    running.close()


def test_the_list_tells_name_size_and_rule(server: Running) -> None:
    page = server.client.get("/segments?lang=en").text
    assert 'aria-current="page">Segments' in page
    assert "Teams &lt;b&gt;" in page
    reading = Reading(page)
    assert "60" in reading.words
    assert {one["href"] for one in reading.all("a")} >= {"/segments/team", "/segments/crowd"}


def test_a_rule_is_tried_by_a_plain_form_and_nothing_is_saved(server: Running) -> None:
    rule = 'person.traits.plan == "team" && in_segment("team")'
    answer = server.client.post("/segments?lang=en", data={"when": rule, "of": "person"})
    assert answer.status_code == 200
    reading = Reading(answer.text)
    assert "This rule takes in 60" in reading.words
    assert sum(one["href"].startswith("/people/") for one in reading.all("a")) == 10
    assert "Person u-" not in answer.text
    assert set(server.site.segments.book.by_key) == {"team", "crowd"}


def test_a_wrong_rule_stays_in_the_form_with_what_is_wrong(server: Running) -> None:
    answer = server.client.post(
        "/segments?lang=de",
        data={"when": "person.knwon && '<b>' == 'x'", "of": "person"},
    )
    assert answer.status_code == 422
    assert "Diese Regel kann nicht verwendet werden" in answer.text
    assert "Meinten Sie" in answer.text
    assert "<b>" not in answer.text


@pytest.mark.parametrize("language", ["en", "de"])
def test_one_segment_tells_its_members_page_by_page(server: Running, language: str) -> None:
    page = server.client.get(f"/segments/team?lang={language}").text
    reading = Reading(page)
    assert len(reading.all("h1")) == 1
    assert "<script>" not in page
    people = [one["href"] for one in reading.all("a") if one["href"].startswith("/people/")]
    assert len(people) == 50
    [further] = [one["href"] for one in reading.all("a") if one["href"].startswith("?after=")]
    rest = Reading(server.client.get(f"/segments/team{further}").text)
    others = [one["href"] for one in rest.all("a") if one["href"].startswith("/people/")]
    assert len(set(people) | set(others)) == 60


def test_an_account_segment_leads_to_accounts_and_an_unknown_one_is_not_found(
    server: Running,
) -> None:
    page = server.client.get("/segments/crowd").text
    assert "/accounts/a%2Fb" in page
    assert server.client.get("/segments/nothing").status_code == 404
