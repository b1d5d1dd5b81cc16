"""Buying models against customers made by known parameters: are these found again?"""

import time
from functools import partial

import numpy as np
import pytest

from wegweiser.measure.lifetime import bgbb, bgnbd, gamma_gamma, mbgnbd, pareto
from wegweiser.measure.lifetime.buyers import Buyers, Numbers, gather
from wegweiser.measure.lifetime.fit import Fitted

Z90 = 1.6449


TRUTH: dict[str, tuple[float, ...]] = {
    "bg": (0.5, 6.0, 0.9, 2.0),
    "mbg": (0.5, 6.0, 0.9, 2.0),
    "pareto": (0.6, 10.0, 0.7, 12.0),
    "bgbb": (1.2, 0.75, 0.65, 2.8),
}
FITS = {"bg": bgnbd.fit, "mbg": mbgnbd.fit, "pareto": pareto.fit, "bgbb": bgbb.fit}


def made(customers: int, chance: np.random.Generator, model: str) -> Buyers:
    """Draw customers of a model who are watched for 27 to 39 whole weeks."""
    ages = chance.integers(27, 40, customers).astype(np.float64)
    orders, last, _ = orders_of(model, customers, ages, 0.0, chance)
    return gather(orders, last, ages)


def occasions(customers: int, chance: np.random.Generator) -> Buyers:
    takes = chance.beta(1.2, 0.75, customers)[:, None]
    lived = chance.geometric(chance.beta(0.65, 2.8, customers))[:, None]
    number = np.arange(1, 7)[None]
    taken = (chance.random((customers, 6)) < takes) & (number < lived)
    return gather(taken.sum(axis=1), (taken * number).max(axis=1), np.full(customers, 6))


def values_of(customers: int, chance: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Draw repeat orders and their mean value: p draws of gamma(p)·ν with ν inverse gamma."""
    orders = chance.geometric(0.4, customers).astype(float)
    own = 4.0 / chance.gamma(3.7, 1 / 15.0, customers)
    return orders, chance.gamma(4.0 * orders) * own / 4.0 / orders


def held(fitted: Fitted, truth: tuple[float, ...]) -> list[bool]:
    """Tell of each parameter whether its 90 % interval, on the log scale, holds the truth."""
    logs = np.log(fitted.values)
    half = Z90 * np.sqrt(np.diag(fitted.covariance))
    return [bool(abs(a - np.log(b)) <= c) for a, b, c in zip(logs, truth, half, strict=True)]


def share_held(model: str, repeats: int, customers: int, warm: bool = False) -> float:
    """Give the share of intervals that hold the truth; a warm search begins there."""
    chance = np.random.default_rng(7)
    found: list[bool] = []
    for _ in range(repeats):
        if model == "gamma_gamma":
            found += held(gamma_gamma.fit(*values_of(customers, chance)), (4.0, 3.7, 15.0))
            continue
        buyers = (occasions if model == "bgbb" else partial(made, model=model))(customers, chance)
        truth = TRUTH[model]
        found += held(FITS[model](buyers, (truth,)) if warm else FITS[model](buyers), truth)
    return float(np.mean(found))


MODELS = (*FITS, "gamma_gamma")


@pytest.mark.parametrize("model", MODELS)
def test_known_parameters_are_found_again(model: str) -> None:
    # Six to eight intervals of 90 %: at least half of them must hold.
    assert share_held(model, 2, 1_500) >= 0.5


def test_a_search_from_the_truth_ends_where_one_from_anywhere_does() -> None:
    buyers = made(1_500, np.random.default_rng(8), "pareto")
    anywhere, warm = pareto.fit(buyers), pareto.fit(buyers, (TRUTH["pareto"],))
    assert warm.log_likelihood == pytest.approx(anywhere.log_likelihood, abs=0.01)
    assert warm.values == pytest.approx(anywhere.values, rel=0.02)


@pytest.mark.sweep
@pytest.mark.parametrize("model", MODELS)
def test_ninety_percent_intervals_hold_the_truth_in_85_to_95_of_100(model: str) -> None:
    began = time.monotonic()
    share = share_held(model, 2_000, 1_500, warm=True)
    print(f"\n{model}: 90 % hold {share:.1%} in 2,000 worlds, {time.monotonic() - began:.0f} s")
    assert 0.85 <= share <= 0.95


def test_occasions_expected_of_somebody_new_are_those_that_come() -> None:
    fitted = bgbb.fit(occasions(30_000, np.random.default_rng(3)))
    fresh = occasions(30_000, np.random.default_rng(4))
    mean = float((fresh.repeats * fresh.count).sum()) / fresh.customers
    assert bgbb.expected_of_new(fitted, 6) == pytest.approx(mean, rel=0.03)
    chances = bgbb.alive(fitted, fresh)
    assert ((chances > 0) & (chances < 1)).all()


def test_equal_customers_are_one_row_and_order_means_nothing() -> None:
    drawn = made(500, np.random.default_rng(5), "bg")
    x, age = (np.repeat(part, drawn.count.astype(int)) for part in (drawn.repeats, drawn.age))
    last = np.minimum(np.round(np.repeat(drawn.last, drawn.count.astype(int))), age)
    once = gather(x, last, age)
    again = gather(x[::-1], last[::-1], age[::-1])
    assert len(once.repeats) < 500
    assert bgnbd.fit(once).values.tolist() == bgnbd.fit(again).values.tolist()


def test_impossible_customers_are_refused() -> None:
    for row in ((1, 5, 4), (-1, 0, 4), (1.5, 1, 4)):
        with pytest.raises(ValueError, match="last order"):
            gather([row[0]], [row[1]], [row[2]])


def test_the_last_order_goes_with_repeats() -> None:
    with pytest.raises(ValueError, match="bought again"):
        gather([0], [3], [9])
    with pytest.raises(ValueError, match="last order"):
        gather([0], [0], [float("nan")])


def known(names: tuple[str, ...], values: tuple[float, ...]) -> Fitted:
    """Give parameters as if they had been found without any doubt."""
    doubt = np.zeros((len(values), len(values)))
    return Fitted(names, np.array(values), np.zeros(len(values)), doubt, 0.0)


def test_orders_expected_of_everybody_are_those_that_come() -> None:
    """Customers of all histories are watched for 20 weeks, and then for 20 more."""
    chance = np.random.default_rng(11)
    customers, watched, coming = 60_000, 20.0, 20.0
    models = {"bg": bgnbd, "mbg": mbgnbd, "pareto": pareto}
    for model, module in models.items():
        x, last, later = orders_of(model, customers, watched, coming, chance)
        fitted = known(module.NAMES, TRUTH[model])
        now = Buyers(x, last, np.full(customers, watched), np.ones(customers))
        foretold = module.expected(fitted, now, coming)
        for history in (x == 0, x == 1, x >= 2, (x >= 1) & (last < 10)):
            error = later[history].std() / history.sum() ** 0.5
            assert abs(foretold[history].mean() - later[history].mean()) < 4 * error, model
        fresh = gather([0], [0], [0])
        if model != "mbg":
            of_new = module.expected_of_new(fitted, coming)  # type: ignore[attr-defined]
            assert module.expected(fitted, fresh, coming)[0] == pytest.approx(of_new)


def orders_of(
    model: str, customers: int, watched: float | Numbers, coming: float, chance: np.random.Generator
) -> tuple[Numbers, Numbers, Numbers]:
    """Let customers buy through both times: orders and last one of the first, orders after it."""
    r, alpha, *_ = TRUTH[model]
    rate = chance.gamma(r, 1 / alpha, customers)
    ends = np.full(customers, np.inf)
    stops = np.zeros(customers)
    if model == "pareto":
        ends = chance.exponential(1 / chance.gamma(TRUTH[model][2], 1 / TRUTH[model][3], customers))
    else:
        stops = chance.beta(TRUTH[model][2], TRUTH[model][3], customers)
    here = np.ones(customers, dtype=bool)
    if model == "mbg":
        here = chance.random(customers) >= stops
    time, last, first, later = (np.zeros(customers) for _ in range(4))
    while here.any():
        time = time + chance.exponential(1 / rate)
        here &= time <= np.minimum(ends, watched + coming)
        early = here & (time <= watched)
        first, later = first + early, later + (here & ~early)
        last = np.where(early, time, last)
        here &= chance.random(customers) >= stops
    return first, last, later
