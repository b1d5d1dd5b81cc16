"""Selection probabilities: exact sums, agreement with simulation, limits of the floor."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.decide.arbitrate import Utilities
from wegweiser.decide.probability import WHOLE, Selection, in_units, leading, select, thompson


def utilities_of(count: int, seed: int, cost: float = 0.0) -> Utilities:
    random = np.random.default_rng(seed)
    return Utilities(
        random.normal(-3.5, 1.0, count),
        random.uniform(0.001, 0.8, count),
        random.uniform(1.0, 60.0, count),
        random.uniform(0.0, 1.0, count) * cost,
    )


def simulated(utilities: Utilities, allow_nothing: bool, draws: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    shape = (draws, len(utilities.mean))
    response = utilities.mean + utilities.spread * random.standard_normal(shape)
    utility = utilities.worth / (1 + np.exp(-response)) - utilities.cost
    if allow_nothing:
        utility = np.column_stack([utility, np.zeros(draws)])
    return np.bincount(utility.argmax(axis=1), minlength=utility.shape[1]) / draws


@given(
    count=st.integers(1, 1000),
    seed=st.integers(0, 10_000),
    cost=st.sampled_from([0.0, 0.1, 5.0, 1e6]),
    allow_nothing=st.booleans(),
    push=st.booleans(),
    floor=st.sampled_from([0.0, 0.02, 0.05, 1.0]),
)
def test_units_sum_to_two_to_the_32(
    count: int, seed: int, cost: float, allow_nothing: bool, push: bool, floor: float
) -> None:
    found = select(utilities_of(count, seed, cost), allow_nothing, floor, 10, push)
    units = in_units(found.probability)
    assert len(units) == count + allow_nothing
    assert int(units.sum()) == WHOLE
    assert np.abs(units / WHOLE - found.probability).max() < 1e-9
    assert (found.floor <= found.probability + 1e-12).all()


@given(
    mean=st.sampled_from([-1e6, -700.0, -30.0, 0.0, 30.0, 1e6]),
    spread=st.sampled_from([1e-3, 0.5, 50.0]),
    worth=st.sampled_from([1e-9, 1.0, 1e12]),
    cost=st.sampled_from([0.0, 1.0, 1e9]),
    allow_nothing=st.booleans(),
)
def test_extreme_numbers_never_crash(
    mean: float, spread: float, worth: float, cost: float, allow_nothing: bool
) -> None:
    one = np.ones(3)
    with np.errstate(over="ignore"):
        found = thompson(
            Utilities(mean * np.arange(3), spread * one, worth * one, cost * one), allow_nothing
        )
    assert found.sum() == pytest.approx(1.0)
    assert (found >= 0).all()


@pytest.mark.parametrize(("count", "cost"), [(2, 0.0), (4, 2.0), (7, 0.5), (20, 1.0)])
@pytest.mark.parametrize("allow_nothing", [True, False])
def test_probabilities_agree_with_simulated_draws(
    count: int, cost: float, allow_nothing: bool
) -> None:
    utilities = utilities_of(count, seed=count, cost=cost)
    draws = 200_000
    truth = simulated(utilities, allow_nothing, draws, seed=1)
    found = thompson(utilities, allow_nothing)
    error = 4.5 * np.sqrt(np.maximum(truth * (1 - truth), 1e-5) / draws)
    assert (np.abs(found - truth) < 0.001 + error).all()


def test_nothing_becomes_likely_as_costs_rise() -> None:
    plain = utilities_of(4, seed=3)
    best = plain.at(0.0).max()
    chances = []
    for share in (0.0, 0.5, 0.8, 1.0, 1.5):
        priced = Utilities(plain.mean, plain.spread, plain.worth, np.full(4, share * best))
        chances.append(thompson(priced, allow_nothing=True)[-1])
    assert chances == sorted(chances)
    assert chances[0] < 1e-6
    assert chances[-1] > 0.6


def test_the_best_prospects_share_the_floor() -> None:
    found = select(utilities_of(1000, seed=5), True, 0.05, 10, push=False)
    shares = np.sort(found.floor)[::-1]
    assert shares[:10] == pytest.approx(0.05 * 0.99 / 10)
    assert shares[10:] == pytest.approx(0.05 * 0.01 / 991)
    assert found.floor[-1] == pytest.approx(shares[0])


def test_on_push_a_message_below_its_cost_gets_nothing_of_the_floor() -> None:
    utilities = Utilities(
        np.array([-3.0, -3.0]), np.array([0.3, 0.3]), np.array([10.0, 10.0]), np.array([0.1, 9.0])
    )
    push = select(utilities, True, 0.5, 10, push=True)
    pull = select(utilities, True, 0.5, 10, push=False)
    assert push.floor[1] == 0.0
    assert pull.floor[1] > 0.0


def test_without_a_floor_only_the_competition_counts() -> None:
    utilities = utilities_of(5, seed=8)
    found: Selection = select(utilities, False, 0.0, 10, push=False)
    assert found.probability == pytest.approx(thompson(utilities, False))


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.integers(0, 40))
def test_leading_takes_the_highest_and_of_equals_the_first(scores: list[int], count: int) -> None:
    wanted = sorted(range(len(scores)), key=lambda place: (-scores[place], place))[:count]
    assert leading(np.array(scores, float), count).tolist() == sorted(wanted)
