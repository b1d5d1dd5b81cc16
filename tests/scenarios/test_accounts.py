"""Acceptance scenarios of accounts: several accounts, leaving, suggestions, equal sums."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from tests.flow.sites import caller, post, running
from wegweiser.adapters.memory import MemoryClock
from wegweiser.terms.decision import Situation, Subject
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.wire import WireRequest
from wegweiser.web.routes import handler_of
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

SUITE = """
{kind: buying_group, key: suite, name: The suite,
 roles: {buyer: {min: 1, weight: 2}, user: {min: 2, weight: 1}}}
"""


class Door:
    """A site with a secret key, asked as programs ask it."""

    def __init__(self, site: Site):
        self.site = site
        self.key, self.caller = caller(site)
        self.public, _ = caller(site, secret=False)
        self._sent = 0

    async def send(self, *events: dict[str, Any], public: bool = False) -> None:
        """Send events with a key; each gets a message id of its own."""
        batch = []
        for event in events:
            self._sent += 1
            batch.append({"messageId": f"m-{self._sent}", **event})
        answer = await post(
            self.site, self.public if public else self.key, "/v1/batch", {"batch": batch}
        )
        assert answer.status == 200, answer.body

    async def ask(self, path: str, method: str = "GET", query: str = "") -> Any:
        """Ask the read API; the path is below the accounts."""
        whole = f"/v1/spaces/default/collections/{path}"
        request = WireRequest(method, whole, query, {"x-write-key": self.key})
        handler = handler_of(whole)
        assert handler is not None
        answer = await handler(self.site, request)
        assert answer.status == 200, answer.body
        return msgspec.json.decode(answer.body)

    async def run(self, operation: str, **arguments: Any) -> Any:
        """Run an operation."""
        return await operations.run(self.site, operation, arguments)

    def pass_days(self, days: float) -> str:
        """Let time pass; gives the moment then."""
        assert isinstance(self.site.clock, MemoryClock)
        self.site.clock.advance(int(days * DAY_MS))
        return format_instant(self.site.clock.now_ms())


@asynccontextmanager
async def opened(configuration: str = SUITE) -> AsyncIterator[Door]:
    async with running(configuration) as site:
        yield Door(site)


def joined(user: str, group: str, role: str = "", **more: Any) -> dict[str, Any]:
    membership = {"membership": {"role": role}} if role else {}
    return {"type": "group", "userId": user, "groupId": group, "context": membership, **more}


def viewed(user: str, group: str = "") -> dict[str, Any]:
    context = {"groupId": group} if group else {}
    return {"type": "page", "userId": user, "name": "Prices", "context": context}


async def counters(door: Door, group: str) -> dict[str, int]:
    told = await door.ask(f"accounts/profiles/group_id:{group}/rollup")
    return told["rollup"]["counters"]


def test_35_a_person_in_two_accounts() -> None:
    async def story() -> None:
        async with opened() as door:
            await door.send(joined("u-1", "g-1", "buyer"), joined("u-1", "g-2", "user"))
            await door.send(viewed("u-1", "g-1"), viewed("u-1"), viewed("u-1"))
            assert (await counters(door, "g-1"))["Page Viewed"] == 3
            assert (await counters(door, "g-2"))["Page Viewed"] == 2
            links = (await door.ask("users/profiles/user_id:u-1/links"))["data"]
            roles = {(one["external_ids"][0]["id"], one["role"], one["status"]) for one in links}
            assert roles == {("g-1", "buyer", "confirmed"), ("g-2", "user", "confirmed")}
            assert {one["confidence"] for one in links} == {0.9}

    asyncio.run(story())


def test_36_whoever_leaves_takes_the_future_and_leaves_the_past() -> None:
    async def story() -> None:
        async with opened() as door:
            await door.send(joined("u-1", "g-1", "buyer"), viewed("u-1"))
            await door.send(joined("u-2", "g-1", "user"))
            before = await door.ask("accounts/profiles/group_id:g-1/buying_groups")
            assert before["buying_groups"]["offers"]["suite"]["completeness"] == 0.833333
            left = {"event": "Left Group", "properties": {"groupId": "g-1"}}
            await door.send({"type": "track", "userId": "u-1", **left})
            # The very next reading knows it, without waiting for anything.
            after = await door.ask("accounts/profiles/group_id:g-1/buying_groups")
            suite = after["buying_groups"]["offers"]["suite"]
            assert suite["completeness"] == 0.166667
            assert suite["missing"] == ["buyer", "user"]
            history = await counters(door, "g-1")
            door.pass_days(1)
            await door.send(viewed("u-1"))
            assert await counters(door, "g-1") == history
            assert history["Page Viewed"] == 1
            person = await door.ask("users/profiles/user_id:u-1/profile")
            assert person["counters"]["Page Viewed"] == 2

    asyncio.run(story())


def test_36_leaving_over_http_and_by_the_end_date_of_the_crm() -> None:
    async def story() -> None:
        async with opened() as door:
            await door.send(joined("u-1", "g-1"), joined("u-1", "g-2"))
            path = "accounts/profiles/group_id:g-1/members/user_id:u-1"
            assert (await door.ask(path, "DELETE"))["success"] is True
            assert (await door.ask("accounts/profiles/group_id:g-1/members"))["members"] == []
            ends = format_instant(door.site.clock.now_ms() + 2 * DAY_MS)
            row = {**joined("u-1", "g-2"), "messageId": "crm-1"}
            row["context"] = {"membership": {"role": "user", "to": ends}}
            await door.site.loader.take("crm", [row])
            door.pass_days(2)
            [there] = (await door.ask("accounts/profiles/group_id:g-2/members", query="role=user"))[
                "members"
            ]
            assert (there["to"], there["confidence"], there["source"]) == (ends[:10], 1.0, "crm")
            await door.send(viewed("u-1"))
            door.pass_days(1)
            told = await door.ask("accounts/profiles/group_id:g-2/members", query="role=user")
            assert told["members"] == []
            gone = await door.ask("accounts/profiles/group_id:g-2/members", query="ended=true")
            assert "ended" in {one["status"] for one in gone["members"]}

    asyncio.run(story())


def test_37_a_company_domain_suggests_and_a_free_mail_domain_does_not() -> None:
    async def story() -> None:
        async with opened() as door:
            website = {"website": "https://www.acme.example/about"}
            await door.send(joined("u-1", "acme", "buyer", traits=website))
            for user, address in (("u-2", "Ada@mail.acme.example"), ("u-3", "bob@gmail.com")):
                identify = {"type": "identify", "userId": user, "traits": {"email": address}}
                await door.send({**identify, "context": {"verified": ["email"]}})
            # Whoever types an address into a form has proved nothing.
            typed = {
                "type": "identify",
                "anonymousId": "a-1",
                "traits": {"email": "c@acme.example"},
            }
            await door.send(typed, public=True)
            door.pass_days(1)
            await door.send(viewed("u-2"))
            [found] = (await door.run("account_suggestions"))["suggestions"]
            assert found["identifier"] == "email:ada@mail.acme.example"
            assert (found["group_id"], found["status"], found["confidence"]) == (
                "acme",
                "suggested",
                0.6,
            )
            assert "Page Viewed" not in await counters(door, "acme")
            person = await door.ask("users/profiles/user_id:u-2/profile")
            assert person["accounts"] == []
            said = await door.run(
                "account_confirm", account="acme", person="user_id:u-2", role="user"
            )
            assert (await counters(door, "acme"))["Page Viewed"] == 1
            await door.run("account_undo", operation_id=said["operation_id"])
            assert "Page Viewed" not in await counters(door, "acme")
            assert len((await door.run("account_suggestions"))["suggestions"]) == 1
            await door.run("account_reject", account="acme", person="user_id:u-2")
            assert (await door.run("account_suggestions"))["suggestions"] == []

    asyncio.run(story())


def test_37_nobody_is_asked_after_ninety_days() -> None:
    async def story() -> None:
        async with opened() as door:
            await door.send(joined("u-1", "acme", traits={"domain": "acme.example"}))
            await door.send(
                {"type": "identify", "userId": "u-2", "traits": {"email": "ada@acme.example"}}
            )
            door.pass_days(89.9)
            assert len((await door.run("account_suggestions"))["suggestions"]) == 1
            door.pass_days(0.2)
            assert (await door.run("account_suggestions"))["suggestions"] == []

    asyncio.run(story())


def test_38_the_sums_are_the_same_whether_members_are_merged_or_not() -> None:
    def story(merged: bool) -> dict[str, Any]:
        async def run() -> dict[str, Any]:
            async with opened() as door:
                for user in ("u-1", "u-2"):
                    await door.send(joined(user, "acme"), viewed(user), viewed(user, "acme"))
                if merged:
                    alias = {"type": "alias", "previousId": "u-2", "userId": "u-1"}
                else:
                    alias = {"type": "alias", "previousId": "u-1", "userId": "u-1"}
                await door.send(alias)
                told = await door.ask("accounts/profiles/group_id:acme/rollup")
                return told["rollup"]

        return asyncio.run(run())

    apart, together = story(merged=False), story(merged=True)
    assert (apart.pop("members"), together.pop("members")) == (2, 1)
    for counted in ("known_members", "active_7_days", "active_30_days"):
        assert (apart.pop(counted), together.pop(counted)) == (2, 1)
    assert apart == together
    assert together["counters"]["Page Viewed"] == 4


def test_a_decision_knows_the_confirmed_role_in_its_account() -> None:
    async def story() -> None:
        async with opened() as door:
            site = door.site

            def role(user: str, account: str = "") -> str:
                subject = Subject(person=f"user_id:{user}", account=account)
                situation = Situation(request_id="", subject=subject, placements=())
                return site.views.facts(situation, site.unifier.policy).role

            await door.send(joined("u-1", "g-1", "buyer"), joined("u-1", "g-2", "user"))
            assert role("u-1") == "buyer"
            assert role("u-1", "group_id:g-2") == "user"
            assert role("u-1", "group_id:g-3") == ""
            # Anybody may claim a role, or another account, with a public key.
            await door.send(joined("u-2", "g-1", "economic"), public=True)
            assert role("u-2") == ""
            await door.send(joined("u-1", "a-0", "champion"), public=True)
            assert role("u-1") in ("buyer", "user")
            # A role that is to come does not count yet, and whoever left has none at once.
            to_come = {"membership": {"role": "champion", "from": door.pass_days(0)[:4] + "-12-31"}}
            await door.send({**joined("u-3", "g-3"), "context": to_come})
            assert role("u-3") == ""
            left = {"event": "Left Group", "properties": {"groupId": "g-2"}}
            await door.send({"type": "track", "userId": "u-1", **left})
            assert role("u-1", "group_id:g-2") == ""
            assert role("u-1") == "buyer"

    asyncio.run(story())
