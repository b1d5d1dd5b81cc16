"""News as server-sent events: whose they are, what they hold, and what a listener missed."""

import asyncio
import json

import pytest

from tests.decisioning.doors import Body, Door, opened
from tests.decisioning.listening import Ear, listening
from tests.decisioning.ofrep_schema import STREAMED, check
from wegweiser.terms.instant import DAY_MS, HOUR_MS
from wegweiser.web.api import decision_stream

CAP = "{{kind: cap, key: once-a-week, limit: {limit}, window_hours: 168}}"
VISITOR: Body = {"device": "anonymous_id:a-1"}


async def stream_url(door: Door) -> str:
    await door.meet("a-1")
    return str((await door.decide(door.public, VISITOR, stream=True))["stream_url"])


async def publish(door: Door, limit: int) -> None:
    await door.site.applier.apply([("cap.yaml", CAP.format(limit=limit))])


def secret(door: Door) -> dict[str, str]:
    return {"authorization": f"Bearer {door.secret_key}"}


def kinds(ear: Ear) -> list[str]:
    return [event.kind for event in ear.events]


def test_a_visitor_hears_that_an_answer_holds_no_longer() -> None:
    async def scenario() -> None:
        async with opened() as door:
            url = await stream_url(door)
            async with listening(door.application, url) as ear:
                assert (ear.status, ear.headers["content-type"][:17]) == (200, "text/event-stream")
                assert ear.headers["access-control-allow-origin"] == "*"
                assert ear.headers["x-accel-buffering"] == "no"
                assert ear.body.startswith(b"retry: 5000\n\n")
                await door.meet("a-2")
                await door.meet("a-1")
                told = await ear.until("decision.invalidate")
                assert set(told.data) == {"bundle"}  # type: ignore[call-overload]
                await publish(door, 3)
                assert (await ear.until("bundle.published")).id > told.id
                # Of others it hears nothing, and nothing about itself is in it.
                assert kinds(ear) == ["decision.invalidate", "bundle.published"]
                assert b"a-1" not in ear.body

    asyncio.run(scenario())


def test_openfeature_clients_hear_that_they_are_to_ask_again() -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet("a-1")
            flags = {"context": {"targetingKey": "a-1"}}
            answer = await door.public.post("/ofrep/v1/evaluate/flags", json=flags)
            (stream,) = answer.json()["eventStreams"]
            async with listening(door.application, stream["url"]) as ear:
                await door.meet("a-1")
                event = await ear.until("message")
                check(STREAMED, event.data)

    asyncio.run(scenario())


def test_a_secret_key_hears_of_decisions_that_nobody_waited_for() -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet("a-1", "u-1", "u-2")
            async with (
                listening(door.application, "/v1/stream", secret(door)) as ear,
                listening(
                    door.application, "/v1/stream?subject=user_id:u-2", secret(door)
                ) as other,
            ):
                await door.decide(door.secret, {"userId": "u-1"})
                sent = await door.decide(door.secret, {"userId": "u-1"}, placements=["news"])
                await door.until(lambda: "decision.ready" in kinds(ear))
                (event,) = ear.events
                assert event.data == {
                    "decision_id": sent["decision_id"],
                    "placements": ["news"],
                    "status": "decided",
                }
                await door.decide(door.secret, {"userId": "u-2"}, placements=["news"])
                await other.until("decision.ready")
                assert kinds(other).count("decision.ready") == 1

    asyncio.run(scenario())


def test_who_comes_back_is_told_what_was_missed() -> None:
    async def scenario() -> None:
        async with opened() as door:
            url = await stream_url(door)
            await door.meet("u-1")
            async with listening(door.application, url) as ear:
                await door.meet("a-1")
                last = (await ear.until("decision.invalidate")).id
            everything = {**secret(door), "last-event-id": last}
            door.clock.advance(60_000)
            async with listening(door.application, url, {"last-event-id": last}) as ear:
                await publish(door, 4)
                await ear.until("bundle.published")
                assert kinds(ear) == ["bundle.published"]
            await door.meet("a-1")
            await door.decide(door.secret, {"userId": "u-1"}, placements=["news"])
            await door.site.intake.settle()
            async with listening(door.application, url, {"last-event-id": last}) as ear:
                await ear.until("decision.invalidate")
                assert kinds(ear) == ["bundle.published", "decision.invalidate"]
            async with listening(door.application, "/v1/stream", everything) as ear:
                await ear.until("decision.ready")
                assert kinds(ear) == ["bundle.published", "decision.ready"]
            # After a day nobody knows any more: the safe thing is said, the old is not.
            door.clock.advance(2 * DAY_MS)
            async with listening(door.application, "/v1/stream", everything) as ear:
                await ear.until("bundle.published")
                assert kinds(ear) == ["bundle.published"]

    asyncio.run(scenario())


def test_a_stream_needs_a_right_that_lasts() -> None:
    async def scenario() -> None:
        async with opened() as door:
            url = await stream_url(door)
            public = {"authorization": f"Bearer {door.write_key}"}
            for address, headers, status in (
                ("/v1/stream", {}, 401),
                ("/v1/stream", public, 403),
                ("/ofrep/v1/events", public, 403),
                ("/v1/stream?token=wgs_x", {}, 401),
                (url.replace("wgs_", "wgt_"), {}, 401),
                ("/v1/stream?subject=nonsense", secret(door), 400),
            ):
                async with listening(door.application, address, headers) as ear:
                    assert (ear.status, ear.ended) == (status, True), address
                    told = json.loads(ear.body)
                    assert told.get("status", status) == status
            door.clock.advance(HOUR_MS)
            async with listening(door.application, url) as ear:
                assert ear.status == 401

    asyncio.run(scenario())


def test_a_quiet_stream_gives_signs_of_life_and_ends_with_its_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(decision_stream, "HEARTBEAT_S", 0.05)
    monkeypatch.setattr(decision_stream, "LOOK_AGAIN_S", 0.02)
    monkeypatch.setattr(decision_stream, "CHECKED_S", 0.1)

    async def scenario() -> None:
        async with opened() as door:
            url = await stream_url(door)
            async with listening(door.application, url) as ear:
                await ear.until(":")
                door.clock.advance(HOUR_MS)
                await door.until(lambda: ear.ended)
            assert door.site.deciding.doors.feed.open == 0
            async with listening(door.application, "/v1/stream", secret(door)) as ear:
                door.site.profiles.readers.closing = True
                await door.until(lambda: ear.ended)

    asyncio.run(scenario())
