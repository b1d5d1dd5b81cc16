"""Folding in one core: decoded records into profiles, and all of it anew from the log."""

import time
from pathlib import Path

import msgspec

import wegweiser
from bench import rival, sample
from bench.collect import Size
from bench.figure import Figure
from wegweiser.adapters.memory import MemoryStore
from wegweiser.collect.decode import decode
from wegweiser.collect.read import read_request
from wegweiser.collect.route import route_of
from wegweiser.flow.unify import Unifier
from wegweiser.terms.record import Collected
from wegweiser.terms.source import PUBLIC_SCOPES, Caller, Trust
from wegweiser.web.server import spare_the_hot_path

_CALLER = Caller("bench", "live", Trust.PUBLIC, PUBLIC_SCOPES)


def measure(root: Path, size: Size) -> list[Figure]:
    """Measure the fold in memory, and a rebuild of a folder that holds events."""
    given = records(size.folded)
    events = [event for record in given for event in record.events]
    reference = rival.bare_counts(events)
    # The server collects garbage as seldom, see there.
    spare_the_hot_path()
    fold_all(given[: len(given) // 5])
    speed = len(events) / fold_all(given)
    rebuilt = _rebuild(root)
    counts = "counting in dicts"
    return [
        Figure(name="fold, one core", value=speed, unit="events/s",
               reference=reference, reference_name=counts),
        Figure(name="rebuild from the log, with archive", value=rebuilt, unit="events/s",
               reference=reference, reference_name=counts),
    ]  # fmt: skip


def records(count: int) -> list[Collected]:
    """Read batches of 100 into records, as the collect route does."""
    route = route_of("POST", "/v1/batch")
    now = time.time_ns() // 1_000_000
    return [
        read_request(
            decode(sample.batch(first, 100, "fold"), route.batch),
            route,
            _CALLER,
            now,
            lambda: "unused",
            source_of_key=lambda key: None,
        ).record
        for first in range(0, count, 100)
    ]


def fold_all(given: list[Collected]) -> float:
    """Fold records into fresh profiles; gives seconds of one core."""
    unifier = Unifier(MemoryStore())
    started = time.process_time()
    for position, record in enumerate(given, 1):
        for _ in unifier.fold(position, record):
            pass
    spent = time.process_time() - started
    if unifier.tally.stored != sum(len(record.events) for record in given):
        raise RuntimeError(f"the fold lost events: {msgspec.to_builtins(unifier.tally)}")
    return spent


def _rebuild(root: Path) -> float:
    with wegweiser.open(root) as workspace:
        started = time.perf_counter()
        workspace.wait(workspace.site.rebuild())
        return workspace.site.unifier.tally.stored / (time.perf_counter() - started)
