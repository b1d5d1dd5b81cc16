"""Long work: it goes on after a restart, counts everything once, and can be stopped."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
import pytest

from wegweiser.adapters.memory import MemoryClock, MemoryStore
from wegweiser.flow.tables import WORKS
from wegweiser.ports.operational_store import Change
from wegweiser.settings import Settings
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import JsonObject
from wegweiser.terms.record import TakenBack
from wegweiser.workspace import operations
from wegweiser.workspace.engines import Engines, in_memory
from wegweiser.workspace.export_work import LONG_LINES, seen_as_work
from wegweiser.workspace.site import Site
from wegweiser.workspace.taking_back import settle_taken_back
from wegweiser.workspace.work import SILENT_MS, Work
from wegweiser.workspace.work_kinds import PLACES_AT_ONCE

MANY = 3 * PLACES_AT_ONCE + 7
DEADLINE_S = 60.0
SCHEMA = """
kind: event_schema
key: booked
event: Booked
mode: quarantine
properties: {type: object, properties: {seats: {type: TYPE}}}
"""


async def opened(engines: Engines) -> Site:
    site = Site(engines, Settings())
    await site.start(background=False)
    site.works.resume()
    return site


async def declare(site: Site, kind: str) -> None:
    await site.applier.apply([("plan.yaml", SCHEMA.replace("TYPE", kind))])


async def with_quarantine(engines: Engines | None = None) -> tuple[Site, str]:
    """Make a site with many elements in quarantine that could be let in now."""
    site = await opened(engines or in_memory(MemoryClock(1_800_000_000_000)))
    await declare(site, "integer")
    await site.loader.take(
        "theatre",
        [
            {"type": "track", "event": "Booked", "userId": f"u-{n}", "properties": {"seats": "two"}}
            for n in range(MANY)
        ],
    )
    await declare(site, "string")
    assert site.unifier.tally.quarantined == MANY
    source = site.callers.named("theatre")
    assert source is not None
    return site, source.source_id


async def over(work: Work) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while work.state == "running":
            await asyncio.sleep(0)


def ran(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), DEADLINE_S))


async def after_one_step(site: Site, source_id: str) -> Work:
    given = {"code": "schema_violation", "source_id": source_id}
    work = site.works.begin("replay", "schema_violation, theatre", given, "admin")
    async with asyncio.timeout(DEADLINE_S):
        while not work.done:
            await asyncio.sleep(0)
    return work


def test_work_goes_on_after_a_restart_and_counts_everything_once() -> None:
    async def test() -> None:
        site, source_id = await with_quarantine()
        work = await after_one_step(site, source_id)
        await site.works.stop()
        await site.intake.checkpoint()
        assert 0 < work.done < MANY
        again = await opened(site.engines)
        found = again.works.get(work.work_id)
        assert found is not work
        await over(found)
        assert (found.state, found.done, found.total) == ("over", MANY, MANY)
        told = {name: value for name, value in found.found.items() if name != "ranges"}
        assert told == {"stored": MANY, "duplicate": 0, "stayed": 0, "gone": 0, "codes": {}}
        assert again.unifier.tally.stored == MANY
        assert again.unifier.tally.quarantined == again.unifier.tally.unaccounted == 0
        await again.stop()

    ran(test)


def test_work_that_was_killed_knows_all_that_it_let_in() -> None:
    async def test() -> None:
        site, source_id = await with_quarantine()
        before, counts = await operations.run(site, "hash", {}), site.unifier.tally
        given = {"code": "schema_violation", "source_id": source_id}
        work = site.works.begin("replay", "", given, "admin")
        # Killed as soon as the log has what one step let in: nothing more is written down.
        async with asyncio.timeout(DEADLINE_S):
            while site.unifier.tally.stored < PLACES_AT_ONCE:
                await asyncio.sleep(0)
        kept = next(value for _, value in site.engines.store.scan(WORKS))
        assert msgspec.json.decode(kept, type=Work).done == 0
        await site.works.stop()
        await site.intake.checkpoint()
        site.engines.store.commit([Change(WORKS, work.work_id.encode(), kept)])
        again = await opened(site.engines)
        found = again.works.get(work.work_id)
        await over(found)
        assert (found.state, found.done, found.total) == ("over", MANY, MANY)
        assert found.found["stored"] == MANY
        wish: JsonObject = {"kind": "undo", "work_id": work.work_id}
        told = await operations.run(again, "work_begin", wish)
        assert isinstance(told, dict)
        await over(again.works.get(str(told["work_id"])))
        assert again.unifier.tally == counts
        assert await operations.run(again, "hash", {}) == before
        await again.stop()

    ran(test)


def test_cancelled_work_keeps_what_was_done_and_stays_cancelled() -> None:
    async def test() -> None:
        site, source_id = await with_quarantine()
        work = await after_one_step(site, source_id)
        assert site.works.cancel(work.work_id).state == "cancelled"
        await site.works.stop()
        stored = site.unifier.tally.stored
        assert 0 < stored < MANY
        assert stored + site.unifier.tally.quarantined == MANY
        await site.intake.checkpoint()
        again = await opened(site.engines)
        assert again.works.get(work.work_id).state == "cancelled"
        assert again.unifier.tally.stored == stored
        assert [one.work_id for one in again.works.ended()] == [work.work_id]
        await again.stop()

    ran(test)


def test_what_was_let_in_is_put_back_exactly_as_it_was() -> None:
    async def test() -> None:
        site, source_id = await with_quarantine()
        await site.loader.take("shop", [{"type": "identify", "userId": "u-1", "traits": {"a": 1}}])
        before, counts = await operations.run(site, "hash", {}), site.unifier.tally
        work = await after_one_step(site, source_id)
        await over(work)
        assert site.unifier.tally.quarantined == 0
        assert await operations.run(site, "hash", {}) != before
        wish = {"kind": "undo", "work_id": work.work_id}
        told = await operations.run(site, "work_begin", {**wish})
        assert isinstance(told, dict)
        undo = site.works.get(str(told["work_id"]))
        await over(undo)
        assert (undo.state, undo.found) == ("over", {"put_back": MANY})
        assert site.unifier.tally == counts
        assert await operations.run(site, "hash", {}) == before
        with pytest.raises(InputRefused, match="Nothing of this work"):
            await operations.run(site, "work_begin", {**wish})
        # What a fault stopped may be tried again.
        undo.state = "failed"
        told = await operations.run(site, "work_begin", {**wish})
        assert isinstance(told, dict)
        assert told["work_id"] != undo.work_id
        await over(site.works.get(str(told["work_id"])))
        assert await operations.run(site, "hash", {}) == before
        # It can be let in once more, and a rebuild from the log comes to the same.
        again = await after_one_step(site, source_id)
        await over(again)
        after = await operations.run(site, "hash", {})
        assert site.unifier.tally.quarantined == 0
        assert site.unifier.tally.stored == counts.stored + MANY
        assert await operations.run(site, "rebuild", {}) == after
        await site.stop()

    ran(test)


def test_a_log_alone_knows_what_was_put_back() -> None:
    async def test() -> None:
        site, source_id = await with_quarantine()
        before = await operations.run(site, "hash", {})
        work = await after_one_step(site, source_id)
        await over(work)
        ranges = [(one[0], one[1]) for one in work.found["ranges"]]  # type: ignore[index,union-attr]
        now = site.clock.now_ms()
        await site.intake.append(TakenBack(at=now, by="grace", ranges=tuple(ranges)))
        # Cut off before anything was made anew; then nothing but the log is left.
        await site.intake.stop()
        engines = msgspec.structs.replace(site.engines, store=MemoryStore())
        alone = Site(engines, Settings())
        await alone.start(background=False)
        assert alone.unifier.taken_back.unsettled
        await settle_taken_back(alone)
        assert not alone.unifier.taken_back.unsettled
        assert alone.unifier.tally.quarantined == MANY
        assert await operations.run(alone, "hash", {}) == before
        await alone.stop()

    ran(test)


def test_the_same_work_is_not_begun_twice() -> None:
    async def test() -> None:
        site, source_id = await with_quarantine()
        work = await after_one_step(site, source_id)
        given = {"code": "schema_violation", "source_id": source_id}
        assert site.works.begin("replay", "", given, "grace") is work
        await over(work)
        assert site.works.begin("replay", "", given, "grace") is not work
        await site.stop()

    ran(test)


def test_work_that_others_do_is_shown_stopped_and_missed_when_it_falls_silent() -> None:
    async def test() -> None:
        clock = MemoryClock(1_800_000_000_000)
        site = await opened(in_memory(clock))

        async def report(**arguments: object) -> dict[str, object]:
            told = await operations.run(site, "work_report", arguments)  # type: ignore[arg-type]
            assert isinstance(told, dict)
            return {**told}

        began = await report(kind="import", subject="orders.csv", total=1000)
        number = began["work_id"]
        assert (await report(work_id=number, done=400, total=1000))["state"] == "running"
        clock.advance(SILENT_MS + 1)
        shown = await operations.run(site, "work_show", {"work_id": str(number)})
        assert isinstance(shown, dict)
        assert (shown["state"], shown["done"]) == ("interrupted", 400)
        assert (await report(work_id=number, done=500, total=1000))["state"] == "running"
        await operations.run(site, "work_cancel", {"work_id": str(number)})
        assert (await report(work_id=number, done=600, total=1000))["state"] == "cancelled"
        assert (await report(work_id=number, state="over"))["state"] == "cancelled"
        done = await report(kind="import", subject="more.csv")
        assert (await report(work_id=done["work_id"], state="over"))["state"] == "over"
        with pytest.raises(InputRefused, match="kind is one of"):
            await report(kind="erasure")
        await site.stop()

    ran(test)


def test_an_erasure_leaves_nothing_of_the_person_in_the_list_of_works() -> None:
    async def test() -> None:
        site = await opened(in_memory(MemoryClock(1_800_000_000_000)))
        await site.loader.take("shop", [{"type": "identify", "userId": "canary-7"}])
        wish = {"identifier": "user_id:canary-7", "confirm": True, "suppress": True}
        work = site.works.begin("erasure", "", wish, "grace")
        with pytest.raises(InputRefused, match="brought to its end"):
            site.works.cancel(work.work_id)
        assert await site.works.awhile(work, DEADLINE_S) is None
        assert work.state == "over"
        assert str(work.found["request_id"]).startswith("era_")
        kept = b"".join(value for _, value in site.engines.store.scan(WORKS))
        assert b"canary" not in kept
        assert work.given == {}
        nobody = site.works.begin("erasure", "", {"identifier": "user_id:nobody"}, "grace")
        assert isinstance(await site.works.awhile(nobody, DEADLINE_S), NotFound)
        assert nobody.state == "failed"
        await site.stop()

    ran(test)


def test_models_are_learned_anew_without_a_change() -> None:
    async def test() -> None:
        site = await opened(in_memory(MemoryClock(1_800_000_000_000)))
        before = site.deciding.learning.trainer.snapshot
        told = await operations.run(site, "work_begin", {"kind": "learning"})
        assert isinstance(told, dict)
        work = site.works.get(str(told["work_id"]))
        await over(work)
        assert (work.state, work.found["same"]) == ("over", True)
        assert site.deciding.learning.trainer.snapshot.number == before.number
        await site.stop()

    ran(test)


async def rest(lines: AsyncIterator[bytes]) -> int:
    return sum([1 async for _ in lines])


def test_a_long_export_is_seen_and_can_be_stopped() -> None:
    async def test() -> None:
        site = await opened(in_memory(MemoryClock(1_800_000_000_000)))

        async def lines(count: int) -> AsyncIterator[bytes]:
            for number in range(count):
                yield b"%d" % number

        short = [line async for line in seen_as_work(site, "events", lines(LONG_LINES - 1))]
        assert (len(short), site.works.all()) == (LONG_LINES - 1, [])
        whole = [line async for line in seen_as_work(site, "events", lines(LONG_LINES + 500))]
        (work,) = site.works.all()
        assert (len(whole), work.state, work.found) == (5500, "over", {"lines": 5500})
        taken = seen_as_work(site, "events", lines(20_000))
        for _ in range(LONG_LINES + 1):
            await anext(taken)
        site.works.cancel(site.works.all()[0].work_id)
        with pytest.raises(InputRefused, match="stopped this export"):
            await rest(taken)
        left = seen_as_work(site, "persons", lines(20_000))
        for _ in range(LONG_LINES + 1):
            await anext(left)
        await left.aclose()  # type: ignore[attr-defined]
        assert {one.state for one in site.works.all()} == {"over", "cancelled", "failed"}
        await site.stop()

    ran(test)


def test_only_the_newest_hundred_are_kept() -> None:
    async def test() -> None:
        site = await opened(in_memory(MemoryClock(1_800_000_000_000)))
        for number in range(103):
            work = site.works.reported("import", f"{number}.csv", "", 0, 0, {})
            site.works.ends(work)
        assert len(site.works.all()) == len([*site.engines.store.scan(WORKS)]) == 100
        with pytest.raises(NotFound):
            site.works.get("wrk_nothing")
        await site.stop()

    ran(test)
