"""Check 20: how long warm pages take, and what twenty cold charts do to the loop; both printed."""

import asyncio
import os
import time

import msgspec

from tests.web.serving import Running, settled
from wegweiser.web.charts.figures import Bar, BarsFigure, Tick
from wegweiser.web.charts.pool import HANDED_OVER, WORKERS, Drawing, DrawingPool
from wegweiser.web.pages.families import FAMILIES
from wegweiser.web.pages.measure.tabs import TABS

CHARTS = 20
TICK_S = 0.001
PAGES = [*(one.entry.path for one in FAMILIES if one.entry), *(tab.path for tab in TABS)]


def test_20_warm_pages_answer(furnished: Running) -> None:
    for path in dict.fromkeys(PAGES):
        settled(furnished.client, path)
        begun = time.perf_counter()
        answer = furnished.client.get(path)
        print(f"{1000 * (time.perf_counter() - begun):7.0f} ms  {path}")
        assert answer.status_code == 200


def bars(number: int) -> BarsFigure:
    shown = tuple(
        Bar(f"row {at}", float(at + number), f"{at}", f"row {at}", f"/?row={at}") for at in range(8)
    )
    return BarsFigure(f"chart {number}", shown, (Tick(0, "0"), Tick(40, "40")))


class Watched(msgspec.Struct):
    """The longest pause of a loop, and in it the part that the loop itself was running (s)."""

    pause_s: float = 0.0
    ran_s: float = 0.0
    longest_run_s: float = 0.0
    handed_over: int = 0


async def watched(over: asyncio.Event, pool: DrawingPool) -> Watched:
    """Measure how long the loop kept somebody waiting who wanted to go on at once.

    What it did not run itself, it waited for a core that others had.
    """
    found, before, used = Watched(), time.perf_counter(), time.thread_time()
    while not over.is_set():
        await asyncio.sleep(TICK_S)
        now, ran = time.perf_counter(), time.thread_time()
        if now - before - TICK_S > found.pause_s:
            found.pause_s, found.ran_s = now - before - TICK_S, ran - used
        found.longest_run_s = max(found.longest_run_s, ran - used)
        assert pool._pool is not None
        found.handed_over = max(found.handed_over, len(pool._pool._pending_work_items))
        before, used = now, ran
    return found


async def patiently(pool: DrawingPool, figure: BarsFigure) -> Drawing:
    while (found := await pool.draw(figure)) is None:
        pass
    return found


def test_20_charts_are_drawn_elsewhere() -> None:
    async def drawn() -> tuple[list[Drawing], Watched, set[int]]:
        pool, over = DrawingPool(), asyncio.Event()
        try:
            await patiently(pool, bars(1000))
            watching = asyncio.create_task(watched(over, pool))
            asked = (patiently(pool, bars(number)) for number in range(CHARTS))
            found = await asyncio.gather(*asked)
            over.set()
            assert pool._pool is not None
            return found, await watching, {*pool._pool._processes}
        finally:
            pool.close()

    found, seen, processes = asyncio.run(drawn())
    print(
        f"{CHARTS} cold charts; the loop paused {1000 * seen.pause_s:.1f} ms at most, of which it"
        f" ran {1000 * seen.ran_s:.1f} ms; it never ran longer than"
        f" {1000 * seen.longest_run_s:.1f} ms in one go"
    )
    assert all("<svg" in one.wide and "<svg" in one.narrow for one in found)
    assert processes
    assert os.getpid() not in processes
    # Handed over a few at a time: all in one breath would be one long run of the loop.
    assert 0 < seen.handed_over <= WORKERS * HANDED_OVER
