"""The feed at its edges: cursors from elsewhere, unknown names, pages that others fill."""

import asyncio

import pytest

from tests.flow.sites import running
from tests.flow.test_change_feed import CONFIGURATION, SHARING, changes, identify, streaming, told
from wegweiser.flow import change_feed
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.workspace import operations


def test_a_cursor_that_is_ahead_is_a_gap_and_the_feed_goes_on_from_now():
    async def go() -> None:
        async with running(CONFIGURATION) as site:
            await identify(site, 1, "u-1", "team", context=SHARING)
            found = await changes(site, "999999-0")
            assert (found["gap"], found["changes"]) == (True, [])
            assert found["next"] == str(site.profiles.changes.head)
            acknowledged = await changes(site, str(site.engines.log.head()))
            assert acknowledged["gap"] is False
            async with streaming(site) as stream:
                stream.begin(last_event_id="999999-0")
                await stream.wait_for("feed.gap")
                await identify(site, 2, "u-1", "solo", context=SHARING)
                await stream.wait_for("audience.exited")

    asyncio.run(go())


def test_a_change_that_does_not_exist_is_refused():
    async def go() -> None:
        async with running(CONFIGURATION) as site:
            with pytest.raises(InputRefused) as refused:
                await changes(site, types=["profile.change"])
            assert refused.value.field == "types"
            async with streaming(site) as stream:
                stream.begin("types=profile.change")
                await stream.wait_for("validation_error")
                assert stream.status == 400

    asyncio.run(go())


def test_pages_of_any_size_tell_everything_in_order_while_more_comes(monkeypatch):
    monkeypatch.setattr(change_feed, "EVENTS_AT_ONCE", 3)

    async def go() -> None:
        async with running(CONFIGURATION) as site:
            for number in range(8):
                plan = "team" if number % 2 else "solo"
                await identify(site, number, f"u-{number % 3}", plan, context=SHARING)
            seen: list[JsonObject] = []
            after, rounds = "0", 0
            while True:
                found = await changes(site, after)
                seen += told(found)
                after, rounds = str(found["next"]), rounds + 1
                if rounds == 2:
                    await identify(site, 100, "u-9", "team", context=SHARING)
                if not found["more"]:
                    break
            ids = [str(one["id"]) for one in seen]
            assert len(set(ids)) == len(ids) > 9
            places = [tuple(map(int, one.split("-"))) for one in ids]
            assert places == sorted(places)
            entered = [one["type"] for one in seen].count("audience.entered")
            exited = [one["type"] for one in seen].count("audience.exited")
            moves = {one["person_id"]: 0 for one in seen if str(one["type"]).startswith("aud")}
            for one in seen:
                moves[one["person_id"]] = moves.get(one["person_id"], 0) + (
                    {"audience.entered": 1, "audience.exited": -1}.get(str(one["type"]), 0)
                )
            inside = list(site.segments.members.members("team"))
            assert entered - exited == len(inside) == sum(moves.values())

    asyncio.run(go())


def test_an_open_stream_ends_with_its_key():
    async def go() -> None:
        async with running(CONFIGURATION) as site, streaming(site) as stream:
            stream.begin()
            await stream.wait_for("retry")
            keys = site.callers.keys()
            for key in keys:
                await operations.run(site, "key_revoke", {"key": key.key_id})
            await stream.wait_for("feed.end")
            kind, data = stream.events()[-1]
            assert (kind, data["reason"], stream.ended) == ("feed.end", "key_ended", True)

    asyncio.run(go())
