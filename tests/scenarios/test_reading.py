"""Scenarios about reading: one's own writes, clocks, repeats, odd identifiers, keys of others."""

import asyncio
from urllib.parse import quote

from tests.web.profile_reader import (
    NOW,
    PROFILES,
    basic,
    event,
    identify,
    reading,
    rows,
)
from wegweiser.adapters.memory import MemoryClock
from wegweiser.flow.callers import Callers
from wegweiser.terms.instant import DAY_MS, MINUTE_MS, SECOND_MS, format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.engines import in_memory

# Every part of a person over HTTP.
PARTS = (
    *("traits", "external_ids", "events", "metadata", "links", "profile", "consent", "segments"),
    *("stage", "interests", "sessions", "timeline"),
)


def test_27_a_merge_loses_not_even_the_newest_event():
    async def go() -> None:
        async with reading() as reader:
            await reader.send(event("u-1", 1))
            visit: JsonObject = {"anonymousId": "a-1", "userId": None, "messageId": "a-1-1"}
            await reader.send(event("u-1", 2, **visit))
            # The device's newest event is one millisecond old when the merge comes.
            last = event("u-1", 3, "Last", **{**visit, "messageId": "a-1-2", "timestamp": NOW - 1})
            _, merged = await asyncio.gather(
                reader.send(last),
                reader.send(identify("u-1", 4, {}, anonymousId="a-1", timestamp=NOW)),
            )
            position = merged.headers["wegweiser-position"]
            after = reader.headers | {"wegweiser-after": position}
            path = f"{PROFILES}/users/profiles/user_id:u-1/events"
            answer = await reader.client.get(path, headers=after)
            assert int(answer.headers["wegweiser-position"]) >= int(position)
            names = {str(one["message_id"]) for one in rows(answer.json())}
            assert names == {"u-1-1", "a-1-1", "a-1-2", "u-1-4"}
            profile = await reader.read("anonymous_id:a-1", "profile")
            assert profile["counters"] == {"Seen": 2, "Last": 1, "Identified": 1}

    asyncio.run(go())


def test_28_effects_of_events_of_one_person_at_the_same_moment_are_all_there():
    async def go() -> None:
        async with reading() as reader:
            bodies = [
                [identify("u-1", 100 * body + n, {f"t{body}{n}": n}, timestamp=NOW) for n in (1, 2)]
                for body in range(8)
            ]
            await asyncio.gather(*(reader.send(*body) for body in bodies))
            traits = (await reader.read("user_id:u-1", "traits", limit=200))["traits"]
            assert traits == {f"t{body}{n}": n for body in range(8) for n in (1, 2)}
            profile = await reader.read("user_id:u-1", "profile")
            assert profile["counters"] == {"Identified": 16}

    asyncio.run(go())


def test_32_a_clock_three_days_ahead_is_set_right_or_held_near_the_moment_of_receiving():
    async def go() -> None:
        async with reading() as reader:
            ahead = NOW + 3 * DAY_MS
            await reader.send(
                event("u-1", 1, timestamp=ahead - 5 * SECOND_MS, sentAt=format_instant(ahead))
            )
            await reader.send(event("u-1", 2, timestamp=ahead))
            held, corrected = rows(await reader.read("user_id:u-1", "events"))
            assert corrected["timestamp"] == format_instant(NOW - 5 * SECOND_MS)
            assert "skew_large" in corrected["flags"]
            # What is left is what every clock is allowed to be ahead.
            latest = format_instant(NOW + 5 * MINUTE_MS)
            assert (held["message_id"], held["timestamp"]) == ("u-1-2", latest)
            assert "clamped" in held["flags"]

    asyncio.run(go())


def test_33_one_message_ten_times_in_thirty_days_counts_once_for_each_source():
    async def go() -> None:
        async with reading() as reader:
            seen = event("u-1", 1, timestamp=NOW)
            for _ in range(10):
                await asyncio.gather(reader.send(seen), reader.send(seen))
                reader.site.clock.advance(3 * DAY_MS)
            other = basic(reader.site.callers.create("other shop").secret_key)
            await reader.client.post("/v1/batch", json={"batch": [seen]}, headers=other)
            profile = await reader.read("user_id:u-1", "profile")
            assert profile["counters"] == {"Seen": 2}
            start = format_instant(NOW - DAY_MS)
            found = rows(await reader.read("user_id:u-1", "events", start=start))
            assert len({one["source_id"] for one in found}) == len(found) == 2

    asyncio.run(go())


def test_49_odd_identifiers_and_times_are_taken_or_named_and_never_a_fault_of_ours():
    odd = ("a+b/c", "x/traits/events", "😀 ü", "100%", "a b", "..", "?#&=", "../../etc")

    async def go() -> None:
        async with reading() as reader:
            taken = [
                event(name, number, messageId=f"odd-{number}") for number, name in enumerate(odd)
            ]
            refused: list[JsonObject] = [
                event("nul\x00here", 20),
                event("x" * 401, 21),
                event("huge", 22, properties={"text": "x" * 40_000}),
            ]
            early = event("early", 23, timestamp="1969-07-20T20:17:40Z")
            answer = await reader.send(*taken, *refused, early)
            told = answer.json()
            named = [*told.get("rejected", ()), *told.get("quarantined", ())]
            assert {one["index"] for one in named} == {8, 9, 10}
            for number, name in enumerate(odd):
                for part in PARTS:
                    found = await reader.ask(f"user_id:{name}", part)
                    assert found.status_code == 200, (name, part, found.text)
                [one] = rows(await reader.read(f"user_id:{name}", "events"))
                assert one["message_id"] == f"odd-{number}"
            [one] = rows(await reader.read("user_id:early", "events"))
            assert one["timestamp"] == format_instant(NOW)
            unknown = (
                "user_id:nul\x00here",
                "user_id:" + "x" * 401,
                "x",
                ":",
                "%",
                "\ud7ff:\uffff",
            )
            for name in (*unknown, "email:@", "phone:+", "person_id:per_nobody", "group_id:a"):
                for part in PARTS:
                    status = (await reader.ask(name, part)).status_code
                    assert status in (400, 404), (name, part, status)
            for raw in (
                "%00",
                "%ff%fe",
                "user_id:%",
                "user_id:%zz",
                quote("user_id:\udcff", errors="surrogatepass"),
            ):
                path = f"{PROFILES}/users/profiles/{raw}/traits"
                status = (await reader.client.get(path, headers=reader.headers)).status_code
                assert status in (400, 404), (raw, status)

    asyncio.run(go())


def test_50_a_write_key_reads_nothing_and_all_that_is_not_there_looks_alike():
    async def go() -> None:
        async with reading() as reader:
            await reader.send(event("u-1", 1), event("gone", 2), public=False)
            await operations.run(reader.site, "forget", {"identifier": "user_id:gone"})
            users = "/v1/spaces/default/collections/users/profiles"
            for part in PARTS:
                answer = await reader.client.get(
                    f"{users}/user_id:u-1/{part}", headers=basic(reader.write_key)
                )
                assert answer.status_code == 401
                assert answer.json()["error"]["code"] == "authentication_error"
            strangers = Callers(in_memory().store, MemoryClock(seed=9)).create("theirs")
            for key, path, status in (
                (strangers.secret_key, f"{users}/user_id:u-1/traits", 401),
                (reader.secret_key, f"{users}/user_id:never/traits", 404),
                (reader.secret_key, f"{users}/user_id:gone/traits", 404),
                (reader.secret_key, f"{users.replace('default', 'other')}/user_id:u-1/traits", 404),
            ):
                answer = await reader.client.get(path, headers=basic(key))
                assert answer.status_code == status, path
                if status == 404:
                    assert answer.json()["error"] == {
                        "code": "not_found",
                        "message": "Profile was not found.",
                    }

    asyncio.run(go())
