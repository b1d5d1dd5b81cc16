"""Syncs in the loop's own thread: nothing else changes, and slow storage hardly ever holds it."""

import asyncio
import threading
import time
from collections.abc import Generator, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wegweiser.adapters.memory import MemoryEventLog, MemoryStore
from wegweiser.flow.at_once import FIRST_PAUSE_S, LONGEST_PAUSE_S, MOST_BYTES, MOST_S, AtOnce
from wegweiser.flow.intake import Intake
from wegweiser.flow.line import Landed
from wegweiser.flow.unify import EVENTS_PER_SLICE, Unifier
from wegweiser.log.record import encode
from wegweiser.ports.operational_store import Change
from wegweiser.terms.errors import ComeAgain, EngineBroken
from wegweiser.terms.event import Event
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.record import Collected, Record, Verdict
from wegweiser.terms.source import Trust

NOW = 1_790_000_000_000
HOUR_S = 3_600.0
ROUNDED_S = 1e-6
# A component that is computed in slices, if the rules let it grow.
SIZE = 1_200
WIDE = IdentityRules(weak_most=9_999, most_identifiers=9_999, most_merges=9_999)


def played(durations_s: list[float], rest_s: float) -> tuple[float, list[float]]:
    """Sync again and again for an hour; give how long the loop was held, and each pause."""
    judge, now, held, pauses = AtOnce(), 0.0, 0.0, list[float]()
    left_at: float | None = None
    for step in range(20_000):
        if now > HOUR_S:
            break
        if judge.may(4_000, now):
            if left_at is not None:
                pauses.append(now - left_at)
                left_at = None
            took = durations_s[step % len(durations_s)]
            judge.took(now, now + took)
            now, held = now + took, held + took
            if not judge.may(4_000, now):
                left_at = now
        now += rest_s
    return held, pauses


@given(st.floats(0.0, MOST_S * 0.99), st.floats(0.0005, 0.5))
def test_prompt_storage_is_never_left(took_s, rest_s):
    assert played([took_s], rest_s)[1] == []


@given(st.floats(16 * MOST_S * 1.01, 5.0), st.floats(0.01, 0.5))
@settings(max_examples=40, deadline=None)
def test_slow_storage_is_tried_again_ever_more_rarely(took_s, rest_s):
    held_s, pauses = played([took_s], rest_s)
    assert pauses[0] >= FIRST_PAUSE_S - ROUNDED_S
    for before, after in pairwise(pauses):
        assert after >= min(2 * before - 2 * rest_s, LONGEST_PAUSE_S) - ROUNDED_S
    # About one sync a minute.
    assert held_s <= took_s * (HOUR_S / LONGEST_PAUSE_S + 8)


@given(st.lists(st.floats(0.0, 0.2), min_size=1, max_size=50), st.floats(0.001, 0.5))
@settings(max_examples=40, deadline=None)
def test_who_was_left_is_left_for_a_second_at_least_and_not_for_ever(durations, rest_s):
    _, pauses = played(durations, rest_s)
    assert all(
        FIRST_PAUSE_S - ROUNDED_S <= pause <= LONGEST_PAUSE_S + rest_s + ROUNDED_S
        for pause in pauses
    )


def test_a_large_group_is_for_the_thread():
    assert AtOnce().may(MOST_BYTES, 0.0)
    assert not AtOnce().may(MOST_BYTES + 1, 0.0)


def record(number: int, events: int) -> Collected:
    made = tuple(
        Event(type="track", message_id=f"m-{number}-{index}", at=NOW, user_id="u-1", event="Seen")
        for index in range(events)
    )
    return Collected(received_at=NOW, source_id="s", trust=Trust.SERVER, kind="live", events=made)


SIZES = st.sampled_from([0, 1, 2, EVENTS_PER_SLICE - 1, EVENTS_PER_SLICE, 3 * EVENTS_PER_SLICE])


@given(
    st.lists(st.tuples(SIZES, st.integers(0, 2)), min_size=1, max_size=8),
)
@settings(max_examples=40, deadline=None)
def test_folding_at_once_finds_and_leaves_what_folding_in_slices_does(taken):
    sliced, whole = Unifier(MemoryStore()), Unifier(MemoryStore())
    for position, (events, number) in enumerate(taken, 1):
        one = record(number, events)
        steps = sliced.fold(position, one)
        pauses = 0
        while True:
            try:
                next(steps)
                pauses += 1
            except StopIteration as end:
                verdict = end.value
                break
        assert pauses == events // EVENTS_PER_SLICE
        assert whole.fold_at_once(position, one) == verdict
    assert sliced.tally == whole.tally
    assert sliced.tally.unaccounted == 0
    assert sliced.drain() == whole.drain()


class Moody(MemoryEventLog):
    """A log that now and then has more to do than a sync, and is slow then."""

    def __init__(self, moods: list[bool]):
        super().__init__()
        self._moods = moods
        self.asked = 0

    def append_at_once(self, payloads: Sequence[bytes]) -> int | None:
        """Append, or leave it to the thread."""
        self.asked += 1
        return self.append(payloads) if self._moods[self.asked % len(self._moods)] else None

    def append(self, payloads: Sequence[bytes]) -> int:
        """Append, slowly now and then."""
        if not self._moods[len(payloads) % len(self._moods)]:
            time.sleep(0.001)
        return super().append(payloads)


@given(
    st.lists(st.lists(SIZES, max_size=5), min_size=1, max_size=12),
    st.lists(st.booleans(), min_size=1, max_size=7),
    st.integers(0, 3),
)
@settings(max_examples=40, deadline=None)
def test_records_land_in_the_order_of_the_log_whoever_syncs(waves, moods, breather):
    landed, folded, log = asyncio.run(sent(waves, moods, breather))
    assert folded == list(range(1, len(landed) + 1))
    assert [one.position for one in landed] == folded
    assert [payload for _, payload in log.read(0)] == [encode(one.record) for one in landed]


def positions_folded(unifier: Unifier) -> list[int]:
    """Give a list to which every position is added whose fold begins from now on."""
    folded: list[int] = []

    def noting(fold):  # type: ignore[no-untyped-def]
        def noted(position, record, payload):  # type: ignore[no-untyped-def]
            folded.append(position)
            return fold(position, record, payload)

        return noted

    unifier.fold = noting(unifier.fold)  # type: ignore[method-assign]
    unifier.fold_at_once = noting(unifier.fold_at_once)  # type: ignore[method-assign]
    return folded


async def sent(
    waves: list[list[int]], moods: list[bool], breather: int
) -> tuple[list[Landed], list[int], MemoryEventLog]:
    """Send waves of records while state is committed and the fold is held still now and then.

    Gives what landed in the order of sending, positions in the order of the fold, and the log.
    """
    log, store = Moody(moods), MemoryStore()
    unifier = Unifier(store)
    folded = positions_folded(unifier)
    intake = Intake(log, store, unifier, lambda error: None)
    await intake.start()
    landing, beside = [], []
    for number, wave in enumerate(waves):
        landing += [intake.enter(record(1_000 * number + at, size)) for at, size in enumerate(wave)]
        if number % 3 == 0:
            beside.append(asyncio.create_task(_held_still(intake, breather)))
        for _ in range(breather):
            await asyncio.sleep(0)
    landed = await asyncio.gather(*landing)
    await asyncio.gather(*beside)
    assert unifier.tally.stored == sum(map(sum, waves))
    await intake.stop()
    return landed, folded, log


async def _held_still(intake: Intake, breather: int) -> None:
    await intake.checkpoint()
    async with intake.quiet() as commit:
        for _ in range(breather):
            await asyncio.sleep(0)
        await commit([Change("t", b"k", b"v")])


def test_what_short_records_put_off_is_computed_while_nothing_comes() -> None:
    async def play() -> None:
        store = MemoryStore()
        unifier = Unifier(store)
        unifier.directory.govern(WIDE, 0)
        intake = Intake(MemoryEventLog(), store, unifier, lambda error: None)
        await intake.start()
        for first in range(0, SIZE, 20):
            await intake.append(signed_in(range(first, first + 20)))
        await intake.append(record(1, 1))
        assert unifier.settling
        async with asyncio.timeout(60):
            while unifier.settling:
                await asyncio.sleep(0.001)
        assert unifier.person_of(f"anonymous_id:a-{SIZE - 1}") == unifier.person_of("user_id:u-1")
        await intake.stop()

    asyncio.run(play())


def signed_in(numbers: range) -> Collected:
    made = tuple(
        Event(
            type="identify",
            message_id=f"i-{number}",
            at=NOW,
            user_id="u-1",
            anonymous_id=f"a-{number}",
        )
        for number in numbers
    )
    return Collected(received_at=NOW, source_id="s", trust=Trust.SERVER, kind="live", events=made)


class Held(MemoryEventLog):
    """A log whose thread is at work on the second append until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = 0
        self.let_go = threading.Event()

    def append_at_once(self, payloads: Sequence[bytes]) -> int | None:
        """Leave it to the thread."""
        return None

    def append(self, payloads: Sequence[bytes]) -> int:
        """Append; the second time late."""
        self.begun += 1
        if self.begun == 2:
            assert self.let_go.wait(60)
        return super().append(payloads)


def test_what_is_synced_while_a_fold_fails_is_not_acknowledged() -> None:
    async def play() -> None:
        log, store = Held(), MemoryStore()
        unifier = Unifier(store)
        folded: list[int] = []
        broken: list[EngineBroken] = []

        def fold(position: int, record: Record, payload: bytes) -> Generator[None, None, Verdict]:
            folded.append(position)
            while log.begun < 2:
                yield
            raise EngineBroken("the engine failed in the middle")

        def fold_at_once(position: int, record: Record, payload: bytes) -> Verdict:
            folded.append(position)
            return Verdict(position)

        unifier.fold = fold  # type: ignore[method-assign]
        unifier.fold_at_once = fold_at_once  # type: ignore[method-assign]
        intake = Intake(log, store, unifier, broken.append)
        await intake.start()
        async with asyncio.timeout(60):
            long = intake.enter(record(1, 3 * EVENTS_PER_SLICE))
            while not folded:
                await asyncio.sleep(0.001)
            short = intake.enter(record(2, 1))
            while not broken:
                await asyncio.sleep(0.001)
            log.let_go.set()
            ended = await asyncio.gather(long, short, return_exceptions=True)
        assert all(isinstance(one, ComeAgain) for one in ended)
        assert folded == [1]
        # It is on disk: the next start folds it.
        assert log.head() == 2
        await intake._end()

    asyncio.run(play())


class Busy(MemoryEventLog):
    """A log that refuses, but late; it knows who asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[threading.Thread] = []

    def append_at_once(self, payloads: Sequence[bytes]) -> int | None:
        """Refuse as the other does."""
        return self.append(payloads)

    def append(self, payloads: Sequence[bytes]) -> int:
        """Refuse, twenty times as late as a sync may be."""
        self.asked.append(threading.current_thread())
        time.sleep(20 * MOST_S)
        raise ComeAgain("storage busy", 1)


def test_storage_that_refuses_late_is_left_to_the_thread() -> None:
    async def play() -> None:
        log, store = Busy(), MemoryStore()
        intake = Intake(log, store, Unifier(store), lambda error: None)
        await intake.start()
        for number in range(3):
            with pytest.raises(ComeAgain, match="busy"):
                await intake.append(record(number, 1))
        here = threading.current_thread()
        assert [one is here for one in log.asked] == [True, False, False]
        await intake.stop()

    asyncio.run(play())
