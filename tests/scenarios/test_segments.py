"""Acceptance scenarios 39 and 40: segments under merges, splits, replays and silence."""

import asyncio

from tests.flow.sites import caller, post, running
from wegweiser.flow.segment_standing import Move
from wegweiser.terms.instant import DAY_MS, HOUR_MS
from wegweiser.terms.json import JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.regular_jobs import SEGMENTS_SECONDS
from wegweiser.workspace.site import Site

ALONE = "{kind: segment, key: alone, when: '!has(p.traits.plan)'}"
LATELY = '{kind: segment, key: lately, when: \'count("Page Viewed", "48h") >= 1\'}'
VIEW: JsonObject = {"type": "page", "messageId": "p-1", "anonymousId": "a-1", "name": "Start"}


async def send(site: Site, *events: JsonObject) -> None:
    """Send events with a secret key, and let the segments follow."""
    key, _ = caller(site)
    assert (await post(site, key, "/v1/batch", {"batch": [*events]})).status == 200
    await site.segments.settle()


def heard(site: Site) -> list[Move]:
    """Listen to all moves."""
    moves: list[Move] = []
    site.segments.listeners.append(moves.append)
    return moves


def test_39_a_merge_and_a_cut_are_an_exit_and_an_enter_each_once() -> None:
    async def go() -> None:
        async with running(ALONE) as site:
            known: JsonObject = {"type": "identify", "messageId": "i-1", "userId": "u-1"}
            await send(site, VIEW, known | {"traits": {"plan": "team"}})
            visitor = site.views.find_person("anonymous_id:a-1")
            moves = heard(site)
            site.clock.advance(HOUR_MS)
            await send(site, VIEW | {"messageId": "p-2", "userId": "u-1"})
            assert site.views.find_person("user_id:u-1") == visitor
            site.clock.advance(HOUR_MS)
            pair = {"a": "anonymous_id:a-1", "b": "user_id:u-1"}
            await operations.run(site, "identity_cut", {**pair, "reason": "another person"})
            await site.segments.settle()
            subject = f"person_id:{visitor}"
            told = [(one.subject, one.entered, one.reason) for one in moves]
            assert told == [(subject, False, "merge"), (subject, True, "split")]
            await site.rebuild()
            history = [(one.entered, one.reason) for one in site.segments.history_of(subject)]
            assert history == [(True, "split"), (False, "merge"), (True, "event")]
            assert await site.segments.recount() == 0
            assert len(moves) == 2

    asyncio.run(go())


def test_40_a_window_that_runs_out_leaves_without_an_event_and_the_recount_agrees() -> None:
    async def go() -> None:
        async with running(LATELY) as site:
            await send(site, VIEW)
            moves = heard(site)
            hour = site.clock.now_ms() // HOUR_MS * HOUR_MS
            runs_out = hour + 2 * DAY_MS
            site.clock.advance(runs_out - 1 - site.clock.now_ms())
            await site.segments.run()
            assert moves == []
            # What the server does every half second, for a minute at most.
            for _ in range(int(60 / SEGMENTS_SECONDS)):
                site.clock.advance(int(1_000 * SEGMENTS_SECONDS))
                await site.segments.run()
                if moves:
                    break
            [left] = moves
            assert (left.entered, left.reason) == (False, "time")
            assert left.at - runs_out <= 60_000
            assert await operations.run(site, "segment_recount", {}) == {"differences": 0}

    asyncio.run(go())
