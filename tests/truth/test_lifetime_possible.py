"""What single customers and accounts may bring, against customers made by known parameters."""

import numpy as np
import pytest

from tests.truth.test_lifetime_models import TRUTH, known, orders_of
from wegweiser.measure.lifetime.buyers import Buyers, Numbers
from wegweiser.measure.lifetime.fit import Fitted
from wegweiser.measure.lifetime.models import MODELS
from wegweiser.measure.lifetime.per_order import WHOLE, Customers, value_per_order
from wegweiser.measure.lifetime.possible import brought, each_of

WATCHED, COMING = 20.0, 30.0
P, Q, V = 6.0, 4.0, 15.0
VALUES = known(("p", "q", "v"), (P, Q, V))
NAMES = {"bg": "bg_nbd", "mbg": "mbg_nbd", "pareto": "pareto_nbd"}


def watched(
    model: str, customers: int, chance: np.random.Generator
) -> tuple[Customers, Fitted, Numbers]:
    """Let customers buy and pay for a while; give them with what each brings after it."""
    x, last, later = orders_of(model, customers, WATCHED, COMING, chance)
    scale = chance.gamma(Q, 1 / V, customers)
    mean = np.where(x > 0, chance.gamma(P * np.maximum(x, 1)) / scale / np.maximum(x, 1), 0.0)
    brings = np.where(later > 0, chance.gamma(P * np.maximum(later, 1)) / scale, 0.0)
    ones, none = np.ones(customers), np.zeros(customers)
    seen = Buyers(x, last, np.full(customers, WATCHED), ones)
    has = (x > 0).astype(np.float64)
    held = Customers(seen, has, mean, none, np.where(x > 0, 0.0, WHOLE), none)
    return held, known(tuple(map(str, range(len(TRUTH[model])))), TRUTH[model]), brings


def futures(model: str, held: Customers, fitted: Fitted, chance: np.random.Generator) -> Numbers:
    """Draw 400 futures: one row per draw, one column per customer."""
    often = 400
    alike = each_of(held).times(often)
    drawn = brought(MODELS[NAMES[model]], fitted, [VALUES], held, alike, COMING, chance)
    return np.asarray(drawn.reshape(often, -1))


def held_share(drawn: Numbers, came: Numbers) -> float:
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
    return float(((low <= came) & (came <= high)).mean())


@pytest.mark.parametrize("model", NAMES)
def test_nineteen_of_twenty_customers_bring_what_was_foretold(model: str) -> None:
    chance = np.random.default_rng(5)
    held, fitted, came = watched(model, 1_500, chance)
    drawn = futures(model, held, fitted, chance)
    # Whoever brings nothing lies on an end of the interval, so that more than 95 % are held.
    single = held_share(drawn, came)
    # Accounts of five buyers: no end holds a lump any more.
    accounts = held_share(
        drawn.reshape(len(drawn), 300, 5).sum(axis=2), came.reshape(300, 5).sum(axis=1)
    )
    print(f"\n{model}: 95 % hold {single:.1%} of customers, {accounts:.1%} of accounts of five")
    assert single >= 0.935
    assert 0.92 <= accounts <= 0.985


@pytest.mark.parametrize("model", NAMES)
def test_futures_bring_on_average_what_is_expected(model: str) -> None:
    chance = np.random.default_rng(6)
    held, fitted, _ = watched(model, 2_000, chance)
    drawn = futures(model, held, fitted, chance).mean(axis=0)
    expected = MODELS[NAMES[model]].expected(fitted, held.buyers, COMING)
    worth = expected * value_per_order([VALUES], held)
    for history in (held.buyers.repeats == 0, held.buyers.repeats >= 1):
        assert drawn[history].sum() == pytest.approx(worth[history].sum(), rel=0.03)


def test_occasions_to_come_are_those_expected() -> None:
    chance = np.random.default_rng(7)
    fitted = known(("alpha", "beta", "gamma", "delta"), TRUTH["bgbb"])
    x, last = np.array([0.0, 3.0, 5.0]), np.array([0.0, 4.0, 6.0])
    seen = Buyers(x, last, np.full(3, 6.0), np.ones(3))
    none = np.zeros(3)
    held = Customers(seen, (x > 0).astype(np.float64), np.where(x > 0, 30.0, 0.0), none, none, none)
    alike = each_of(held).times(40_000)
    drawn = brought(MODELS["bg_bb"], fitted, [VALUES], held, alike, 4.0, chance)
    means = drawn.reshape(-1, 3).mean(axis=0)
    worth = MODELS["bg_bb"].expected(fitted, seen, 4.0) * value_per_order([VALUES], held)
    assert means == pytest.approx(worth, rel=0.05)
