"""Who waits for the disk alone is answered before the fold, and folded in the order of the log."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flow.test_at_once import Moody, positions_folded, record
from wegweiser.adapters.memory import MemoryEventLog, MemoryStore
from wegweiser.flow import intake as intake_module
from wegweiser.flow.intake import Intake
from wegweiser.flow.unify import EVENTS_PER_SLICE, Unifier
from wegweiser.log.record import encode
from wegweiser.terms.errors import ComeAgain, EngineBroken
from wegweiser.terms.record import Collected

# Who comes: events of so many, or -1 for a record that waits for the disk alone.
WHO = st.sampled_from([-1, -1, 1, EVENTS_PER_SLICE, 3 * EVENTS_PER_SLICE])
WAVES = st.lists(st.lists(WHO, max_size=6), min_size=1, max_size=10)


@given(
    WAVES,
    st.lists(st.booleans(), min_size=1, max_size=7),
    st.integers(0, 3),
    st.sampled_from([0.0, 0.002, 3_600.0]),
    st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_the_fold_keeps_the_order_of_the_log_whoever_goes_ahead(
    waves, moods, breather, alone_s, in_threads
):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intake_module, "ALONE_S", alone_s)
        asyncio.run(_played(waves, moods, breather, in_threads))


async def _played(
    waves: list[list[int]], moods: list[bool], breather: int, in_threads: bool
) -> None:
    log, store = Moody(moods), MemoryStore()
    unifier = Unifier(store)
    folded = positions_folded(unifier)
    intake = Intake(log, store, unifier, lambda error: None, in_threads)
    await intake.start()
    waiting: list[asyncio.Future[object]] = []
    for number, wave in enumerate(waves):
        for at, who in enumerate(wave):
            made = record(1_000 * number + at, max(who, 0))
            ahead = _on_disk(intake, log, made) if who < 0 else _landed(intake, log, made)
            waiting.append(asyncio.ensure_future(ahead))
        if number % 3 == 0:
            waiting.append(asyncio.ensure_future(intake.checkpoint()))
        for _ in range(breather):
            await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    await intake.stop()
    assert folded == list(range(1, sum(map(len, waves)) + 1))
    again = Unifier(store)
    assert (again.position, again.tally) == (unifier.position, unifier.tally)


async def _on_disk(intake: Intake, log: MemoryEventLog, made: Collected) -> None:
    before = log.head()
    synced, landing = intake.log(made)
    await synced
    on_disk = dict(log.read(before))
    assert encode(made) in on_disk.values()
    landed = await landing
    assert on_disk[landed.position] == encode(made)


async def _landed(intake: Intake, log: MemoryEventLog, made: Collected) -> None:
    landed = await intake.append(made)
    assert dict(log.read(0))[landed.position] == encode(made)


class Slow(MemoryEventLog):
    """A log on which an append fails once it is told to, at once or in the thread."""

    error: Exception | None = None
    in_thread = False

    def append(self, payloads: Sequence[bytes]) -> int:
        """Append or fail."""
        if self.error is not None:
            raise self.error
        return super().append(payloads)

    def append_at_once(self, payloads: Sequence[bytes]) -> int | None:
        """Do the same, unless the thread is to do it."""
        return None if self.in_thread else self.append(payloads)


@pytest.mark.parametrize("in_thread", [False, True])
def test_who_waits_for_a_disk_that_is_full_is_told_so_and_may_come_again(in_thread: bool) -> None:
    async def play() -> None:
        log, store = Slow(), MemoryStore()
        log.in_thread, log.error = in_thread, ComeAgain("disk full", 5)
        intake = Intake(log, store, Unifier(store), lambda error: None)
        await intake.start()
        with pytest.raises(ComeAgain, match="disk full"):
            await intake.log(record(1, 1))[0]
        assert log.head() == 0
        log.error = None
        synced, landing = intake.log(record(1, 1))
        await synced
        assert (log.head(), (await landing).position) == (1, 1)
        await intake.stop()

    asyncio.run(play())


@pytest.mark.parametrize("in_thread", [False, True])
def test_who_waits_for_a_disk_that_fails_ends_the_process(in_thread: bool) -> None:
    async def play() -> None:
        log, store = Slow(), MemoryStore()
        log.in_thread, log.error = in_thread, EngineBroken("fdatasync: Input/output error")
        told: list[EngineBroken] = []
        intake = Intake(log, store, Unifier(store), told.append)
        await intake.start()
        for number in range(2):
            with pytest.raises(ComeAgain):
                await intake.log(record(number, 1))[0]
        assert len(told) == 1
        assert intake.failed
        await intake.stop()

    asyncio.run(play())


def test_what_is_on_disk_is_answered_for_though_its_fold_fails() -> None:
    async def play() -> None:
        log, store = MemoryEventLog(), MemoryStore()
        unifier = Unifier(store)

        def broken(position: int, record: Collected, payload: bytes) -> None:
            raise EngineBroken("the engine failed")

        unifier.fold_at_once = broken  # type: ignore[method-assign,assignment]
        told: list[EngineBroken] = []
        intake = Intake(log, store, unifier, told.append)
        await intake.start()
        synced, landing = intake.log(record(1, 1))
        await synced
        with pytest.raises(ComeAgain):
            await landing
        assert (log.head(), len(told)) == (1, 1)
        await intake._end()
        # The next start folds it.
        again = Unifier(store)
        intake = Intake(log, store, again, lambda error: None)
        await intake.start()
        assert again.tally.stored == 1
        await intake.stop()

    asyncio.run(play())
