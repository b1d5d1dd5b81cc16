"""The lift that Wegweiser measures on the demo world, against the truth of that world."""

import asyncio

import pytest

from wegweiser.demo.bundle import documents
from wegweiser.demo.story import planned_accounts
from wegweiser.demo.truth import truth
from wegweiser.demo.world import World
from wegweiser.terms.result import Result
from wegweiser.workspace.demonstration import play_in_memory

DAYS = 34
ACCOUNTS = 140
HOLDOUT = 0.3
WINDOW_DAYS = 14
SEEDS = range(1, 6)
SWEEP = range(1, 101)


async def measured(seed: int) -> tuple[Result, float]:
    """Play one world; give the measured difference and the true effect on the treated."""
    world = World(seed, days=DAYS, accounts=ACCOUNTS)
    site = await play_in_memory(world, documents(HOLDOUT, 0.0), lambda share: None)
    try:
        # One single look at the end of the story, whose size is known beforehand.
        planned = {"planned_units": str(planned_accounts(ACCOUNTS))}
        options = {"goal": "demo-booked", "window_days": str(WINDOW_DAYS), **planned}
        answer = await site.measure("lift", options)
        treated = {
            decision.group_id
            for decision in site.unifier.decisions.since("")
            if decision.arm == "main" and decision.unit_kind == "account"
        }
    finally:
        await site.stop()
    found = [result for result in answer.results if result.name == "lift.difference_at_end"]
    assert found, answer.results
    return found[0], truth(world).effect_on_treated(treated, window_days=WINDOW_DAYS)


def covers(seed: int) -> bool:
    """Tell whether the 95 % interval of one seed holds the truth."""
    result, effect = asyncio.run(measured(seed))
    assert result.low is not None
    assert result.high is not None
    return result.low <= effect <= result.high


@pytest.mark.slow
def test_the_interval_covers_the_truth_in_five_worlds() -> None:
    covered = [seed for seed in SEEDS if covers(seed)]
    # Of five intervals at 95 % fewer than four cover with a chance of one in forty-four.
    assert len(covered) >= 4, f"only seeds {covered} cover the truth"


@pytest.mark.sweep
def test_the_interval_covers_the_truth_in_90_to_99_of_100_worlds() -> None:
    covered = sum(covers(seed) for seed in SWEEP)
    print(f"covered {covered} of {len(SWEEP)}")
    assert 90 <= covered <= 99
