"""Accounts at their edges: crowds, claims of strangers, nightly imports, days to come, restarts."""

import asyncio
from typing import Any

import pytest

from tests.flow.sites import NOW
from tests.scenarios.test_accounts import Door, joined, opened, viewed
from wegweiser.adapters.memory import MemoryStore
from wegweiser.flow import profile_cache
from wegweiser.resolve import roster as roster_of
from wegweiser.resolve import rows
from wegweiser.resolve.account_book import AccountBook
from wegweiser.resolve.account_facts import AccountFact
from wegweiser.resolve.births import Births
from wegweiser.resolve.roster import Roster
from wegweiser.terms.identity import Membership
from wegweiser.terms.instant import DAY_MS, day_of, format_day
from wegweiser.terms.source import Trust


async def suggested(door: Door) -> list[dict[str, Any]]:
    found = await door.run("account_suggestions", account="acme")
    return list(found["suggestions"])


def test_a_website_that_is_said_again_every_night_renews_no_suggestion() -> None:
    company = {"type": "group", "groupId": "acme", "traits": {"website": "https://acme.example"}}

    async def story() -> None:
        async with opened() as door:
            await door.send({**company, "userId": "u-1"})
            ada = {"type": "identify", "userId": "u-2", "traits": {"email": "ada@acme.example"}}
            await door.send(ada)
            [first] = await suggested(door)
            for _ in range(3):
                door.pass_days(29)
                await door.send({**company, "userId": "u-1"})
            assert [one["since"] for one in await suggested(door)] == [first["since"]]
            door.pass_days(4)
            await door.send({**company, "userId": "u-1"})
            assert await suggested(door) == []

    asyncio.run(story())


def test_when_a_domain_was_first_said_is_the_same_in_any_order() -> None:
    facts = [
        AccountFact("acme", "first_host", "acme.example", at, Trust.SERVER, f"m-{at}")
        for at in (7, 3, 9)
    ]
    for told in (facts, facts[::-1], facts[1:] + facts[:1]):
        book = AccountBook(Births(), tuple)
        assert [one for one in told if book.facts.add(one)][-1].at == 3
        assert [one.at for one in book.facts.of("acme")] == [3]


def test_what_is_said_of_websites_leaves_the_joins_alone() -> None:
    book = AccountBook(Births(), tuple)
    before = dict(book.facts.changes)
    for number in range(50):
        host = f"a{number}.example"
        book.facts.add(AccountFact(f"g-{number}", "website", host, 1, Trust.SERVER, "m"))
        book.facts.add(AccountFact(f"g-{number}", "website", host, 2, Trust.SERVER, "m"))
    assert book.facts.changes == before | {"hosts": 50}
    book.facts.add(AccountFact("g-1", "group_id", "g-2", 1, Trust.SERVER, "m"))
    assert book.joins.together("g-1") == {"g-1", "g-2"}


def test_a_long_chain_of_parents_is_walked_once() -> None:
    book = AccountBook(Births(), tuple)
    depth = 5_000
    for number in range(depth):
        parent = f"g-{(number + 1) % depth:05d}"
        fact = AccountFact(f"g-{number:05d}", "parent_id", parent, 1, Trust.SERVER, "m")
        assert book.facts.add(fact)
    assert len(book.above("g-00000")) == depth - 1
    assert len(book.below("g-00000")) == depth - 1
    assert "g-00000" not in book.below("g-00000")


def test_whoever_leaves_on_a_day_to_come_is_a_member_until_its_end() -> None:
    async def story() -> None:
        async with opened() as door:
            await door.send(joined("u-1", "acme", "buyer"))
            last = format_day(day_of(NOW) + 3)
            said = {"account": "acme", "person": "user_id:u-1", "to": last}
            await door.run("account_remove", **said)
            counts = []
            for _ in range(5):
                found = await door.run("account_members", account="acme")
                counts.append(len(found["members"]))
                door.pass_days(1)
            assert counts == [1, 1, 1, 1, 0]

    asyncio.run(story())


def test_claims_end_in_the_views_the_moment_their_source_needs_a_proof() -> None:
    async def story() -> None:
        async with opened() as door:
            await door.send(joined("u-1", "acme"), public=True)
            await door.send(viewed("u-1"), public=True)
            views = door.site.views
            assert views.account("acme").counters["Page Viewed"] == 1
            source = door.site.callers.named("shop")
            assert source is not None
            door.site.callers.user_hash_secrets(source, new=True)
            assert "Page Viewed" not in views.account("acme").counters

    asyncio.run(story())


def claim(number: int, trust: Trust = Trust.PUBLIC) -> Membership:
    status = "confirmed" if trust >= Trust.SERVER else "claimed"
    member = f"anonymous_id:a-{number:03d}"
    return Membership(member, "acme", "", status, NOW, f"m-{number}", 10, None, trust)


def test_strangers_add_no_more_members_to_a_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster_of, "MOST_CLAIMING", 3)
    live = Roster()
    assert [live.add(claim(number)) for number in range(5)] == [True, True, True, False, False]
    assert live.refused == 2
    assert live.add(claim(4, Trust.SERVER))
    # Whoever is in already may go on speaking, and trusted senders add anybody.
    assert live.add(claim(4))
    assert live.add(claim(9, Trust.SERVER))
    assert len(live.leaves_in("acme")) == 5


def test_one_stranger_says_only_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster_of, "MOST_CLAIMED", 3)
    monkeypatch.setattr(roster_of, "MOST_PER_LEAF", 4)
    live = Roster()

    def said(day: int, role: str = "", trust: Trust = Trust.PUBLIC) -> bool:
        at = NOW + day * DAY_MS
        status = "claimed" if trust < Trust.SERVER else "confirmed"
        return live.add(Membership("email:a", "g", role, status, at, f"m-{day}", 1, None, trust))

    assert [said(day) for day in range(5)] == [True, True, True, False, False]
    # The newest word of a day that is known still counts, and so does everybody who is trusted.
    assert live.add(Membership("email:a", "g", "", "claimed", NOW + 1, "m", 1, 2, Trust.PUBLIC))
    assert [said(9, str(role), Trust.SERVER) for role in range(4)] == [True, True, True, False]
    assert said(9, "chair", Trust.OPERATOR)
    assert live.refused == 3


def test_what_strangers_claimed_in_vain_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster_of, "MOST_CLAIMING", 2)

    async def story() -> None:
        async with opened() as door:
            assert "cap_memberships" not in await door.run("doctor")
            for number in range(4):
                await door.send(joined(f"u-{number}", "acme"), public=True)
            told = await door.run("doctor")
            assert (told["cap_memberships"], told["healthy"], told["stored"]) == (2, True, 4)

    asyncio.run(story())


def test_a_crowd_is_the_same_after_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster_of, "MOST_CLAIMING", 3)
    live = Roster()
    # In the store the trusted ones come first, so that they alone would fill the account.
    told = [claim(number) for number in (97, 98, 99)]
    told += [claim(number, Trust.SERVER) for number in range(5)]
    store = MemoryStore()
    store.commit([rows.membership_row(item) for item in told if live.add(item)])
    again = AccountBook(Births(), tuple)
    again.load(store)
    assert again.roster.leaves_in("acme") == live.leaves_in("acme")
    assert len(live.leaves_in("acme")) == 8


def test_a_large_account_is_nobodys_start_and_none_of_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(profile_cache, "MOST_NAMED", 3)

    async def story() -> None:
        async with opened() as door:
            directory = door.site.unifier.directory
            await door.send(*(joined(f"u-{n}", "acme") for n in range(3)))
            parts = directory.few_members_of("acme", 3)
            assert parts is not None
            assert parts == directory.members_of("acme")
            assert len(door.site.views._colleagues("acme")) == 3
            await door.send(joined("u-4", "acme"))
            assert directory.few_members_of("acme", 3) is None
            assert door.site.views._colleagues("acme") == {}
            assert len(door.site.views._people("acme")) == 4

    asyncio.run(story())


def test_a_decision_reads_a_large_account_at_most_every_two_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story() -> None:
        async with opened() as door:
            await door.send(joined("u-1", "acme"), joined("u-2", "acme"))
            views = door.site.views
            for large, counts in ((1_000, [1, 2, 3]), (1, [3, 3, 5])):
                monkeypatch.setattr(profile_cache, "LARGE_LEAVES", large)
                seen = []
                for passed in (0, 0, 2.1):
                    door.pass_days(passed * 1_000 / DAY_MS)
                    if large == 1_000 or seen:
                        await door.send(viewed("u-1"))
                    profile, _, _ = views._account_lately("acme")
                    seen.append(profile.counters["Page Viewed"])
                    assert views.account("acme").counters["Page Viewed"] >= seen[-1]
                    views.renew("group_id:acme")
                assert seen == counts

    asyncio.run(story())


def test_an_undo_finds_the_statement_among_many_accounts() -> None:
    async def story() -> None:
        async with opened() as door:
            await door.send(*(joined(f"u-{n}", f"g-{n}") for n in range(5)))
            said = await door.run("account_remove", account="g-3", person="user_id:u-3")
            told = await door.run("account_statements")
            assert [one["operation_id"] for one in told["statements"]] == [said["operation_id"]]
            await door.run("account_undo", operation_id=said["operation_id"])
            assert len((await door.run("account_members", account="g-3"))["members"]) == 1
            assert (await door.run("account_statements", account="g-1"))["statements"] == []

    asyncio.run(story())


def test_whoever_is_active_for_another_account_only_is_not_engaged_here() -> None:
    async def story() -> None:
        async with opened() as door:
            await door.send(joined("u-1", "acme", "buyer"), joined("u-1", "other", "buyer"))
            door.pass_days(100)
            await door.send({**viewed("u-1"), "context": {"groupId": "other"}})
            for group, engaged, days in (("acme", 0.0, 0), ("other", 0.666667, 100)):
                told = (await door.run("account_buying_groups", account=group))["buying_groups"]
                assert (told["completeness"], told["engaged"]) == (0.666667, engaged)
                [member] = (await door.run("account_members", account=group))["members"]
                assert member["last_seen_at"][:10] == format_day(day_of(NOW) + days)

    asyncio.run(story())
