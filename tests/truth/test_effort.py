"""Allocated effort against a known response: near the best, and never below what it states."""

import numpy as np
import pytest

from wegweiser.measure.allocate.effort_cell import Cell
from wegweiser.measure.allocate.effort_plan import EffortPlan, Possible, Problem, plan_effort
from wegweiser.measure.allocate.effort_shrink import shrunk, untested

GROUPS, PLACES = 3, (("email", "news"), ("email", "offer"), ("email", "story"), ("sales", "call"))
UNITS, MARGIN, BASE = 6_000.0, 60.0, 0.05
COSTS = {"email": 0.05, "sales": 4.0}
# As many calls and as much money as today: 1,500 units of each group per message.
POSSIBLE = Possible(channels={"sales": 4_500.0}, budget=18_675.0)


class World:
    """Groups that respond to messages in ways that are known, and a test of a period's length."""

    def __init__(self, seed: int, draws: int = 200, tested: float = 1.0):
        rng = np.random.default_rng(seed)
        common = rng.normal(0.02, 0.03, len(PLACES))
        self.lifts = np.clip(common + rng.normal(0, 0.015, (GROUPS, len(PLACES))), -0.04, 0.2)
        treated = UNITS / len(PLACES)
        self.cells: list[Cell] = []
        # A fifth of the units is held out.
        error = np.sqrt(BASE * (1 - BASE) * (1 / treated + 4 / treated)) * MARGIN
        found = rng.normal(self.lifts * MARGIN, error)
        columns = {}
        for channel in COSTS:
            at = [n for n, place in enumerate(PLACES) if place[0] == channel]
            names = [PLACES[n][1] for _ in range(GROUPS) for n in at]
            drawn = shrunk([*found[:, at].reshape(-1)], [error**2] * len(names), names, draws, rng)
            columns |= dict(zip(at, drawn.reshape(draws, GROUPS, -1).T, strict=True))
        for group in range(GROUPS):
            for place, (channel, message) in enumerate(PLACES):
                known = rng.random() < tested
                earned = columns[place][group] if known else untested(1.0, draws, rng)
                self.cells.append(
                    Cell(
                        group=f"g{group}",
                        channel=channel,
                        message=message,
                        units=UNITS,
                        assigned=treated,
                        contacts=1.0,
                        cost=COSTS[channel],
                        profit=earned - COSTS[channel],
                        evidence="experiment" if known else "model",
                    )
                )

    @property
    def truth(self) -> np.ndarray:
        """What a contact of each cell truly earns less its cost."""
        costs = np.array([one.cost for one in self.cells])
        return self.lifts.reshape(-1) * MARGIN - costs

    def earned(self, plan: EffortPlan) -> float:
        return float(self.truth @ [one.planned for one in plan.moves])

    @property
    def today(self) -> float:
        return float(self.truth @ [one.now for one in self.cells])

    @property
    def best(self) -> float:
        """The most that could be earned by somebody who knew the truth."""
        free = Possible(POSSIBLE.channels, POSSIBLE.budget, POSSIBLE.per_unit, floor=0.0)
        return float(self.truth @ Problem(self.cells, free).best(self.truth[None, :])[0])


class Judged:
    """What plans earned beside the best ones, and how they kept what they stated."""

    def __init__(self, seeds: range, draws: int):
        self.earned = self.best = 0.0
        self.shares: list[float] = []
        self.lost = self.below = self.above = self.refused = 0
        for seed in seeds:
            world = World(seed, draws)
            plan = plan_effort(world.cells, POSSIBLE)
            gained = world.earned(plan) - world.today
            self.earned += world.earned(plan)
            self.best += world.best
            # In some worlds no contact earns what it costs: the best is to do nothing.
            if world.best > 0:
                self.shares.append(world.earned(plan) / world.best)
            self.lost += gained < min(0.0, plan.gain.low)
            self.below += gained < plan.gain.low
            self.above += gained > plan.gain.high
            self.refused += not plan.advised

    def __str__(self) -> str:
        return (
            f"{len(self.shares)} worlds in which something can be earned:"
            f" {self.earned / self.best:.3f} of the best"
            f" (least {min(self.shares):.3f}); {self.lost} below today beyond their interval,"
            f" {self.below} below and {self.above} above it, {self.refused} refused"
        )


def test_the_plan_earns_nine_tenths_of_the_best_and_is_never_below_today() -> None:
    found = Judged(range(100, 106), 60)
    print(found)
    assert found.earned >= 0.9 * found.best
    assert found.lost == 0


@pytest.mark.sweep
def test_twenty_worlds() -> None:
    found = Judged(range(100, 120), 500)
    print(found)
    assert found.earned >= 0.9 * found.best
    assert found.lost == 0
    assert found.below <= 2


@pytest.mark.sweep
def test_gains_lie_within_their_intervals() -> None:
    found = Judged(range(2_000), 100)
    print(found)
    assert 0.93 <= 1 - (found.below + found.above) / 2_000 <= 0.97
