"""Acceptance scenarios 23 to 30: what is joined comes apart exactly, and nothing is lost."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from tests.flow.sites import caller
from tests.scenarios.undo_world import (
    GRANTED,
    NO_MAIL,
    NOW,
    SEGMENTS,
    event,
    everybody,
    new_engines,
    person_id,
    run,
    say,
    send,
    told,
    whole,
)
from wegweiser.flow.identity_rules import BUILT_IN
from wegweiser.settings import Settings
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wire import WireRequest
from wegweiser.web.api.spaces import read
from wegweiser.workspace.engines import embedded
from wegweiser.workspace.site import Site

VISITOR, USER = "anonymous_id:a-1", "user_id:u-1"
# The visitor came first, so that it holds the id that survives.
VISITOR_EVENTS = [
    event(number, number, anonymousId="a-1", context=GRANTED, properties={"path": f"/{number}"})
    for number in range(3)
]
USER_EVENTS = [
    event(10, 4, type="identify", userId="u-1", traits={"plan": "team", "email": "ada@a.example"}),
    event(11, 5, userId="u-1", context=NO_MAIL),
    event(12, 6, type="group", userId="u-1", groupId="acme", traits={"name": "Acme"}),
]
MERGE = event(20, 30, type="identify", userId="u-1", traits={"city": "Kiel"})
MERGING = {**MERGE, "anonymousId": "a-1"}


async def two_persons(site: Site) -> None:
    """Let a visitor and a known user stand side by side."""
    await send(site, *VISITOR_EVENTS)
    await send(site, *USER_EVENTS)


def test_23_a_cut_gives_both_back() -> None:
    async def check() -> None:
        async with told() as twin, told() as site:
            # In the twin the same event says nothing of the visitor.
            await two_persons(twin)
            await send(twin, MERGE)
            await two_persons(site)
            before = await whole(site, VISITOR)
            ids = person_id(site, VISITOR), person_id(site, USER)
            await send(site, MERGING)
            assert person_id(site, VISITOR) == person_id(site, USER) == ids[0]
            assert b'"readers"' in await whole(site, USER)
            await say(site, "cut", a=VISITOR, b=USER)
            assert (person_id(site, VISITOR), person_id(site, USER)) == ids
            assert await whole(site, VISITOR) == before == await whole(twin, VISITOR)
            assert _alike(await whole(site, USER), ids[1]) == _alike(
                await whole(twin, USER), person_id(twin, USER)
            )

    asyncio.run(check())


def _alike(profile: bytes, own_id: str) -> bytes:
    """Leave out of a profile the id that its place in the log gave it."""
    return profile.replace(own_id.encode(), b"per_")


def test_24_what_came_after_the_merge_is_with_the_leaf_that_it_named() -> None:
    async def check() -> None:
        async with told() as site:
            await two_persons(site)
            await send(site, MERGING)
            for number in range(25):
                await send(site, event(100 + number, 31 + number / 50, anonymousId="a-1"))
                await send(site, event(200 + number, 31 + number / 50, userId="u-1"))
            await say(site, "cut", a=VISITOR, b=USER)
            visitor = site.views.person(person_id(site, VISITOR))
            user = site.views.person(person_id(site, USER))
            assert visitor.counters == {"Page Viewed": 3 + 25}
            assert user.counters["Page Viewed"] == 1 + 25
            assert user.counters["Identified"] == 2

    asyncio.run(check())


@pytest.mark.parametrize("kind", ["cut", "separate"])
def test_25_an_undone_cut_is_byte_equal_to_the_merge(kind: str) -> None:
    async def check() -> None:
        async with told() as site:
            await two_persons(site)
            await send(site, MERGING)
            merged, all_merged = await whole(site, USER), await everybody(site)
            operation_id = await say(site, kind, a=VISITOR, b=USER, reason="Two people")
            apart = await everybody(site)
            assert apart != all_merged
            undo = await say(site, "undo", operation_id=operation_id)
            assert (await whole(site, USER), await everybody(site)) == (merged, all_merged)
            await say(site, "undo", operation_id=undo)
            assert await everybody(site) == apart
            await site.rebuild()
            assert await everybody(site) == apart

    asyncio.run(check())


def test_26_a_merge_loses_nothing() -> None:
    async def check() -> None:
        async with told() as site:
            first = event(1, 0, type="identify", userId="u-1", traits={"firstName": "Ada"})
            visit = event(2, 0.1, userId="u-1", context=GRANTED)
            contact = {"lastName": "Muster", "email": "ada@a.example"}
            second = event(3, 20, type="identify", traits=contact, anonymousId="a-7")
            # The same quarter of an hour on two devices is one visit.
            third = event(4, 20.1, anonymousId="a-7")
            fourth = event(5, 20.1, userId="u-1")
            await send(site, first, visit, second, third, fourth)
            assert person_id(site, USER) != person_id(site, "email:ada@a.example")
            sessions = [site.views.person(person_id(site, name)).sessions for name in (USER,)]
            assert sessions == [2]
            joined = {"email": "ada@a.example"}
            await send(site, event(6, 40, type="identify", userId="u-1", traits=joined))
            survivor = site.views.person(person_id(site, USER))
            assert survivor.person_id == person_id(site, "anonymous_id:a-7")
            assert survivor.traits["firstName"] == "Ada"
            assert survivor.traits["lastName"] == "Muster"
            assert survivor.counters == {"Identified": 3, "Page Viewed": 3}
            assert survivor.sessions == 3
            happened = {one.message_id for one in site.views.timeline(survivor.person_id)}
            assert happened == {f"m-{number}" for number in range(1, 7)}

    asyncio.run(check())


def test_27_a_read_after_a_position_sees_the_newest_event_and_the_merge() -> None:
    async def check() -> None:
        async with told() as site:
            await two_persons(site)
            await send(site, event(30, 71.999, anonymousId="a-1", properties={"path": "/last"}))
            position = await send(site, MERGING)
            key, _ = caller(site)
            path = "/v1/spaces/default/collections/users/profiles/user_id:u-1/events"
            asked = WireRequest(
                "GET",
                path,
                "limit=100",
                {"x-write-key": key, "wegweiser-after": str(position)},
            )
            answer = await read(site, asked)
            assert answer.status == 200, answer.body
            rows = msgspec.json.decode(answer.body)["data"]
            assert {"m-30", "m-20"} <= {row["message_id"] for row in rows}
            late = msgspec.structs.replace(
                asked, headers={**asked.headers, "wegweiser-after": str(position + 1)}
            )
            assert (await read(site, late)).status == 503

    asyncio.run(check())


def test_28_several_effects_of_one_request_are_all_there() -> None:
    async def check() -> None:
        async with told() as site:
            await asyncio.gather(
                send(site, event(1, 1, userId="u-1"), event(2, 1, userId="u-1")),
                send(site, event(3, 1, userId="u-1", context=GRANTED)),
                send(
                    site,
                    event(4, 1, type="identify", userId="u-1", traits={"plan": "team"}),
                    event(5, 1, type="track", event="Demo Booked", userId="u-1"),
                ),
            )
            profile = site.views.person(person_id(site, USER))
            assert profile.counters == {"Demo Booked": 1, "Identified": 1, "Page Viewed": 3}
            assert (profile.traits["plan"], profile.consent["measurement"]) == ("team", "granted")

    asyncio.run(check())


STEPS = ("visitor", "user", "merge", "cut", "undo")


async def do(site: Site, step: str) -> None:
    """Do one step of a story in which two persons are joined, parted and joined again."""
    match step:
        case "visitor":
            await send(site, *VISITOR_EVENTS)
        case "user":
            await send(site, *USER_EVENTS)
        case "merge":
            await send(site, MERGING)
        case "cut":
            await say(site, "cut", a=VISITOR, b=USER)
        case "undo":
            await say(site, "undo", operation_id=site.identity.desk.said()[-1].operation_id)


@pytest.mark.parametrize("crash", [2, 3, 4, 5])
@pytest.mark.parametrize("checkpoints", [(), (1, 3), (2, 4)])
def test_29_after_a_crash_the_clusters_are_the_old_or_the_new_ones(
    crash: int, checkpoints: tuple[int, ...]
) -> None:
    async def check() -> None:
        async with told() as whole_site:
            for step in STEPS[:crash]:
                await do(whole_site, step)
            wanted = await everybody(whole_site)
        engines = new_engines()
        site = Site(engines, Settings())
        await site.start(background=False)
        await site.applier.apply([("segments.yaml", SEGMENTS)])
        for number, step in enumerate(STEPS[:crash], 1):
            await do(site, step)
            if number in checkpoints:
                await site.intake.checkpoint()
        # Nothing of what memory holds is written: the process is gone.
        await site.intake._end()
        async with told(engines) as again:
            assert [_plain(one) for one in await everybody(again)] == [
                _plain(one) for one in wanted
            ]

    asyncio.run(check())


def _plain(profile: bytes) -> bytes:
    """Leave the ids out: each site makes keys, and so log positions, of its own."""
    found = msgspec.json.decode(profile)
    found.pop("personId", None)
    return msgspec.json.encode(found, order="sorted")


def test_29_a_killed_folder_opens_with_whole_clusters(tmp_path: Path) -> None:
    async def check() -> None:
        site = Site(embedded(tmp_path, Settings()), Settings())
        await site.start(background=False)
        for step in STEPS[:3]:
            await do(site, step)
        await site.intake.checkpoint()
        await do(site, "cut")
        apart = await everybody(site)
        await site.intake._end()
        site.engines.close()
        again = Site(embedded(tmp_path, Settings()), Settings())
        await again.start(background=False)
        assert await everybody(again) == apart
        assert person_id(again, VISITOR) != person_id(again, USER)
        await again.stop()

    asyncio.run(check())


CARD = [{"id": "7", "type": "loyalty_card", "collection": "users", "encoding": "none"}]
NEW_RULES = "{kind: identity_rules, key: house, types: {loyalty_card: {class: strong}}}"


def mail_allowed(choice: bool) -> JsonObject:
    """Write a context in which somebody was asked whether they want mails."""
    return {"consent": {"categoryPreferences": {"measurement": True, "email": choice}}}


def test_30_a_dry_run_comes_true_and_the_old_version_brings_the_old_persons_back() -> None:
    async def check() -> None:
        async with told() as site:
            for number, address in enumerate(("ada@a.example", "ida@a.example")):
                shown: JsonObject = {"externalIds": [*CARD], **mail_allowed(number == 0)}
                await send(
                    site,
                    event(
                        number,
                        1,
                        type="identify",
                        anonymousId=f"a-{number}",
                        traits={"email": address},
                        context=shown,
                    ),
                    event(10 + number, 2, anonymousId=f"a-{number}"),
                    event(20 + number, 2, anonymousId=f"a-{number}"),
                )
            await send(site, event(90, 0, userId="u-9"))
            before = await everybody(site)
            await site.applier.apply([("rules.yaml", NEW_RULES)])
            assert await everybody(site) == before
            with pytest.raises(Exception, match="not tried dry"):
                await run(site, "identity_rules_publish")
            tried = await run(site, "identity_rules_dry_run")
            assert await everybody(site) == before
            assert (tried["merges"], tried["splits"]) == (1, 0)
            assert tried["examples"]["merges"][0]["after"]
            # Neither read three pages, both together did; one may be written to, the other not.
            assert (tried["segment_enters"], tried["segment_leaves"]) == ({"readers": 1}, {})
            assert tried["conflicts"] == {"email": 1}
            await run(site, "identity_rules_publish", reason="One card, one person")
            persons = len(list(site.unifier.directory.persons()))
            changed = tried["persons_after"] - tried["persons_before"]
            assert persons == len(before) + changed
            both = person_id(site, "email:ada@a.example")
            assert both == person_id(site, "email:ida@a.example")
            await site.segments.settle()
            profile = site.views.person(both)
            assert (profile.segments, profile.consent["email"]) == (("readers",), "conflict")
            back = await run(site, "identity_rules_dry_run", version=BUILT_IN.version, all=True)
            assert (back["splits"], back["leaves_moved"]) == (1, tried["leaves_moved"])
            await run(site, "identity_rules_publish", version=BUILT_IN.version)
            assert await everybody(site) == before
            await site.rebuild()
            assert await everybody(site) == before

    asyncio.run(check())


def test_30_only_those_touched_lately_are_looked_at_unless_all_are_asked_for() -> None:
    async def check() -> None:
        async with told() as site:
            await two_persons(site)
            site.clock.advance(40 * DAY_MS)  # type: ignore[attr-defined]
            stated: JsonObject = {"strong_most": 6}
            some = await run(site, "identity_rules_dry_run", rules=stated)
            every = await run(site, "identity_rules_dry_run", rules=stated, all=True)
            assert (some["looked_at"], every["looked_at"]) == (0, 2)
            assert site.clock.now_ms() > NOW

    asyncio.run(check())
