"""The one append path: synced before acknowledged, folded once, refused when it must be."""

import asyncio
from collections.abc import Generator, Sequence

import pytest

from tests.flow.sites import NOW, caller, post, running, seen
from wegweiser.adapters.memory import MemoryClock, MemoryEventLog, MemoryStore
from wegweiser.flow.intake import Intake
from wegweiser.flow.unify import EVENTS_PER_SLICE, Unifier
from wegweiser.log.record import encode
from wegweiser.ports.operational_store import Change
from wegweiser.settings import Settings
from wegweiser.terms.errors import ComeAgain, EngineBroken
from wegweiser.terms.event import Event
from wegweiser.terms.record import Collected, Record, Verdict
from wegweiser.terms.source import Trust
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.operations import run
from wegweiser.workspace.site import Site


class FullLog(MemoryEventLog):
    """A log whose disk is full until `space` is set."""

    space = False

    def append(self, payloads: Sequence[bytes]) -> int:
        """Store, or refuse for want of space."""
        if not self.space:
            raise ComeAgain("disk full", 5)
        return super().append(payloads)


class BrokenLog(MemoryEventLog):
    """A log whose sync fails."""

    def append(self, payloads: Sequence[bytes]) -> int:
        """Fail as a broken disk does."""
        raise EngineBroken("fdatasync: Input/output error")


class FullStore(MemoryStore):
    """A store whose disk is full until `space` is set."""

    space = True

    def commit(self, changes: Sequence[Change]) -> None:
        """Apply, or refuse for want of space."""
        if not self.space:
            raise ComeAgain("disk full", 5)
        super().commit(changes)


def record(number: int) -> Collected:
    event = Event(type="track", message_id=f"m-{number}", at=NOW, user_id="u-1", event="Clicked")
    return Collected(
        received_at=NOW, source_id="s", trust=Trust.SERVER, kind="live", events=(event,)
    )


def test_a_full_log_refuses_and_takes_again_when_there_is_space() -> None:
    async def play() -> None:
        log, store = FullLog(), MemoryStore()
        unifier = Unifier(store)
        intake = Intake(log, store, unifier, lambda error: None)
        await intake.start()
        with pytest.raises(ComeAgain):
            await intake.append(record(1))
        assert (log.head(), unifier.tally.received) == (0, 0)
        log.space = True
        landed = await intake.append(record(1))
        assert (landed.position, unifier.tally.stored) == (1, 1)
        await intake.stop()

    asyncio.run(play())


def test_after_a_failed_sync_nothing_is_acknowledged_again() -> None:
    async def play() -> None:
        told: list[EngineBroken] = []
        store = MemoryStore()
        intake = Intake(BrokenLog(), store, Unifier(store), told.append)
        await intake.start()
        for number in range(3):
            with pytest.raises(ComeAgain):
                await intake.append(record(number))
        assert len(told) == 1
        assert intake.refusal
        await intake.stop()

    asyncio.run(play())


def test_a_full_store_keeps_what_it_could_not_commit() -> None:
    async def play() -> None:
        log, store = MemoryEventLog(), FullStore()
        unifier = Unifier(store)
        intake = Intake(log, store, unifier, lambda error: None)
        await intake.start()
        await intake.append(record(1))
        store.space = False
        with pytest.raises(ComeAgain):
            await intake.checkpoint()
        await intake.append(record(2))
        store.space = True
        await intake.stop()
        again = Unifier(store)
        assert (again.position, again.tally.stored) == (2, 2)

    asyncio.run(play())


def test_the_tail_is_folded_again_at_start_and_counts_once() -> None:
    async def play() -> None:
        log, store = MemoryEventLog(), MemoryStore()
        log.append([encode(record(number)) for number in (1, 2, 2)])
        for _ in range(2):
            unifier = Unifier(store)
            intake = Intake(log, store, unifier, lambda error: None)
            await intake.start()
            await intake.stop()
        assert (unifier.tally.stored, unifier.tally.duplicate) == (2, 1)

    asyncio.run(play())


def test_a_log_that_lost_its_end_is_not_opened() -> None:
    async def play() -> None:
        store = MemoryStore()
        log = MemoryEventLog()
        log.append([encode(record(1))])
        intake = Intake(log, store, Unifier(store), lambda error: None)
        await intake.start()
        await intake.stop()
        shorter = Intake(MemoryEventLog(), store, Unifier(store), lambda error: None)
        with pytest.raises(EngineBroken, match="damaged"):
            await shorter.start()
        shorter.release()

    asyncio.run(play())


def test_what_was_received_is_accounted_for_whatever_came() -> None:
    async def play() -> None:
        async with running() as site:
            key, _ = caller(site, secret=False)
            foreign = site.callers.create("other").write_key
            bodies: list[object] = [
                {"batch": [seen("u-1", 1), seen("u-1", 1), {"type": "nonsense"}, "text"]},
                {"batch": [seen("u-2", 1) | {"writeKey": foreign}, seen("u-2", 2)]},
                {"batch": []},
            ]
            for body in bodies:
                assert (await post(site, key, "/v1/batch", body)).status == 200
            found = await run(site, "doctor", {})
            assert isinstance(found, dict)
            wanted = {"received": 6, "stored": 2, "duplicate": 1, "quarantined": 2, "dropped": 1}
            assert {name: found[name] for name in wanted} == wanted
            assert found["healthy"] is True

    asyncio.run(play())


def test_rebuild_gives_an_equal_hash_and_equal_ids() -> None:
    async def play() -> None:
        site = Site(in_memory(MemoryClock(NOW, 3)), Settings())
        await site.start(background=False)
        key, _ = caller(site)
        events = [seen(f"u-{number % 7}", number) for number in range(60)]
        await post(site, key, "/v1/batch", {"batch": events})
        before = await run(site, "hash", {})
        persons = list(site.unifier.directory.persons())
        assert await run(site, "rebuild", {}) == before
        assert list(site.unifier.directory.persons()) == persons
        await site.stop()

    asyncio.run(play())


@pytest.mark.parametrize("events", [0, EVENTS_PER_SLICE])
def test_after_a_failed_fold_nobody_waits_for_ever(events):
    async def go() -> None:
        store = MemoryStore()
        unifier = Unifier(store)
        broken: list[EngineBroken] = []
        intake = Intake(MemoryEventLog(), store, unifier, broken.append)
        await intake.start()

        def fold(position: int, record: Record, payload: bytes) -> Generator[None, None, Verdict]:
            yield
            raise EngineBroken("the engine failed in the middle")

        def fold_at_once(position: int, record: Record, payload: bytes) -> Verdict:
            raise EngineBroken("the engine failed at once")

        unifier.fold = fold  # type: ignore[method-assign]
        unifier.fold_at_once = fold_at_once  # type: ignore[method-assign]
        many = tuple(
            Event(type="track", message_id=f"m-{index}", at=0, user_id="u", event="Seen")
            for index in range(events)
        )
        record = Collected(
            received_at=0, source_id="s", trust=Trust.PUBLIC, kind="live", events=many
        )
        waiting = []
        for _ in range(12):
            waiting.append(asyncio.create_task(intake.append(record)))
            await asyncio.sleep(0)
        async with asyncio.timeout(60):
            ended = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(one, ComeAgain) for one in ended)
        assert broken
        intake.release()

    asyncio.run(go())
