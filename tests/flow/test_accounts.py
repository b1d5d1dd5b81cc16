"""Accounts beyond memberships: one account under several ids, parents, domains, erasure, proof."""

import asyncio
from typing import Any

import pytest

from tests.scenarios.test_accounts import Door, joined, opened, viewed
from wegweiser.terms.errors import DocumentRefused, InputRefused, NotFound


async def rollup(door: Door, group: str, **filters: Any) -> dict[str, Any]:
    told = await door.run("account_rollup", account=group, **filters)
    return told["rollup"]


def test_two_accounts_are_one_until_that_is_undone() -> None:
    async def story() -> None:
        async with opened() as door:
            await door.send(joined("u-1", "acme", "buyer"), viewed("u-1", "acme"))
            await door.send(joined("u-2", "acme-de", "user"), viewed("u-2", "acme-de"))
            before = await door.run("hash")
            pair = [["group_id:acme", "group_id:acme-de"]]
            said = await door.run("identity_link", pairs=pair, reason="one company")
            one = await door.run("account_show", account="acme-de")
            assert one["group_id"] == "acme"
            assert {row["role"] for row in one["members"]} == {"buyer", "user"}
            assert one["rollup"]["counters"]["Page Viewed"] == 2
            assert (await door.run("account_list"))["accounts"][0]["member_count"] == 2
            assert len((await door.run("account_list"))["accounts"]) == 1
            person = await door.ask("users/profiles/user_id:u-2/profile")
            assert [link["groupId"] for link in person["accounts"]] == ["acme"]
            await door.run("identity_undo", operation_id=said["operation_id"])
            assert await door.run("hash") == before
            assert (await rollup(door, "acme"))["counters"]["Page Viewed"] == 1

    asyncio.run(story())


def test_segments_of_accounts_follow_joining_and_undoing() -> None:
    crowd = "{kind: segment, key: crowd, of: account, when: 'size(account.members) >= 2'}"

    async def story() -> None:
        async with opened(crowd) as door:
            await door.send(joined("u-1", "acme"), joined("u-2", "acme-de"))

            async def inside() -> list[str]:
                found = await door.run("segment_members", key="crowd")
                return [row["group_id"] for row in found["members"]]

            assert await inside() == []
            pair = [["group_id:acme", "group_id:acme-de"]]
            said = await door.run("identity_link", pairs=pair)
            assert await inside() == ["acme"]
            await door.run("identity_undo", operation_id=said["operation_id"])
            assert await inside() == []
            said = await door.run("account_confirm", account="acme", person="user_id:u-2")
            assert await inside() == ["acme"]
            await door.run("account_undo", operation_id=said["operation_id"])
            assert await inside() == []
            assert await door.run("segment_recount") == {"differences": 0}

    asyncio.run(story())


def test_a_trusted_sender_may_say_that_two_ids_are_one_account() -> None:
    async def story() -> None:
        async with opened() as door:
            await door.send(joined("u-1", "acme"), joined("u-2", "0017"))
            same = {"id": "0017", "type": "group_id", "collection": "accounts", "encoding": "none"}
            claim = {**joined("u-1", "acme"), "context": {"externalIds": [same]}}
            await door.send(claim, public=True)
            assert (await rollup(door, "acme"))["members"] == 1
            await door.send(claim)
            assert (await rollup(door, "0017"))["members"] == 2
            rebuilt = await door.run("rebuild")
            assert (await door.run("hash"))["hash"] == rebuilt["hash"]
            assert (await rollup(door, "0017"))["members"] == 2

    asyncio.run(story())


def test_an_account_is_found_by_its_domain_and_its_crm_id() -> None:
    async def story() -> None:
        async with opened() as door:
            crm = {"id": "A-7", "type": "crm_account_id", "collection": "accounts"}
            context = {"externalIds": [{**crm, "encoding": "none"}]}
            await door.send(
                joined("u-1", "acme", traits={"website": "https://shop.acme.example"})
                | {"context": context}
            )
            for name in ("crm_account_id:A-7", "domain:acme.example", "domain:www.acme.example"):
                assert (await door.run("account_show", account=name))["group_id"] == "acme"
            ids = (await door.ask("accounts/profiles/domain:acme.example/external_ids"))["data"]
            assert {(one["type"], one["id"]) for one in ids} == {
                ("group_id", "acme"),
                ("crm_account_id", "A-7"),
                ("domain", "acme.example"),
            }
            await door.send(joined("u-2", "globex", traits={"domain": "acme.example"}))
            with pytest.raises(NotFound):
                await door.run("account_show", account="domain:acme.example")
            identify = {"type": "identify", "userId": "u-3", "traits": {"email": "c@acme.example"}}
            await door.send(identify)
            assert (await door.run("account_suggestions"))["suggestions"] == []
            await door.send(joined("u-2", "globex", traits={"domain": None}))
            [found] = (await door.run("account_suggestions"))["suggestions"]
            assert found["group_id"] == "acme"

    asyncio.run(story())


def test_sums_may_take_in_the_accounts_below_and_a_circle_ends() -> None:
    async def story() -> None:
        async with opened() as door:
            await door.send(joined("u-1", "holding"), viewed("u-1"))
            await door.send(joined("u-2", "acme", traits={"parentId": "holding"}), viewed("u-2"))
            await door.send(joined("u-3", "acme-de", traits={"parent_id": "acme"}), viewed("u-3"))
            assert (await rollup(door, "holding"))["members"] == 1
            whole = await rollup(door, "holding", below=True)
            assert (whole["members"], whole["counters"]["Page Viewed"]) == (3, 3)
            await door.send(joined("u-1", "holding", traits={"parentId": "acme-de"}))
            assert (await rollup(door, "holding", below=True))["members"] == 3
            shown = await door.run("account_show", account="acme-de")
            assert shown["parents"] == ["acme", "holding"]

    asyncio.run(story())


def test_filters_of_the_sums() -> None:
    async def story() -> None:
        async with opened() as door:
            website = {"website": "acme.example"}
            await door.send(joined("u-1", "acme", "buyer", traits=website), viewed("u-1"))
            await door.send({**joined("", "acme"), "anonymousId": "a-1"}, public=True)
            await door.send({"type": "page", "anonymousId": "a-1"}, public=True)
            identify = {"type": "identify", "userId": "u-2", "traits": {"email": "c@acme.example"}}
            await door.send(identify, viewed("u-2"))
            assert (await rollup(door, "acme"))["members"] == 2
            assert (await rollup(door, "acme", confidence=0.9))["members"] == 1
            assert (await rollup(door, "acme", role="buyer"))["counters"]["Page Viewed"] == 1
            asked = await rollup(door, "acme", include_suggested=True)
            assert (asked["members"], asked["counters"]["Page Viewed"]) == (3, 3)
            with pytest.raises(InputRefused, match="from 0 to 1"):
                await rollup(door, "acme", confidence=2)

    asyncio.run(story())


def test_claims_count_only_as_long_as_their_source_is_open() -> None:
    async def story() -> None:
        async with opened() as door:
            await door.send({**joined("", "acme"), "anonymousId": "a-1"}, public=True)
            assert (await rollup(door, "acme"))["members"] == 1
            assert (await door.ask("accounts/profiles/group_id:acme/profile"))["counters"]
            await door.run("source_user_hash", name="shop")
            assert (await rollup(door, "acme"))["members"] == 0
            assert not (await door.ask("accounts/profiles/group_id:acme/profile"))["counters"]
            [member] = (await door.run("account_members", account="acme"))["members"]
            assert (member["status"], member["counts"]) == ("claimed", False)

    asyncio.run(story())


def test_an_erased_member_vanishes_with_what_it_said_of_the_account() -> None:
    async def story() -> None:
        async with opened() as door:
            await door.send(joined("u-1", "acme"), viewed("u-1"))
            await door.send(joined("u-2", "acme", traits={"website": "acme.example"}))
            await door.send(viewed("u-2"))
            await door.run("account_confirm", account="acme", person="user_id:u-2", role="buyer")
            assert (await door.run("account_show", account="acme"))["domains"] == ["acme.example"]
            await door.run("forget", identifier="user_id:u-2")
            shown = await door.run("account_show", account="acme")
            assert shown["rollup"]["counters"] == {"Group Joined": 1, "Page Viewed": 1}
            assert (shown["domains"], len(shown["members"])) == ([], 1)
            assert (await door.run("account_statements"))["statements"] == []
            rebuilt = await door.run("rebuild")
            assert (await door.run("hash"))["hash"] == rebuilt["hash"]

    asyncio.run(story())


def test_an_operator_says_it_and_nobody_did_it() -> None:
    async def story() -> None:
        async with opened() as door:
            await door.send(joined("u-1", "acme"), viewed("u-2"))
            before = await door.run("profile", identifier="user_id:u-2")
            door.pass_days(1)
            said = await door.run(
                "account_confirm", account="acme", person="user_id:u-2", **{"from": "2026-01-01"}
            )
            members = (await door.run("account_members", account="acme"))["members"]
            after = await door.run("profile", identifier="user_id:u-2")
            assert after.pop("accounts")
            assert not before.pop("accounts")
            assert after == before
            assert {(one["confidence"], one["from"]) for one in members} == {
                (0.9, before["firstSeenAt"][:10]),
                (1.0, "2026-01-01"),
            }
            await door.run("account_undo", operation_id=said["operation_id"])
            assert (await door.ask("users/profiles/user_id:u-2/profile"))["accounts"] == []
            with pytest.raises(NotFound):
                await door.run("account_undo", operation_id="mem_none")
            with pytest.raises(NotFound):
                await door.run("account_confirm", account="acme", person="user_id:nobody")
            with pytest.raises(InputRefused, match="is a day"):
                await door.run("account_confirm", account="acme", person="user_id:u-2", to="soon")

    asyncio.run(story())


def test_nobody_else_speaks_as_an_operator() -> None:
    async def story() -> None:
        async with opened() as door:
            await door.send(joined("u-1", "acme"))
            stated = {"membership": {"status": "confirmed", "role": "buyer"}}
            event = {"type": "track", "event": "Membership Stated", "userId": "u-2"}
            await door.send({**event, "properties": {"groupId": "acme"}, "context": stated})
            assert len((await door.run("account_members", account="acme"))["members"]) == 1

    asyncio.run(story())


def test_lists_of_domains_are_mended_by_a_document() -> None:
    async def story() -> None:
        async with opened() as door:
            await door.send(joined("u-1", "acme", traits={"domain": "acme.example"}))
            identify = {"type": "identify", "userId": "u-2", "traits": {"email": "c@acme.example"}}
            await door.send(identify)
            for listed, found in (("add: [acme.example]", 0), ("remove: [acme.example]", 1)):
                text = f"{{kind: free_mail_domains, key: ours, {listed}}}"
                await door.site.applier.apply([("domains.yaml", text)])
                assert len((await door.run("account_suggestions"))["suggestions"]) == found
            for wrong in ("add: acme.example", "add: ['@']", "plus: []"):
                text = f"{{kind: free_mail_domains, key: ours, {wrong}}}"
                with pytest.raises(DocumentRefused, match=r"domains\.yaml"):
                    await door.site.applier.apply([("domains.yaml", text)])

    asyncio.run(story())


@pytest.mark.parametrize(
    "wrong",
    [
        "roles: {}",
        "roles: {buyer: {min: 0}}",
        "roles: {buyer: {weight: 0}}",
        "role: {}",
        "roles: 1",
    ],
)
def test_a_buying_group_that_says_nothing_is_refused(wrong: str) -> None:
    async def story() -> None:
        async with opened() as door:
            with pytest.raises(DocumentRefused, match=r"group\.yaml"):
                await door.site.applier.apply(
                    [("group.yaml", f"{{kind: buying_group, key: x, {wrong}}}")]
                )

    asyncio.run(story())
