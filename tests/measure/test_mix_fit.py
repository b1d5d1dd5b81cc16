"""The inner parts of the media mix against second ways, and its laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize, nnls

from tests.measure.mix_world import World
from wegweiser.measure.mix.analysis import analyse, spread
from wegweiser.measure.mix.background import background, parameters_of
from wegweiser.measure.mix.fit import Fit, draws, fit
from wegweiser.measure.mix.honesty import curves, holdout, shares, varied_weeks
from wegweiser.measure.mix.lift_tests import read_tests
from wegweiser.measure.mix.nonnegative import nonnegative
from wegweiser.measure.mix.prior import Prior
from wegweiser.measure.mix.response import responses
from wegweiser.measure.mix.simplex import Floats, Places, search
from wegweiser.measure.mix.weeks import weeks_of
from wegweiser.terms.errors import InputRefused


@settings(max_examples=40)
@given(st.integers(1, 7), st.integers(0, 10_000))
def test_nonnegative_least_squares_are_those_of_the_library(size: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    rows = chance.normal(size=(5, size + 4, size))
    rows[:, :, -1] += rows[:, :, 0]
    wanted = chance.normal(size=(5, size + 4))
    products = rows.transpose(0, 2, 1) @ rows
    targets = (rows.transpose(0, 2, 1) @ wanted[:, :, None])[:, :, 0]
    found = nonnegative(products, targets)
    for k in range(5):
        assert found[k] == pytest.approx(nnls(rows[k], wanted[k])[0], abs=1e-7)


def test_the_search_finds_what_the_library_finds_for_each_member() -> None:
    centres = np.random.default_rng(1).normal(size=(6, 4))
    scales = np.array([1.0, 3.0, 0.5, 2.0])

    def loss(points: Floats, members: Places) -> Floats:
        away = (points - centres[members]) * scales
        return np.asarray((away**2).sum(axis=1) + 0.3 * np.sin(3 * away[:, 0]) ** 2)

    places, values = search(loss, np.zeros((6, 4)), 0.5, 1e-10, 2_000)
    for k in range(6):
        alone = minimize(
            lambda at, k=k: float(loss(at[None], np.array([k]))[0]),
            np.zeros(4),
            method="Nelder-Mead",
            options={"xatol": 1e-7, "fatol": 1e-12, "maxiter": 4_000},
        )
        assert values[k] == pytest.approx(alone.fun, abs=1e-5)
    assert loss(places, np.arange(6)) == pytest.approx(values)


def fitted(seed: int = 2, scale: float = 1.0, names: str = "ab") -> tuple[Fit, dict[str, Floats]]:
    world = World(np.random.default_rng(seed), weeks=120)
    media = {names[0]: world.spent[:, 0], names[1]: world.spent[:, 1]}
    if names[0] > names[1]:
        media = dict(reversed(media.items()))
    found = fit(weeks_of(scale * world.sales, media), np.random.default_rng(3))
    drawn = draws(found, np.random.default_rng(4), 20, {"asked": 1.0})["asked"]
    told = shares(found.weeks, drawn)
    return found, {name: told[:, k] for k, name in enumerate(found.weeks.names)}


def test_currency_and_names_change_nothing_but_units() -> None:
    _, told = fitted()
    _, dearer = fitted(scale=64.0)
    _, renamed = fitted(names="zb")
    assert np.array_equal(told["a"], dearer["a"])
    assert np.array_equal(told["a"], renamed["z"])
    assert np.array_equal(told["b"], renamed["b"])
    _, again = fitted()
    assert np.array_equal(told["b"], again["b"])


def test_no_effect_is_below_zero_and_curves_rise_ever_less() -> None:
    found, told = fitted()
    drawn = draws(found, np.random.default_rng(4), 20)
    assert all(np.all(one.effect >= 0) for one in drawn.values())
    assert all(np.all(column >= 0) for column in told.values())
    spends = np.linspace(0, 5, 30)
    brought = curves(found.weeks, drawn["asked"], 0, spends)
    assert np.all(np.diff(brought, axis=1) >= 0)
    assert np.all(np.diff(brought, 2, axis=1) <= 1e-9)


def test_where_media_do_nothing_but_stand_still_the_belief_speaks() -> None:
    chance = np.random.default_rng(6)
    world = World(chance, weeks=130)
    still = np.full(130, 3.0) + chance.normal(0, 0.01, 130)
    mix = analyse(weeks_of(world.sales, {"a": world.spent[:, 0], "still": still}), chance, many=60)
    told = {one.name: one for one in mix.channels}
    assert told["still"].state == "not_varied"
    assert told["still"].prior_part > 0.8
    assert told["a"].state == "identified"
    assert told["a"].prior_part < 0.5
    # A belief that is sure of nearly nothing speaks alone.
    believed = analyse(world.weeks, chance, Prior(share=1e-4), many=60)
    assert {one.state for one in believed.channels} == {"prior"}


def test_the_holdout_is_predicted_from_what_was_known_before() -> None:
    world = World(np.random.default_rng(8))
    weeks = world.weeks
    told = holdout(weeks, np.random.default_rng(1))
    assert not told.is_worse
    changed = weeks.sales.copy()
    changed[-8:] += 100.0
    later = holdout(
        weeks_of(changed, {"a": world.spent[:, 0], "b": world.spent[:, 1]}),
        np.random.default_rng(1),
    )
    # What came later moves the error by exactly itself, and not the prediction.
    assert later.error + told.error == pytest.approx(100.0, abs=2 * told.error)
    assert later.naive > 90


def test_curves_go_into_the_budget_as_money() -> None:
    world = World(np.random.default_rng(9), weeks=120)
    mix = analyse(world.weeks, np.random.default_rng(1), many=40)
    weekly, yearly = responses(mix), responses(mix, margin=0.5, weeks=52, draws=100)
    for one, many in zip(weekly, yearly, strict=True):
        assert many.now == pytest.approx(52 * one.now)
        assert len(many.draws) == 100
        assert many.at(many.now).mean() == pytest.approx(26 * one.at(one.now).mean(), rel=0.1)
        assert one.identified


def test_what_is_counted() -> None:
    weeks = World(np.random.default_rng(1), weeks=60).weeks
    assert parameters_of(weeks) == 6 + 3 * 2
    assert background(weeks).shape == (60, 6)
    assert varied_weeks(np.column_stack([np.full(9, 2.0), [0.0] * 8 + [1.0]])).tolist() == [0, 9]
    assert spread(np.array([1.0, 1.0])).low == 1.0
    with pytest.raises(ValueError, match="one length"):
        weeks_of(np.ones(3), {"a": np.ones(2)})
    with pytest.raises(ValueError, match="at least one"):
        weeks_of(np.ones(3), {})
    with pytest.raises(ValueError, match="never below 0"):
        weeks_of(np.ones(3), {"a": -np.ones(3)})


@pytest.mark.parametrize(
    "wrong", ["tv 1 2 3", "tv 1 0 3 1", "tv -1 2 3 1", "tv 1 2 3 0", "tv a b c d"]
)
def test_a_wrong_test_is_refused(wrong: str) -> None:
    with pytest.raises(InputRefused):
        read_tests(wrong)
