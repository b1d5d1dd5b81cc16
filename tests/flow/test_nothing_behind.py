"""Whoever asks after an answer gets all that was acknowledged before, without a moment's wait.

No job runs beside these sites: what a door does not bring up to date itself stays behind here.
"""

import asyncio

import msgspec

from tests.flow.loops import on_a_loop
from tests.flow.segmented import asked, identify, send
from tests.flow.sites import CONFIGURATION, CONSENT, NOW, caller, post, running, seen
from tests.web.profile_reader import ProfileReader, reading
from wegweiser.adapters.memory import MemoryClock
from wegweiser.flow.tables import OUTBOX
from wegweiser.flow.whole_persons import whole_persons
from wegweiser.ports.operational_store import Change
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.record import Ruled
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

DEVICES = 400
PUSHED = """
{kind: placement, key: crm.push, channel: webhook, direction: push, allow_nothing: false}
---
{kind: endpoint, key: crm, channel: webhook, via: webhook, target: 'https://crm.example.com/in',
 secret: whsec_c2VjcmV0LW9mLXRoZS10ZXN0LXJlY2VpdmVyLTMy}
---
{kind: message, key: welcome, variants: [{key: en, channel: webhook, content: {text: Hello}}]}
---
{kind: arms, nothing: 0, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0}
"""
TEAMS = """
{kind: segment, key: team, when: 'person.traits.plan == "team"'}
"""
QUIET = """
{kind: segment, key: quiet, when: 'days_since(person.last_seen) > 3'}
---
{kind: message, key: come-back, goal: demo-booked, topic: sso, value: 10,
 rules: [{label: eligible, when: '"quiet" in person.segments'}],
 variants: [{key: en, channel: web, content: {title: SSO}}]}
"""
SHARING: JsonObject = {"consent": {"categoryPreferences": {"sharing": True}}}


async def decided(site: Site, placement: str, user: str = "u-1") -> JsonObject:
    """Decide for a user in a placement."""
    body: JsonObject = {
        "request_id": f"r-{placement}-{user}",
        "subject": {"person": f"user_id:{user}"},
        "placements": [{"key": placement}],
    }
    answer = await site.deciding.chooser.decide(body, caller(site)[1])
    assert answer["status"] == "decided", answer
    return answer


async def exported(site: Site, kind: str) -> list[JsonObject]:
    """Export everything of a kind."""
    return [msgspec.json.decode(row) async for row in operations.export(site, kind)]


async def kinds(reader: ProfileReader) -> set[Json]:
    """Read which kinds of lines stand in the timeline of the one user."""
    lines = (await reader.read("user_id:u-1", "timeline"))["data"]
    return {line["kind"] for line in lines if isinstance(line, dict)}


@on_a_loop
async def test_the_timeline_tells_of_a_decision_and_of_what_came_of_it_at_once() -> None:
    async with reading(configuration=CONFIGURATION) as reader:
        await reader.send(seen("u-1", 1))
        answer = await decided(reader.site, "home.hero")
        assert "decision" in await kinds(reader)
        outcome: JsonObject = {
            "outcome_id": "o-1",
            "kind": "click",
            "decision_id": answer["decision_id"],
            "placement": "home.hero",
        }
        [told] = await reader.site.deciding.desk.report([outcome], caller(reader.site)[1])
        assert told.status == "stored", told
        assert "outcome" in await kinds(reader)


def _linked() -> list[JsonObject]:
    """Let a user be named on more devices than are computed while an event waits."""
    at = format_instant(NOW - DAY_MS)
    return [
        {
            "type": "identify",
            "messageId": f"d-{number}",
            "anonymousId": f"a-{number}",
            "userId": "u-1",
            "timestamp": at,
        }
        for number in range(DEVICES)
    ]


async def _large(site: Site) -> None:
    """Have a large component acknowledged that is still to be computed."""
    rules = IdentityRules(weak_most=9_999, most_identifiers=9_999, most_merges=9_999)
    await site.intake.append(Ruled(at=NOW, by="ada", rules=rules))
    key, _ = caller(site)
    assert (await post(site, key, "/v1/batch", {"batch": _linked()})).status == 200
    assert site.unifier.settling


@on_a_loop
async def test_nobody_is_erased_by_halves_while_a_large_component_is_computed() -> None:
    async with running("") as site:
        await _large(site)
        told = await asked(site, "forget", identifier="user_id:u-1", dry_run=True)
        assert len(told["would_go"]["names"]) == DEVICES + 1


@on_a_loop
async def test_an_export_knows_a_large_component_whole() -> None:
    async with running("") as site:
        await _large(site)
        [person] = await exported(site, "persons")
        identifiers = person["identifiers"]
        assert isinstance(identifiers, list)
        assert len(identifiers) == DEVICES + 1


@on_a_loop
async def test_the_hash_of_all_profiles_knows_a_large_component_whole() -> None:
    async with running("") as site:
        await _large(site)
        early = await asked(site, "hash")
        assert early["persons"] == 1
        await whole_persons(site.unifier)
        assert await asked(site, "hash") == early


@on_a_loop
async def test_a_journey_of_a_segment_knows_who_entered_it_just_now() -> None:
    async with running(TEAMS) as site:
        await send(site, identify(1, "u-1", plan="team"), identify(2, "u-2", plan="solo"))
        narrowed = await asked(site, "journey_flow", of="person", segment=["team"])
        whole = await asked(site, "journey_flow", of="person")
        assert (narrowed["counted"], whole["counted"]) == (1, 2)


@on_a_loop
async def test_a_message_reaches_whom_time_alone_moved_into_its_segment() -> None:
    async with running(f"{CONFIGURATION}---{QUIET}") as site:
        await send(site, identify(1, "u-1") | {"context": CONSENT})
        assert await _reached(site) == 0
        clock = site.clock
        assert isinstance(clock, MemoryClock)
        clock.now += 4 * DAY_MS
        assert await _reached(site) == 1


async def _reached(site: Site) -> Json:
    reach = await asked(site, "message_reach", key="come-back")
    matches = reach["matches"]
    assert isinstance(matches, dict)
    return matches["people"]


@on_a_loop
async def test_a_push_that_was_just_decided_stands_among_the_deliveries() -> None:
    async with running(PUSHED) as site:
        await send(site, identify(1, "u-1") | {"context": SHARING})
        answer = await decided(site, "crm.push")
        [listed] = await _rows(site, "delivery_list", state="pending")
        assert listed["decision"] == answer["decision_id"]
        assert (await asked(site, "delivery_counts"))["pending"] == 1
        [endpoint] = await _rows(site, "endpoint_list")
        assert endpoint["waiting"] == 1
        # Looked at again it is the same one: built once, and not sent by being looked at.
        assert await _rows(site, "delivery_list", state="all") == [listed]


@on_a_loop
async def test_whoever_is_erased_while_others_are_built_gets_no_delivery() -> None:
    async with running(PUSHED) as site:
        for number in (1, 2):
            await send(site, identify(number, f"u-{number}") | {"context": SHARING})
        answers = [await decided(site, "crm.push", f"u-{number}") for number in (1, 2)]
        await site.intake.settle()
        building = asyncio.create_task(site.deciding.sender.begin())
        await asyncio.sleep(0)
        gone = str(answers[1]["decision_id"]).encode()
        site.engines.store.commit([Change(OUTBOX, gone, None)])
        await building
        [listed] = await _rows(site, "delivery_list", state="all")
        assert listed["decision"] == answers[0]["decision_id"]


async def _rows(site: Site, operation: str, **arguments: Json) -> list[JsonObject]:
    found = await operations.run(site, operation, arguments)
    assert isinstance(found, list)
    return [one for one in found if isinstance(one, dict)]


@on_a_loop
async def test_rules_of_identity_are_found_by_their_version_right_after_they_counted() -> None:
    async with running("") as site:
        ruled = Ruled(at=NOW, by="ada", rules=IdentityRules(weak_most=7))
        await site.intake.append(ruled)
        found = await asked(site, "identity_rules_dry_run", version=ruled.rules.version)
        assert found["version"] == ruled.rules.version
