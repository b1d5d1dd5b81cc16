"""The next best action of sales: decided for an account, answered by an outcome, for owners."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.web.roles import browser_of
from tests.web.serving import Running, empty_site
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

BUNDLE = """
kind: placement
key: sales.next
channel: sales
allow_nothing: false
---
{kind: arms, nothing: 0, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0}
---
kind: goal
key: demo
when: event == "Demo Booked"
window_days: 30
worth: 5000
---
kind: message
key: call-them
goal: demo
variants:
  - {key: task, channel: sales, format: task, content: {title: Call them, text: <b>Soon</b>}}
"""


async def small() -> Site:
    site = await empty_site()
    await site.applier.apply([("bundle.yaml", BUNDLE)])
    consent = {"consent": {"categoryPreferences": {"profiling": True, "personalisation": True}}}
    elements: list[dict[str, object]] = []
    for account, owner in (("acme", "sales-1"), ("both", "sales-1"), ("other", "somebody")):
        for number in range(2):
            name = {"type": "group", "userId": f"u-{account}-{number}", "groupId": account}
            elements.append({**name, "traits": {"owner": owner}, "context": consent})
    for number, element in enumerate(elements):
        element["messageId"] = f"m-{number}"
    await site.loader.take("crm", elements)
    await site.intake.settle()
    return site


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    server = Running(small)
    yield server
    server.close()


def step_of(running: Running, account: str) -> dict[str, object] | None:
    told = running.wait(operations.run(running.site, "next_step_show", {"account": account}))
    step: dict[str, object] | None = told["step"]
    return step


def test_sales_decide_a_next_step_and_say_what_became_of_it(running: Running) -> None:
    sales = browser_of(running, "sales")
    assert "Nothing was decided in the last seven days." in sales.get("/accounts/acme?lang=en").text
    assert step_of(running, "acme") is None
    person = running.site.views.find_person("user_id:u-acme-1")
    form = {"account": "acme", "person": f"person_id:{person}"}
    assert sales.post("/next-steps", data=form).status_code == 303
    step = step_of(running, "acme")
    assert step is not None
    assert (step["message"], step["person_id"], step["said"]) == ("call-them", person, None)
    page = sales.get("/accounts/acme?lang=en").text
    assert "&lt;b&gt;Soon&lt;/b&gt;" in page
    assert f"/decisions/{step['decision_id']}" in page
    said = {"account": "acme", "decision_id": str(step["decision_id"]), "said": "not_suitable"}
    assert sales.post("/next-steps", data=said).status_code == 303
    assert "Not suitable" in sales.get("/accounts/acme?lang=en").text
    book = running.site.unifier.outcomes
    assert [one.kind for one in book.of_decision(str(step["decision_id"]))] == ["declined"]
    assert sales.post("/next-steps", data={**said, "said": "done"}).status_code == 409
    asked = {"account": "acme", "decision_id": "dec_old", "said": "done"}
    assert sales.post("/next-steps", data=asked).status_code == 409


async def said_at_once(site: Site, decision_id: str) -> list[object]:
    wishes: list[JsonObject] = [
        {"decision_id": decision_id, "said": said} for said in ("done", "not_suitable")
    ]
    said = [operations.run(site, "next_step_said", wish) for wish in wishes]
    return [*await asyncio.gather(*said, return_exceptions=True)]


def test_of_two_who_say_different_things_at_once_one_is_noted(running: Running) -> None:
    wish: JsonObject = {"account": "group_id:both"}
    step = running.wait(operations.run(running.site, "next_step", wish))["step"]
    told = running.wait(said_at_once(running.site, str(step["decision_id"])))
    assert len([*running.site.unifier.outcomes.of_decision(step["decision_id"])]) == 1
    assert sorted(isinstance(one, InputRefused) for one in told) == [False, True]


def test_a_next_step_is_for_the_own_accounts_and_their_people(running: Running) -> None:
    sales = browser_of(running, "sales")
    assert sales.post("/next-steps", data={"account": "other"}).status_code == 403
    stranger = running.site.views.find_person("user_id:u-other-0")
    form = {"account": "acme", "person": f"person_id:{stranger}"}
    assert sales.post("/next-steps", data=form).status_code == 404
    assert browser_of(running, "marketer").post("/next-steps", data=form).status_code == 403


def test_without_a_placement_of_sales_nothing_is_offered(fresh: Running) -> None:
    element = {"type": "group", "userId": "u-1", "groupId": "acme", "traits": {}, "messageId": "m"}
    fresh.wait(fresh.site.loader.take("crm", [element]))
    fresh.wait(fresh.site.intake.settle())
    page = fresh.client.get("/accounts/acme?lang=en").text
    assert "Next best action" not in page
    assert fresh.client.post("/next-steps", data={"account": "acme"}).status_code == 422
