"""Elements that were set aside: mended, replayed, given up; counts and a rebuild agree."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from tests.flow.sites import caller, post, running
from wegweiser.adapters.memory import MemoryClock
from wegweiser.collect.batch import Unmapped
from wegweiser.flow import unify
from wegweiser.settings import Settings
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

DAY_AGO = 86_400_000


def on_site(run: Callable[[Site], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with running("") as site:
            await run(site)
            await conserved(site)

    asyncio.run(whole())


async def conserved(site: Site) -> None:
    """Nothing is unaccounted for, live and rebuilt are one, and the tables say what is counted."""
    before = await told(site)
    assert site.unifier.tally.unaccounted == 0
    assert site.unifier.tally.quarantined == len(before["quarantine"])
    assert site.unifier.tally.stored == len(before["events"])
    live = await operations.hash_profiles(site, {})
    counts = site.unifier.quarantine.counts
    assert await operations.rebuild(site, {}) == live
    assert await told(site) == before
    assert site.unifier.quarantine.counts == counts


async def told(site: Site) -> dict[str, list[JsonObject]]:
    found: dict[str, list[JsonObject]] = {}
    for kind in ("events", "quarantine"):
        rows = [msgspec.json.decode(row) async for row in operations.export(site, kind)]
        # Persons are named anew by a rebuild.
        found[kind] = [{key: row[key] for key in row if key != "personId"} for row in rows]
    return found


async def run(site: Site, operation: str, **arguments: Json) -> JsonObject:
    answered = await operations.run(site, operation, arguments)
    assert isinstance(answered, dict)
    return answered


def track(number: int, **more: Json) -> JsonObject:
    element: JsonObject = {
        "type": "track",
        "messageId": f"m-{number}",
        "userId": "u-1",
        "event": "Paid",
    }
    return element | more


async def send(site: Site, *elements: JsonObject) -> None:
    await post(site, caller(site)[0], "/v1/batch", {"batch": elements})


def test_a_mended_element_is_stored_under_its_id_and_the_time_it_came() -> None:
    async def check(site: Site) -> None:
        came = site.clock.now_ms()
        await send(site, track(1), track(2, event=""), track(3))
        assert isinstance(site.clock, MemoryClock)
        site.clock.advance(DAY_MS)
        listed = await run(site, "quarantine_list")
        assert listed["codes"] == {"bad_event_name": 1}
        ((row,),) = (listed["quarantined"],)
        assert row["messageId"] == "m-2"  # type: ignore[index,call-overload]
        name: Json = row["quarantineId"]  # type: ignore[index,call-overload]
        shown = await run(site, "quarantine_show", id=name)
        assert shown["element"] == track(2, event="")
        fixed = await run(site, "quarantine_fix", id=name, patch={"event": "Refunded"})
        assert (fixed["stored"], fixed["still_quarantined"]) == (1, 0)
        stored = {row["messageId"]: row for row in (await told(site))["events"]}
        assert stored["m-2"]["event"] == "Refunded"
        assert stored["m-2"]["receivedAt"] == stored["m-2"]["timestamp"] == format_instant(came)
        assert (await run(site, "quarantine_list"))["quarantined"] == []
        with pytest.raises(NotFound):
            await run(site, "quarantine_fix", id=name, patch={"event": "Refunded"})

    on_site(check)


def test_a_mended_element_that_is_known_by_now_counts_as_a_duplicate() -> None:
    async def check(site: Site) -> None:
        await send(site, track(1, event=""))
        await send(site, track(1))
        fixed = await run(site, "quarantine_fix", id="q-1-0", element=track(1, event="Other"))
        assert (fixed["stored"], fixed["duplicate"]) == (0, 1)
        assert [row["event"] for row in (await told(site))["events"]] == ["Paid"]
        assert site.unifier.tally.received == 2

    on_site(check)


def test_what_is_still_wrong_stays_and_says_why() -> None:
    async def check(site: Site) -> None:
        await send(site, track(1, event=""), track(2, userId=["x"]), track(3, type="unknown"))
        replayed = await run(site, "quarantine_replay", all=True)
        assert replayed["tried"] == replayed["still_quarantined"] == 3
        assert replayed["codes"] == {"bad_event_name": 1, "bad_id": 1, "bad_type": 1}
        with pytest.raises(InputRefused) as refused:
            await run(site, "quarantine_fix", id="q-1-2", patch={"type": "group"})
        assert refused.value.code == "no_identity"
        with pytest.raises(InputRefused) as refused:
            await run(site, "quarantine_fix", id="q-1-0", element=track(9))
        assert refused.value.code == "bad_message_id"
        assert site.unifier.tally.quarantined == 3

    on_site(check)


def test_an_id_that_was_made_readable_is_not_taken_for_one() -> None:
    async def check(site: Site) -> None:
        body = b'{"batch":[{"type":"track","messageId":"m-1","userId":"a\\u0000b","event":"E"},'
        body += b'{"type":"track","messageId":"m-2","userId":12345678901234567890123,"event":"E"}]}'
        await post(site, caller(site)[0], "/v1/batch", msgspec.Raw(body))
        replayed = await run(site, "quarantine_replay", code="bad_id")
        assert replayed["codes"] == {"bad_id": 2}
        fixed = await run(site, "quarantine_fix", id="q-1-0", patch={"userId": "u-7"})
        assert fixed["stored"] == 1

    on_site(check)


@pytest.mark.parametrize("path", ["/v1/track", "/v1/t/"])
def test_what_its_request_said_for_an_element_still_counts(path: str) -> None:
    async def check(site: Site) -> None:
        key = caller(site)[0]
        now = site.clock.now_ms()
        element = {"messageId": "m-1", "userId": "u-1", "timestamp": format_instant(now + DAY_AGO)}
        request = {"sentAt": format_instant(now + DAY_AGO + 5_000)}
        with pytest.raises(InputRefused):
            await post(site, key, path, element | request)
        batch = {"batch": [element | {"messageId": "m-2", "type": "track"}], **request}
        await post(site, key, "/v1/batch", batch | {"context": {"app": {"name": "Till"}}})
        for name in ("q-1-0", "q-2-0"):
            fixed = await run(site, "quarantine_fix", id=name, patch={"event": "Paid"})
            assert fixed["stored"] == 1
        rows = (await told(site))["events"]
        assert [row["timestamp"] for row in rows] == [format_instant(now - 5_000)] * 2
        assert rows[1]["context"] == {"app": {"name": "Till"}}

    on_site(check)


def test_an_event_that_could_not_be_folded_comes_in_later(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = unify.fold_event

    def poisoned(cell, event, *more):  # type: ignore[no-untyped-def]
        if event.event == "Poison":
            raise ValueError(event.event)
        whole(cell, event, *more)

    async def check(site: Site) -> None:
        monkeypatch.setattr(unify, "fold_event", poisoned)
        stamp = "2026-11-01T00:00:00.000Z"
        await send(site, track(1, event="Poison", timestamp=stamp), track(2))
        await send(site, track(1, event="Poison", timestamp=stamp))
        assert site.unifier.tally.quarantined == 1
        again = await run(site, "quarantine_replay", code="fold_failed")
        assert again["codes"] == {"fold_failed": 1}
        assert again["stored"] == 0
        monkeypatch.setattr(unify, "fold_event", whole)
        shown = await run(site, "quarantine_list")
        ((row,),) = (shown["quarantined"],)
        mended = await run(site, "quarantine_replay", ids=[row["quarantineId"]])  # type: ignore[index,call-overload]
        assert (mended["stored"], mended["duplicate"]) == (1, 0)
        stored = {row["messageId"]: row for row in (await told(site))["events"]}
        assert stored["m-1"]["timestamp"] == stamp
        # The sender's own repeat stayed what it was.
        assert site.unifier.tally.duplicate == 1

    async def whole_run() -> None:
        async with running("") as site:
            await check(site)
            tally = site.unifier.tally
            assert (tally.unaccounted, tally.quarantined, tally.stored) == (0, 0, 2)
            # A rebuild folds the event where it stands first, and counts it once all the same.
            live = await operations.hash_profiles(site, {})
            assert await operations.rebuild(site, {}) == live
            assert site.unifier.tally == tally

    asyncio.run(whole_run())


def test_one_reason_one_source_one_day_are_chosen() -> None:
    async def check(site: Site) -> None:
        assert isinstance(site.clock, MemoryClock)
        await send(site, track(1, event=""), track(2, type="odd"))
        other = site.callers.create("other")
        await post(site, other.secret_key, "/v1/batch", {"batch": [track(3, event="")]})
        site.clock.advance(DAY_MS)
        await send(site, track(4, event=""))
        day = format_instant(site.clock.now_ms())[:10]
        assert await counted(site, code="bad_type") == 1
        assert await counted(site, source="other") == 1
        assert await counted(site, day=day) == 1
        assert await counted(site, source="shop", code="bad_event_name") == 2
        with pytest.raises(InputRefused) as refused:
            await run(site, "quarantine_discard")
        assert refused.value.code == "bad_input"
        assert (await run(site, "quarantine_discard", code="bad_type"))["discarded"] == 1
        assert site.unifier.tally.dropped == 1
        assert (await run(site, "quarantine_discard", all=True))["discarded"] == 3

    async def counted(site: Site, **chosen: Json) -> int:
        rows = (await run(site, "quarantine_list", **chosen))["quarantined"]
        assert isinstance(rows, list)
        return len(rows)

    on_site(check)


def test_after_thirty_days_an_element_is_given_up() -> None:
    async def check(site: Site) -> None:
        assert isinstance(site.clock, MemoryClock)
        await send(site, track(1, event=""))
        site.clock.advance(20 * DAY_MS)
        await send(site, track(2, event=""))
        await site.intake.settle()
        await site.quarantine.expire()
        assert site.unifier.tally.quarantined == 2
        site.clock.advance(11 * DAY_MS)
        await site.quarantine.expire()
        assert (site.unifier.tally.quarantined, site.unifier.tally.dropped) == (1, 1)

    on_site(check)


def test_a_full_quarantine_takes_no_more_of_that_source() -> None:
    async def check() -> None:
        settings = Settings(quarantine_bytes_per_source=2_000)
        site = Site(in_memory(MemoryClock()), settings)
        await site.start(background=False)
        key = caller(site)[0]
        large = track(1, event="", properties={"text": "x" * 1_500})
        await post(site, key, "/v1/batch", {"batch": [large]})
        body = {"batch": [track(2), large | {"messageId": "m-3"}, track(4)]}
        answered = msgspec.json.decode((await post(site, key, "/v1/batch", body)).body)
        assert answered["rejected"] == [{"index": 1, "messageId": "m-3", "code": "quarantine_full"}]
        assert "quarantined" not in answered
        tally = site.unifier.tally
        assert (tally.stored, tally.quarantined, tally.dropped) == (2, 1, 1)
        await run(site, "quarantine_discard", all=True)
        await post(site, key, "/v1/batch", {"batch": [large]})
        assert site.unifier.tally.quarantined == 1
        await conserved(site)
        await site.stop()

    asyncio.run(check())


def test_two_at_once_take_an_element_in_once() -> None:
    async def check(site: Site) -> None:
        await send(site, track(1, event=""))
        tries = [run(site, "quarantine_fix", id="q-1-0", patch={"event": "A"}) for _ in range(3)]
        found = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(one, dict) for one in found) == 1
        assert sum(isinstance(one, NotFound) for one in found) == 2
        assert site.unifier.tally.stored == 1

    on_site(check)


def test_every_code_of_one_batch_can_be_mended() -> None:
    wrong: list[JsonObject] = [
        track(1, event=" "),
        track(2, type="Track"),
        track(3, userId=None),
        track(4, userId=True),
        track(5, properties=[1]),
        track(6, properties={"k" * 256: 1}),
        track(7, properties={f"k{number}": 1 for number in range(1_001)}),
        track(8, event="", properties={"text": "x" * 40_000}),
    ]
    deep: Json = 1
    for _ in range(40):
        deep = [deep]
    wrong.append(track(9, properties={"deep": deep}))

    async def check(site: Site) -> None:
        await send(site, track(100), *wrong, track(101))
        listed = await run(site, "quarantine_list")
        rows = listed["quarantined"]
        assert isinstance(rows, list)
        assert isinstance(listed["codes"], dict)
        assert len(rows) == len(listed["codes"]) == len(wrong)
        assert site.unifier.tally.stored == 2
        for number, row in enumerate(rows, 1):
            assert isinstance(row, dict)
            await run(site, "quarantine_fix", id=row["quarantineId"], element=track(number))
        ids = {row["messageId"] for row in (await told(site))["events"]}
        assert {f"m-{number}" for number in range(1, 10)} <= ids
        assert site.unifier.tally.quarantined == 0

    on_site(check)


MAPPING = """
{{kind: mapping, key: orders, source: till, each: =row.lines,
 event: {{type: track, event: Paid, userId: =row.{user}, messageId: =item.id}}}}
"""


def test_rows_come_in_after_their_mapping_was_mended() -> None:
    async def check(site: Site) -> None:
        await site.applier.apply([("m.yaml", MAPPING.format(user="customer"))])
        row: Json = {"buyer": "u-1", "lines": [{"id": "l-1"}, {"id": "l-2"}]}
        lost = [
            Unmapped("the row has no value for userId", row, "orders", "row-1"),
            Unmapped("the row has no value for userId", {"lines": []}, "orders", "row-2"),
        ]
        await site.loader.take("till", [track(1)], lost)
        again = await run(site, "quarantine_replay", code="unmapped", source="till")
        assert again["codes"] == {"unmapped": 2}
        await site.applier.apply([("m.yaml", MAPPING.format(user="buyer"))])
        mended = await run(site, "quarantine_replay", code="unmapped")
        assert (mended["stored"], mended["codes"]) == (2, {"unmapped": 1})
        # One row was received, two events were in it.
        assert site.unifier.tally.received == 4
        fixed = {"buyer": "u-2", "lines": [{"id": "l-3"}]}
        assert (await run(site, "quarantine_fix", id="q-1-2", element=fixed))["stored"] == 1
        ids = {row["messageId"] for row in (await told(site))["events"]}
        assert ids == {"m-1", "l-1", "l-2", "l-3"}

    on_site(check)


SCHEMA = """
{{kind: event_schema, key: paid, event: Paid, mode: quarantine,
 properties: {{type: object, required: [{needed}]}}}}
"""


def test_events_come_in_after_their_schema_was_mended() -> None:
    async def check(site: Site) -> None:
        await site.applier.apply([("s.yaml", SCHEMA.format(needed="order_id"))])
        await send(site, track(1, properties={"id": "o-1"}), track(2, properties={"x": 1}))
        listed = await run(site, "quarantine_list")
        (code,) = listed["codes"]  # type: ignore[misc]
        assert (await run(site, "quarantine_replay", code=code))["stored"] == 0
        await site.applier.apply([("s.yaml", SCHEMA.format(needed="id"))])
        replayed = await run(site, "quarantine_replay", code=code)
        assert (replayed["stored"], replayed["still_quarantined"]) == (1, 1)

    on_site(check)
