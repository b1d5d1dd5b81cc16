"""Anonymous counts: sums per hour, bounded for each source and day, gone after 25 months."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from wegweiser.adapters.memory import MemoryClock, MemoryStore
from wegweiser.flow import anonymous_counts
from wegweiser.flow.anonymous_counts import AnonymousCounts, HourlySum
from wegweiser.settings import Settings
from wegweiser.terms.instant import DAY_MS, HOUR_MS, parse_instant
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.regular_jobs import regular_jobs
from wegweiser.workspace.site import Site

START = parse_instant("2026-11-22T00:00:00Z") or 0
EVER = 1 << 53


def all_of(counts: AnonymousCounts) -> list[HourlySum]:
    return list(counts.sums(0, EVER))


def on_counts(
    run: Callable[[AnonymousCounts, MemoryClock, MemoryStore], Awaitable[None]],
) -> None:
    async def whole() -> None:
        clock, store = MemoryClock(START), MemoryStore()
        await run(AnonymousCounts(store, clock), clock, store)

    asyncio.run(whole())


def test_a_source_has_so_many_rows_a_day_also_after_a_restart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(anonymous_counts, "ROWS_PER_DAY", 5)

    async def check(counts: AnonymousCounts, clock: MemoryClock, store: MemoryStore) -> None:
        for number in range(4):
            await counts.add("src_a", {"path": f"/{number}"})
        clock.advance(HOUR_MS)
        again = AnonymousCounts(store, clock)
        for number in range(4):
            await again.add("src_a", {"path": f"/more/{number}"})
        await again.add("src_b", {"path": "/b"})
        rows = all_of(again)
        assert sum(row.count for row in rows) == 9
        of_a = [row for row in rows if row.counted.source_id == "src_a"]
        assert len(of_a) == 5 + 1
        assert [row.count for row in of_a if row.counted.sighting.path == "(other)"] == [3]
        clock.advance(DAY_MS)
        await again.add("src_a", {"path": "/next-day"})
        assert all_of(again)[-1].counted.sighting.path == "/next-day"

    on_counts(check)


def test_sums_are_deleted_after_25_months(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anonymous_counts, "ROWS_PER_COMMIT", 3)

    async def check(counts: AnonymousCounts, clock: MemoryClock, store: MemoryStore) -> None:
        for number in range(10):
            await counts.add("src_a", {"path": f"/{number}"})
        clock.advance(DAY_MS)
        await counts.add("src_a", {"path": "/a-day-later"})
        later = parse_instant("2028-12-22T23:59:00Z") or 0
        clock.advance(later - clock.now_ms())
        await counts.expire()
        assert len(all_of(counts)) == 11
        clock.advance(HOUR_MS)
        await counts.expire()
        assert [row.counted.sighting.path for row in all_of(counts)] == ["/a-day-later"]

    on_counts(check)


def test_the_clockwork_deletes_them() -> None:
    site = Site(in_memory(MemoryClock(START)), Settings())
    assert site.counts.expire in [job.run for job in regular_jobs(site)]
