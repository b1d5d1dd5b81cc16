"""Other systems hear who enters and leaves: at least once, in order per member, with consent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.flow.sites import caller, post, running
from wegweiser.adapters.memory import MemoryChannel
from wegweiser.flow.segment_feed import SegmentFeed
from wegweiser.ports.channel import Receipt
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

CONFIGURATION = """
{kind: segment, key: team, when: 'person.traits.plan == "team"'}
---
{kind: segment, key: solo, when: 'person.traits.plan == "solo"'}
---
{kind: endpoint, key: crm, channel: webhook, via: webhook, target: https://hooks.crm.example/in,
 secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, events: [audience.entered, audience.exited],
 segments: [team]}
"""
SHARING: JsonObject = {"consent": {"categoryPreferences": {"sharing": True}}}


@asynccontextmanager
async def feeding() -> AsyncIterator[tuple[Site, SegmentFeed, MemoryChannel]]:
    """Run a site whose feed hands over to a channel in memory."""
    async with running(CONFIGURATION) as site:
        channel = MemoryChannel()
        feed = reopened(site, channel)
        yield site, feed, channel


def reopened(site: Site, channel: MemoryChannel) -> SegmentFeed:
    """Open the feed of a site as a start does."""
    feed = SegmentFeed(
        site.unifier, site.views, site.engines.store, site.clock, lambda endpoint: channel
    )
    site.segments.copies[:] = [feed.note]
    return feed


async def plan(site: Site, number: int, user: str, plan: Json, context: Json = None) -> None:
    """Let a user have a plan, and bring the segments up to it."""
    key, _ = caller(site)
    event = {"type": "identify", "messageId": f"{user}-{number}", "userId": user}
    event |= {"traits": {"plan": plan}, "context": context or {}}
    assert (await post(site, key, "/v1/identify", event)).status == 200
    await operations.run(site, "segment_list", {})


def told(channel: MemoryChannel) -> list[tuple[str, bool]]:
    """Give type and membership of all parcels."""
    return [(one.type, bool(one.data["team"])) for one in channel.parcels]


def test_who_enters_with_consent_is_told_with_identifiers_and_once():
    async def go() -> None:
        async with feeding() as (site, feed, channel):
            await plan(site, 1, "u-1", "team", SHARING)
            await feed.run()
            await feed.run()
            [parcel] = channel.parcels
            assert parcel.type == "audience.entered"
            assert parcel.data["audience_key"] == "team"
            assert parcel.data["reason"] == "event"
            assert {"type": "user_id", "value": "u-1"} in parcel.data["identifiers"]
            await plan(site, 2, "u-1", "solo")
            await feed.run()
            assert told(channel) == [("audience.entered", True), ("audience.exited", False)]
            assert feed.waiting == 0

    asyncio.run(go())


def test_without_consent_only_the_leaving_is_told_and_without_a_name():
    async def go() -> None:
        async with feeding() as (site, feed, channel):
            await plan(site, 1, "u-1", "team")
            await plan(site, 2, "u-1", "solo")
            await feed.run()
            [parcel] = channel.parcels
            assert parcel.type == "audience.exited"
            assert "identifiers" not in parcel.data

    asyncio.run(go())


def test_a_failed_try_comes_again_after_a_restart_and_nothing_overtakes_it():
    async def go() -> None:
        async with feeding() as (site, feed, channel):
            channel.answers = [Receipt("", "failed", 503, "busy")]
            await plan(site, 1, "u-1", "team", SHARING)
            await plan(site, 2, "u-1", "solo")
            await plan(site, 1, "u-2", "team", SHARING)
            await feed.run()
            assert told(channel) == [("audience.entered", True), ("audience.entered", True)]
            again = reopened(site, channel)
            await again.run()
            assert len(channel.parcels) == 2
            site.clock.advance(60_000)
            await again.run()
            assert told(channel)[2:] == [("audience.entered", True), ("audience.exited", False)]
            assert channel.parcels[2].parcel_id == channel.parcels[0].parcel_id

    asyncio.run(go())


def test_a_joined_member_is_removed_under_the_name_that_is_no_more():
    async def go() -> None:
        async with feeding() as (site, feed, channel):
            key, _ = caller(site)
            view = {"type": "page", "messageId": "p-1", "anonymousId": "a-1", "name": "Start"}
            await post(site, key, "/v1/page", view | {"context": SHARING})
            await plan(site, 1, "u-1", "team", SHARING)
            gone = site.views.find_person("user_id:u-1")
            await post(site, key, "/v1/page", view | {"messageId": "p-2", "userId": "u-1"})
            await operations.run(site, "segment_list", {})
            kept = site.views.find_person("user_id:u-1")
            assert kept != gone
            await feed.run()
            rows = [
                (one.data["person_id"], one.data["team"], one.data["reason"])
                for one in channel.parcels
            ]
            # Who was joined before anybody heard of it has only the leaving left to tell.
            assert sorted(rows) == sorted([(gone, False, "merge"), (kept, True, "merge")])
            assert await operations.run(site, "segment_recount", {}) == {"differences": 0}

    asyncio.run(go())


def test_a_rebuild_tells_nobody_anew():
    async def go() -> None:
        async with feeding() as (site, feed, _):
            await plan(site, 1, "u-1", "team", SHARING)
            await feed.run()
            await site.rebuild()
            assert site.segments.members.sizes()["team"] == 1
            assert site.segment_feed.waiting == 0
            shown = await operations.run(site, "segment_show", {"key": "team"})
            assert isinstance(shown, dict)
            assert [one["entered"] for one in shown["history"]] == [1]

    asyncio.run(go())


def test_a_segment_that_an_endpoint_asks_for_is_not_removed():
    async def go() -> None:
        async with feeding() as (site, _, _):
            with pytest.raises(InputRefused, match="endpoint crm asks for team"):
                await operations.run(site, "segment_remove", {"key": "team"})
            await operations.run(site, "segment_remove", {"key": "solo"})
            assert list(site.segments.book.by_key) == ["team"]

    asyncio.run(go())
