"""Allocated effort on the demo world against its known truth: never below today beyond doubt."""

import asyncio

import pytest

from wegweiser.demo.bundle import documents
from wegweiser.demo.truth import truth
from wegweiser.demo.world import World
from wegweiser.workspace.demonstration import play_in_memory

MARGIN = 400.0
OPTIONS = {"goal": "demo-booked", "window_days": "14", "margin": str(MARGIN), "what": "all"}
SEEDS = range(1, 21)


async def gains(seed: int) -> tuple[float, float, bool]:
    """Give the lower end of the stated gain, the true gain of the plan, and whether there is one.

    What is planned of all contacts is by so much more or less of what messages truly did.
    """
    world = World(seed, days=34, accounts=140)
    site = await play_in_memory(world, documents(0.3, 0.0), lambda share: None)
    try:
        answer = await site.measure("allocate.effort", OPTIONS)
    finally:
        await site.stop()
    if answer.main.estimate is None:
        return 0.0, 0.0, False
    [row] = [dict(zip(answer.columns, one, strict=True)) for one in answer.rows]
    now, planned = float(str(row["now"])), float(str(row["planned"]))
    told = truth(world)
    effect = told.effect_on_treated(set(told.with_messages), window_days=14)
    earned = effect * float(str(row["units"])) * MARGIN - now * float(str(row["cost"]))
    return answer.main.low or 0.0, earned * (planned / now - 1), True


@pytest.mark.sweep
def test_no_plan_for_the_demo_is_below_today_beyond_its_interval() -> None:
    found = [asyncio.run(gains(seed)) for seed in SEEDS]
    print(f"{sum(told for *_, told in found)} of {len(found)} worlds have a plan")
    assert all(true >= min(0.0, low) for low, true, _ in found)
