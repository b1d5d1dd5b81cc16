"""Check 20: how long warm pages take, and what twenty cold charts do to the loop; both printed."""

import asyncio
import os
import time

from tests.web.serving import Running, settled
from wegweiser.web.charts.figures import Bar, BarsFigure, Tick
from wegweiser.web.charts.pool import Drawing, DrawingPool
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


async def longest_pause(over: asyncio.Event) -> float:
    """Measure how long the loop kept somebody waiting who wanted to go on at once (s)."""
    worst, before = 0.0, time.perf_counter()
    while not over.is_set():
        await asyncio.sleep(TICK_S)
        now = time.perf_counter()
        worst, before = max(worst, now - before - TICK_S), now
    return worst


async def patiently(pool: DrawingPool, figure: BarsFigure) -> Drawing:
    while (found := await pool.draw(figure)) is None:
        pass
    return found


def test_20_charts_are_drawn_elsewhere() -> None:
    async def drawn() -> tuple[list[Drawing], float, set[int]]:
        pool, over = DrawingPool(), asyncio.Event()
        try:
            await patiently(pool, bars(1000))
            watching = asyncio.create_task(longest_pause(over))
            asked = (patiently(pool, bars(number)) for number in range(CHARTS))
            found = await asyncio.gather(*asked)
            over.set()
            assert pool._pool is not None
            return found, await watching, {*pool._pool._processes}
        finally:
            pool.close()

    found, pause_s, processes = asyncio.run(drawn())
    print(f"{CHARTS} cold charts; the loop paused {1000 * pause_s:.1f} ms at most")
    assert all("<svg" in one.wide and "<svg" in one.narrow for one in found)
    assert processes
    assert os.getpid() not in processes
