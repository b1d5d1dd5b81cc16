"""What a key that anybody can read off a web page may ask and report."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.flow.sites import CONFIGURATION, caller, post, running, seen
from wegweiser.terms.errors import InputRefused, KeyRefused
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.site import Site

PUSH = """
---
{kind: placement, key: mail, channel: email, direction: push}
"""


def on_site(run: Callable[[Site], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with running(CONFIGURATION + PUSH) as site:
            await run(site)

    asyncio.run(whole())


def asked(device: str, placement: str = "home.hero") -> JsonObject:
    return {
        "request_id": f"{device}-{placement}",
        "subject": {"device": device},
        "placements": [{"key": placement}],
    }


@pytest.mark.parametrize(
    "device", ["user_id:vip", "email:vip@example.com", "person_id:p-1", "crm_contact:1"]
)
def test_a_public_key_cannot_ask_about_somebody_by_another_name(device: str) -> None:
    async def run(site: Site) -> None:
        with pytest.raises(KeyRefused) as refused:
            await site.deciding.chooser.decide(asked(device), caller(site, secret=False)[1])
        assert refused.value.status == 403
        assert (await site.deciding.chooser.decide(asked(device), caller(site)[1]))["items"] == []

    on_site(run)


@pytest.mark.parametrize("device", ["anonymous_id:a-1", "ios.id:x", "android.id:x"])
def test_a_public_key_asks_for_its_own_device(device: str) -> None:
    async def run(site: Site) -> None:
        answer = await site.deciding.chooser.decide(asked(device), caller(site, secret=False)[1])
        assert answer["status"] == "nothing"

    on_site(run)


def test_a_public_key_cannot_have_anything_sent() -> None:
    async def run(site: Site) -> None:
        with pytest.raises(KeyRefused) as refused:
            await site.deciding.chooser.decide(
                asked("anonymous_id:a-1", "mail"), caller(site, secret=False)[1]
            )
        assert refused.value.status == 403
        assert await site.deciding.chooser.decide(
            asked("anonymous_id:a-1", "mail"), caller(site)[1]
        )

    on_site(run)


@pytest.mark.parametrize("secret", [True, False])
def test_nobody_speaks_in_our_own_names(secret: bool) -> None:
    async def run(site: Site) -> None:
        with pytest.raises(InputRefused) as refused:
            await site.deciding.chooser.decide(asked("claim:u-1/a-1"), caller(site, secret)[1])
        assert (refused.value.status, refused.value.code) == (400, "bad_id")

    on_site(run)


def test_only_a_secret_key_reports_goals() -> None:
    async def run(site: Site) -> None:
        body: JsonObject = {
            "outcome_id": "o-1",
            "kind": "goal",
            "goal": "demo-booked",
            "subject": {"person": "email:Vip@Buyer.Example"},
        }
        (told,) = await site.deciding.desk.report([body], caller(site, secret=False)[1])
        assert (told.outcome_id, told.status) == ("o-1", "refused")
        assert "public key" in told.message
        (told,) = await site.deciding.desk.report([body], caller(site)[1])
        assert told.status == "stored"
        await site.intake.settle()
        (kept,) = site.unifier.outcomes.of_leaf("email:vip@buyer.example")
        assert kept.goal == "demo-booked"

    on_site(run)


def test_an_outcome_about_no_possible_identifier_is_refused() -> None:
    async def run(site: Site) -> None:
        body: JsonObject = {
            "outcome_id": "o-1",
            "kind": "done",
            "subject": {"person": "email:nobody"},
        }
        (told,) = await site.deciding.desk.report([body], caller(site)[1])
        assert (told.outcome_id, told.status) == ("o-1", "refused")

    on_site(run)


def test_a_decision_keeps_little_of_a_large_profile() -> None:
    async def run(site: Site) -> None:
        key, who = caller(site)
        traits: JsonObject = {f"t-{number}": "x" * 200 for number in range(100)}
        await post(site, key, "/v1/page", seen("u-1", 1))
        await post(site, key, "/v1/identify", {"userId": "u-1", "traits": traits | {"plan": "x"}})
        body = asked("user_id:u-1") | {"mode": "explain", "context": {"x": "y" * 9_000}}
        answer = await site.deciding.chooser.decide(body, who)
        kept = site.unifier.decisions.get(str(answer["decision_id"]))
        assert kept is not None
        person = kept.facts["person"]
        assert isinstance(person, dict)
        # Of the profile what rules and the learner read, and of the traits no other.
        assert person.keys() == {"traits", "stage", "last_seen"}
        assert person["traits"] == {"plan": "x"}
        assert "context" not in kept.facts
        assert site.deciding.chooser.explain(kept) == answer["explain"]

    on_site(run)
