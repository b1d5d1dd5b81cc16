"""Selection probabilities: exact sums, equal to simulation, and what saying nothing is worth."""

import numpy as np
import pytest

from wegweiser.decide.arbitrate import Utilities
from wegweiser.decide.candidate import Indexes
from wegweiser.decide.policy import Numbers
from wegweiser.decide.probability import WHOLE, in_units, select, thompson
from wegweiser.decide.slate import draw, lots_of

DRAWS = 2_000_000
AT_ONCE = 100_000
FINE = 4_096
# How far two correct answers may lie apart by chance alone, in standard errors.
CHANCE = 4.5


def utilities_of(count: int, random: np.random.Generator, cost: float = 0.0) -> Utilities:
    return Utilities(
        random.normal(-3.5, 1.0, count),
        random.uniform(0.001, 0.8, count),
        random.uniform(1.0, 60.0, count),
        random.uniform(0.0, 1.0, count) * cost,
    )


def simulated(utilities: Utilities, allow_nothing: bool, seed: int) -> Numbers:
    """How often each candidate has the highest utility in two million draws."""
    random = np.random.default_rng(seed)
    count = len(utilities.mean)
    won = np.zeros(count + allow_nothing, dtype=np.int64)
    for _ in range(DRAWS // AT_ONCE):
        noise = random.standard_normal((AT_ONCE, count), dtype=np.float32)
        response = utilities.mean + utilities.spread * noise
        worth = utilities.worth / (1.0 + np.exp(-response)) - utilities.cost
        best: Indexes = worth.argmax(axis=1)
        if allow_nothing:
            best = np.where(worth.max(axis=1) > 0.0, best, count)
        won += np.bincount(best, minlength=len(won))
    return np.asarray(won / DRAWS)


def above_sampling_error(found: Numbers, truth: Numbers) -> float:
    error = CHANCE * np.sqrt(np.maximum(truth * (1.0 - truth), 1e-6) / DRAWS)
    return float((np.abs(found - truth) - error).max())


def check_units(sets: int, seed: int) -> None:
    """Draw from random sets of candidates and hold the integers against their law."""
    random = np.random.default_rng(seed)
    for _ in range(sets):
        count = int(np.exp(random.uniform(0.0, np.log(1000.5))))
        utilities = utilities_of(count, random, float(random.choice([0.0, 0.1, 5.0, 1e6])))
        allow_nothing, push = (bool(one) for one in random.integers(0, 2, 2))
        floor = float(random.choice([0.0, 0.02, 0.05]))
        selection = select(utilities, allow_nothing, floor, 10, push)
        units = in_units(selection.probability)
        assert int(units.sum()) == WHOLE
        assert len(units) == count + allow_nothing
        number = int(random.integers(0, WHOLE))
        lots = lots_of(np.arange(count), utilities, selection)
        chosen = draw("p", 0, lots, number)
        assert chosen.pi > 0.0
        assert 0 < int(units[count if chosen.place is None else chosen.place]) <= WHOLE


def test_02_units_sum_to_two_to_the_32_and_what_is_chosen_had_a_chance() -> None:
    check_units(2_000, seed=2)


@pytest.mark.sweep
def test_02_in_a_hundred_thousand_sets() -> None:
    check_units(100_000, seed=22)


@pytest.mark.parametrize(("count", "cost"), [(4, 1.0), (20, 0.5)])
def test_03_probabilities_equal_two_million_draws(count: int, cost: float) -> None:
    utilities = utilities_of(count, np.random.default_rng(count), cost)
    truth = simulated(utilities, True, seed=3)
    assert above_sampling_error(thompson(utilities, True), truth) < 0.001


@pytest.mark.parametrize("count", [2, 4, 20, 100, 200, 1000])
@pytest.mark.parametrize("allow_nothing", [True, False])
def test_03_the_grid_is_as_good_as_a_fine_one(count: int, allow_nothing: bool) -> None:
    for seed in range(5):
        utilities = utilities_of(count, np.random.default_rng(seed), cost=0.5)
        fine = thompson(utilities, allow_nothing, FINE)
        assert np.abs(thompson(utilities, allow_nothing) - fine).max() < 0.001


def test_04_nothing_is_said_the_more_often_the_more_it_costs() -> None:
    plain = utilities_of(4, np.random.default_rng(4))
    best = float(plain.at(0.0).max())
    found = []
    for share in (0.0, 0.6, 0.9, 1.1, 1.5):
        priced = Utilities(plain.mean, plain.spread, plain.worth, np.full(4, share * best))
        silent = thompson(priced, True)
        truth = simulated(priced, True, seed=4)
        assert above_sampling_error(silent[-1:], truth[-1:]) < 0.001
        found.append(float(silent[-1]))
    assert found == sorted(found)
    assert found[0] < 1e-6
    assert found[-1] > 0.6
