"""Identity under storms: how soon an event of somebody else is visible, and one recompute."""

import asyncio
import time
from collections.abc import Callable, Iterator
from itertools import count

from bench.figure import Figure
from wegweiser.adapters.memory import MemoryEventLog, MemoryStore
from wegweiser.flow.intake import Intake
from wegweiser.flow.unify import Unifier
from wegweiser.resolve.graph import resolve
from wegweiser.terms.event import Event
from wegweiser.terms.identity import Evidence
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.record import Collected, Ruled
from wegweiser.terms.source import Trust

START = 1_795_000_000_000
COMPONENT = 5_000
MOST_RECOMPUTE_MS = 1_000
MOST_VISIBLE_MS = 50
PROBE_EVERY_S = 0.01
EVENTS_PER_RECORD = 20
_ROOMY = IdentityRules(weak_most=10_000, most_identifiers=10_000, most_merges=10_000)
Events = Iterator[tuple[Event, ...]]


def measure(probes: int) -> list[Figure]:
    """Measure with so many probes a story, each an event of somebody else."""
    idle = _p99_ms(lambda: iter(()), probes, 0.0)
    stories: dict[str, tuple[Callable[[], Events], float]] = {
        "a person of 1,000 identifiers": (_one_person, 0.0),
        "a storm on one hot address": (_hot_address, 0.0),
        "100 merges a second": (_merges, EVENTS_PER_RECORD / 100),
    }
    found = [
        Figure(
            name=f"visible p99 during {name}",
            value=_p99_ms(events, probes, pause_s),
            unit="ms",
            reference=idle,
            reference_name="idle",
            most=MOST_VISIBLE_MS,
        )
        for name, (events, pause_s) in stories.items()
    ]
    return [_recompute(), *found]


def _recompute() -> Figure:
    """Resolve one component that is as large as they may become."""
    evidence = [
        Evidence(f"anonymous_id:a-{n}", "user_id:u-1", Trust.PUBLIC, START + n, f"m-{n}", "s", n)
        for n in range(COMPONENT - 1)
    ]
    started = time.process_time()
    clusters = resolve(evidence, _ROOMY)
    spent_ms = (time.process_time() - started) * 1_000
    if len(clusters.members) != 1:
        raise RuntimeError("the component fell apart")
    return Figure(
        name=f"recompute of {COMPONENT:,} identifiers, one core",
        value=spent_ms,
        unit="ms",
        most=MOST_RECOMPUTE_MS,
    )


def _p99_ms(events: Callable[[], Events], probes: int, pause_s: float) -> float:
    waits = asyncio.run(_run(events(), probes, pause_s))
    return sorted(waits)[int(len(waits) * 0.99)]


async def _run(events: Events, probes: int, pause_s: float) -> list[float]:
    store = MemoryStore()
    unifier = Unifier(store)
    intake = Intake(MemoryEventLog(), store, unifier, lambda error: None, in_threads=False)
    await intake.start()
    await intake.append(Ruled(at=START, by="bench", rules=_ROOMY))
    storm = asyncio.create_task(_storm(intake, events, pause_s))
    waits: list[float] = []
    for number in range(probes):
        started = time.perf_counter()
        await intake.append(_record((_event(number, anonymous_id=f"else-{number}"),)))
        if not unifier.directory.has_leaf(f"anonymous_id:else-{number}"):
            raise RuntimeError("an event was acknowledged and is not visible")
        waits.append((time.perf_counter() - started) * 1_000)
        await asyncio.sleep(PROBE_EVERY_S)
    storm.cancel()
    await asyncio.gather(storm, return_exceptions=True)
    await intake.stop()
    return waits


async def _storm(intake: Intake, events: Events, pause_s: float) -> None:
    for some in events:
        await intake.append(_record(some))
        await asyncio.sleep(pause_s)


def _record(events: tuple[Event, ...]) -> Collected:
    return Collected(
        received_at=START, source_id="bench", trust=Trust.SERVER, kind="live", events=events
    )


def _event(number: int, **fields: object) -> Event:
    named = "-".join(str(value) for value in fields.values())
    whole = {"type": "page", "message_id": f"{number}-{named}", "at": START - DAY_MS, **fields}
    return Event(**whole)  # type: ignore[arg-type]


def _batched(events: Iterator[Event]) -> Events:
    while True:
        yield tuple(next(events) for _ in range(EVENTS_PER_RECORD))


def _one_person() -> Events:
    """One person on a thousand devices, again and again."""
    return _batched(_event(n, anonymous_id=f"a-{n % 999}", user_id="u-1") for n in count())


def _hot_address() -> Events:
    """One address that everybody has."""
    return _batched(
        _event(n, type="identify", user_id=f"u-{n}", traits={"email": "all@shop.example"})
        for n in count()
    )


def _merges() -> Events:
    """Visitors who turn out to be one of ten persons."""
    return _batched(
        event
        for n in count()
        for event in (
            _event(2 * n, anonymous_id=f"a-{n}"),
            _event(2 * n + 1, anonymous_id=f"a-{n}", user_id=f"u-{n % 10}"),
        )
    )
