"""The desk where operators say who is who: kept, told once, forgotten with the erased."""

import asyncio

import pytest

from tests.flow.erasing import traces
from tests.scenarios.undo_world import event, everybody, person_id, run, say, send, told
from wegweiser.flow.identity_document import read_rules
from wegweiser.flow.identity_queue import IdentityQueue
from wegweiser.flow.identity_rules import BUILT_IN
from wegweiser.flow.identity_statements import Wish
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.lineage import Lineage
from wegweiser.workspace.site import Site

USER, MAIL, VISITOR = "user_id:u-1", "email:ada@a.example", "anonymous_id:a-1"


async def joined(site: Site) -> None:
    """Let a visitor and a user be one by what a server says."""
    await send(site, event(1, 0, anonymousId="a-1"), event(2, 1, userId="u-1"))
    await send(site, event(3, 2, type="identify", userId="u-1", anonymousId="a-1"))
    mail = {"email": "ada@a.example"}
    await send(site, event(4, 3, type="identify", userId="u-1", traits=mail))


def test_a_preview_tells_exactly_what_the_statement_then_does() -> None:
    async def check() -> None:
        async with told() as site:
            await joined(site)
            before = await everybody(site)
            for kind in ("cut", "separate"):
                wish = Wish(kind=kind, pairs=((VISITOR, USER),))  # type: ignore[arg-type]
                seen = await site.identity.desk.preview(wish, "ada")
                assert await everybody(site) == before
                done = await site.identity.desk.say(wish, "ada")
                assert (seen["before"], seen["after"]) == (done["before"], done["after"])
                back = await run(site, "identity_undo", operation_id=done["operation_id"])
                assert (back["before"], back["after"]) == (done["after"], done["before"])
                assert await everybody(site) == before

    asyncio.run(check())


def test_who_said_it_and_why_is_kept_and_survives_a_rebuild() -> None:
    async def check() -> None:
        async with told() as site:
            await joined(site)
            await say(site, "cut", a=VISITOR, b=USER, by="ada", reason="A family tablet")
            listed = site.identity.desk.operations()
            (row,) = listed
            assert (row["kind"], row["by"], row["reason"]) == ("cut", "ada", "A family tablet")
            assert row["at"]
            assert not row["undone_by"]
            apart = await everybody(site)
            await site.rebuild()
            assert (await everybody(site), site.identity.desk.operations()) == (apart, listed)
            assert site.identity.desk.operations_of(person_id(site, USER)) == listed

    asyncio.run(check())


def test_new_evidence_for_a_pair_that_was_cut_counts_only_without_hold() -> None:
    async def check() -> None:
        async with told() as site:
            await joined(site)
            held = await say(site, "cut", a=VISITOR, b=USER)
            again = {"type": "identify", "userId": "u-1", "anonymousId": "a-1"}
            await send(site, event(5, 30, **again))
            assert person_id(site, VISITOR) != person_id(site, USER)
            await say(site, "undo", operation_id=held)
            await say(site, "cut", a=VISITOR, b=USER, hold=False)
            assert person_id(site, VISITOR) != person_id(site, USER)
            await send(site, event(6, 60, **again))
            assert person_id(site, VISITOR) == person_id(site, USER)

    asyncio.run(check())


def test_merges_and_splits_are_told_once_even_when_all_is_folded_again() -> None:
    async def check() -> None:
        async with told() as site:
            heard: list[Lineage] = []
            site.lineage.listeners.append(heard.append)
            await joined(site)
            cut = await say(site, "cut", a=VISITOR, b=USER)
            await site.intake.checkpoint()
            kinds = [one.event for one in heard]
            assert (kinds.count("Identity Merged"), kinds.count("Identity Split")) == (1, 1)
            assert len({one.message_id for one in heard}) == len(heard)
            split = next(one for one in heard if one.event == "Identity Split")
            assert split.log_position == site.unifier.position
            owner = person_id(site, VISITOR)
            assert [one.event for one in site.lineage.of_person(owner)][-1] == "Identity Merged"
            await site.rebuild()
            again: list[Lineage] = []
            site.lineage.listeners.append(again.append)
            await site.intake.checkpoint()
            assert again == []
            assert len(site.lineage.of_person(owner)) == 2
            await say(site, "undo", operation_id=cut)
            await site.intake.checkpoint()
            assert [one.event for one in again] == ["Identity Merged"]

    asyncio.run(check())


@pytest.mark.parametrize("rebuilt", [False, True])
def test_nothing_that_was_said_names_the_erased(rebuilt: bool) -> None:
    async def check() -> None:
        async with told() as site:
            await joined(site)
            await send(site, event(9, 5, userId="u-9"))
            await say(site, "separate", a=MAIL, b="user_id:u-9", reason="ada@a.example told us")
            pinned = {"pinned": {MAIL: "allowed"}}
            await run(site, "identity_rules_dry_run", rules=pinned)  # type: ignore[arg-type]
            await run(site, "identity_rules_publish", rules=pinned)  # type: ignore[arg-type]
            assert traces(site, "ada@a.example")
            async with site.erasing() as eraser:
                await eraser.forget(USER)
            if rebuilt:
                await site.rebuild()
            await site.intake.checkpoint()
            assert traces(site, "ada@a.example", "a-1") == []
            (said,) = site.identity.desk.said()
            assert (said.pairs, said.reason) == ((), "")
            assert site.unifier.directory.rules.pinned == {}
            assert len(list(site.unifier.directory.persons())) == 1

    asyncio.run(check())


def test_rules_are_checked_when_they_are_applied() -> None:
    async def check() -> None:
        async with told() as site:
            for line in (
                "{kind: identity_rules, key: house, strong_most: 0}",
                "{kind: identity_rules, key: house, unheard: 1}",
                "{kind: identity_rules, key: house, blocked_patterns: {email: ['(']}}",
                "{kind: identity_rules, key: house, blocked_patterns: {'*': ['']}}",
                f"{{kind: identity_rules, key: house, blocked_patterns: {{e: [{'a' * 201}]}}}}",
                f"{{kind: identity_rules, key: house, blocked_patterns: {{e: {['a'] * 201}}}}}",
                "{kind: identity_rules, key: house, types: {card: {class: sturdy}}}",
                "{kind: identity_rules, key: house, types: {email: {most: 0}}}",
                "{kind: identity_rules, key: house, types: {email: {window_days: -1}}}",
                "{kind: identity_rules, key: house, types: {email: {priority: 0}}}",
                "{kind: identity_rules, key: house, pinned: {'email:A@B.example': denied}}",
                "{kind: identity_rules, key: house, pinned: {nobody: denied}}",
            ):
                with pytest.raises(InputRefused, match=r"rules.yaml, line 1: identity_rules"):
                    await site.applier.apply([("rules.yaml", line)])
            assert site.identity.rules.draft is None
            good = "{kind: identity_rules, key: house, strong_most: 4}"
            await site.applier.apply([("rules.yaml", good)])
            assert site.identity.rules.draft == read_rules({"strong_most": 4})
            assert site.identity.rules.rules == BUILT_IN
            with pytest.raises(InputRefused, match="there is one draft"):
                await site.applier.apply([("rules.yaml", good.replace("house", "other"))])

    asyncio.run(check())


def test_what_is_frozen_waits_in_the_queue_until_it_is_released() -> None:
    async def check() -> None:
        async with told() as site:
            await joined(site)
            small: JsonObject = {"freeze_identifiers": 3}
            await run(site, "identity_rules_dry_run", rules=small)
            await run(site, "identity_rules_publish", rules=small)
            await send(site, event(5, 4, anonymousId="a-2"))
            await send(site, event(6, 5, type="identify", userId="u-1", anonymousId="a-2"))
            assert person_id(site, "anonymous_id:a-2") != person_id(site, USER)
            queue = await run(site, "identity_queue")
            (row,) = queue["frozen"]
            assert set(row["pair"]) == {"anonymous_id:a-2", USER}
            assert (await run(site, "identity_show", identifier=USER))["frozen"] is True
            seen = await run(site, "identity_release", identifier=USER, preview=True)
            assert person_id(site, "anonymous_id:a-2") != person_id(site, USER)
            await say(site, "release", identifier=USER)
            assert person_id(site, "anonymous_id:a-2") == person_id(site, USER)
            assert (await run(site, "identity_queue"))["frozen"] == []
            assert (seen["before"]["persons"], seen["waiting"]) == (2, 1)
            released = await everybody(site)
            await site.rebuild()
            assert await everybody(site) == released

    asyncio.run(check())


def test_the_access_document_tells_what_operators_said_of_the_person_alone() -> None:
    async def check() -> None:
        async with told() as site:
            await joined(site)
            await send(site, event(9, 5, userId="u-9"))
            await say(site, "separate", a=MAIL, b="user_id:u-9", reason="u-9 is the sister")
            await say(site, "link", a=MAIL, b=VISITOR, reason="By telephone")
            document = await run(site, "access", identifier=USER)
            said = document["identityStatements"]
            assert [(one["kind"], one["identifiers"], one["reason"]) for one in said] == [
                ("separate", [MAIL], ""),
                ("link", [VISITOR, MAIL], "By telephone"),
            ]
            assert {one["source"] for one in document["evidence"]} == {"shop", "operator"}
            assert "u-9" not in str(document["identityStatements"])

    asyncio.run(check())


def test_two_accounts_are_linked_and_taken_apart_again() -> None:
    async def check() -> None:
        async with told() as site:
            for number, group in enumerate(("acme", "globex")):
                call = {"type": "group", "userId": f"u-{number}", "groupId": group}
                await send(site, event(number, number, traits={"name": group}, **call))
            before = await everybody(site)
            link = await say(site, "link", a="group_id:acme", b="group_id:globex")
            directory = site.unifier.directory
            assert len(list(directory.accounts())) == 1
            assert len({one.person_id for one in directory.members_of("acme")}) == 2
            await say(site, "undo", operation_id=link)
            assert await everybody(site) == before
            with pytest.raises(InputRefused, match="joined to accounts only"):
                await say(site, "link", a="group_id:acme", b="user_id:u-0")

    asyncio.run(check())


def test_the_queue_comes_whole_however_few_are_looked_at_for_a_page() -> None:
    async def check() -> None:
        async with told() as site:
            for number in range(20):
                mail: JsonObject = {"email": f"p{number // 2}@a.example"}
                user = f"u-{number}"
                await send(site, event(number, 0, type="identify", userId=user, traits=mail))
            whole = await site.identity.queue.page("refused", 1_000)
            refused = whole["refused"]
            assert isinstance(refused, list)
            assert (len(refused), whole["next"]) == (10, None)
            queue = IdentityQueue(site.unifier, site.intake, persons_per_page=2)
            for limit in (1, 1_000):
                rows, after = [], ""
                while after is not None:
                    page = await queue.page("refused", limit, after)
                    rows += page["refused"]  # type: ignore[arg-type]
                    after = page["next"]  # type: ignore[assignment]
                assert rows == refused

    asyncio.run(check())
