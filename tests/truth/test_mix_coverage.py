"""Media mix intervals against simulated truth, and what lift tests change in a confounded world."""

import numpy as np
import pytest

from tests.measure.mix_world import World
from wegweiser.measure.mix.analysis import analyse, spread
from wegweiser.measure.mix.fit import draws, fit
from wegweiser.measure.mix.honesty import shares
from wegweiser.measure.mix.lift_tests import LiftTest
from wegweiser.measure.mix.weeks import weeks_of


def coverage(repeats: int, many: int, memory: float = 0.0) -> dict[str, float]:
    """Give how often 95 % intervals hold the true shares and decays."""
    chance = np.random.default_rng(41)
    held = {f"{what} {name}": 0 for what in ("share", "decay") for name in "ab"}
    for _ in range(repeats):
        world = World(chance, memory=memory)
        found = fit(world.weeks, chance)
        drawn = draws(found, chance, many, {"asked": 1.0})["asked"]
        told = shares(world.weeks, drawn)
        for k, name in enumerate(found.weeks.names):
            share, decay = spread(told[:, k]), spread(drawn.decay[:, k])
            held[f"share {name}"] += share.low <= world.shares[name] <= share.high
            held[f"decay {name}"] += decay.low <= world.decay["ab".index(name)] <= decay.high
    return {name: count / repeats for name, count in held.items()}


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    found = coverage(8, 60)
    # 32 intervals with a chance of 95 % each: fewer than 26 come once in a thousand times.
    assert 8 * sum(found.values()) >= 26, found


@pytest.mark.sweep
def test_intervals_hold_the_truth_in_93_to_97_of_100() -> None:
    found = coverage(2_000, 200)
    print(found)
    assert all(0.93 <= share <= 0.97 for share in found.values()), found


@pytest.mark.sweep
def test_noise_that_remembers_costs_a_few_percent() -> None:
    found = coverage(500, 200, memory=0.5)
    print(found)
    assert all(0.88 <= share <= 0.97 for share in found.values()), found


def confounded() -> tuple[World, np.ndarray]:
    """Channel `a` spends when people buy anyway: the series gives it what is not its own."""
    chance = np.random.default_rng(5)
    world = World(chance, effects=(0.6, 2.0))
    return world, world.sales + 0.35 * world.spent[:, 0]


def test_a_lift_test_outweighs_a_confounded_series() -> None:
    world, sales = confounded()
    weeks = weeks_of(sales, {"a": world.spent[:, 0], "b": world.spent[:, 1]})
    true_lift = world.lift(0, 2.0, 1.0)
    test = LiftTest("a", 2.0, 1.0, true_lift, 0.03)
    alone = {one.name: one for one in analyse(weeks, np.random.default_rng(1), many=60).channels}
    mix = analyse(weeks, np.random.default_rng(1), tests=(test,), many=60)
    tested = {one.name: one for one in mix.channels}
    assert mix.agreement[0].is_confounded
    assert (tested["a"].tested, tested["b"].tested) == ("confounded", "beside_confounded")
    assert alone["a"].share.low > world.shares["a"]
    assert tested["a"].share.estimate < 0.5 * alone["a"].share.estimate
    # What nobody has tested is less sure than before, since a series has misled.
    wide = [one["b"].share.high - one["b"].share.low for one in (alone, tested)]
    assert wide[1] > 1.5 * wide[0]


def test_a_lift_test_that_agrees_makes_surer() -> None:
    world = World(np.random.default_rng(11))
    test = LiftTest("a", 2.0, 1.0, world.lift(0, 2.0, 1.0), 0.02)
    mix = analyse(world.weeks, np.random.default_rng(1), tests=(test,), many=60)
    assert not mix.agreement[0].is_confounded
    told = {one.name: one for one in mix.channels}
    assert (told["a"].tested, told["b"].tested) == ("agrees", "untested")
    assert told["a"].share.low <= world.shares["a"] <= told["a"].share.high
