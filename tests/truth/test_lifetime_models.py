"""Buying models against customers made by known parameters: are these found again?"""

from collections.abc import Callable

import numpy as np
import pytest

from wegweiser.measure.lifetime import bgbb, bgnbd, gamma_gamma, mbgnbd, pareto
from wegweiser.measure.lifetime.buyers import Buyers, Numbers, gather
from wegweiser.measure.lifetime.fit import Fitted

Z90 = 1.6449
Made = tuple[Buyers, Callable[[Buyers], Fitted], tuple[float, ...]]


def purchases(
    rate: float, ends: float, age: float, stops: float, first: bool, chance: np.random.Generator
) -> tuple[int, float]:
    """Let one customer buy at a rate until a time, or until an order is the last one."""
    time = last = 0.0
    count = 0
    if first and chance.random() < stops:
        return 0, 0.0
    while True:
        time += chance.exponential(1 / rate)
        if time > min(age, ends):
            return count, last
        count, last = count + 1, time
        if chance.random() < stops:
            return count, last


def made(
    customers: int, chance: np.random.Generator, model: str
) -> tuple[Numbers, Numbers, Numbers]:
    ages = chance.uniform(27, 39, customers)
    found = []
    for age in ages.tolist():
        if model == "pareto":
            rate, ends = chance.gamma(0.6) / 10, chance.exponential(1 / (chance.gamma(0.7) / 12))
            found.append(purchases(rate, ends, age, 0.0, False, chance))
        else:
            rate, stops = chance.gamma(0.5) / 6, chance.beta(0.9, 2.0)
            found.append(purchases(rate, np.inf, age, stops, model == "mbg", chance))
    return np.array([x for x, _ in found]), np.array([t for _, t in found]), ages


TRUTH = {
    "bg": (0.5, 6.0, 0.9, 2.0),
    "mbg": (0.5, 6.0, 0.9, 2.0),
    "pareto": (0.6, 10.0, 0.7, 12.0),
}
FITS = {"bg": bgnbd.fit, "mbg": mbgnbd.fit, "pareto": pareto.fit}


def occasions(customers: int, chance: np.random.Generator) -> Buyers:
    taken, last = [], []
    for _ in range(customers):
        takes, stops = chance.beta(1.2, 0.75), chance.beta(0.65, 2.8)
        lived = min(6, int(chance.geometric(stops)) - 1)
        which = np.flatnonzero(chance.random(lived) < takes)
        taken.append(len(which))
        last.append(int(which[-1]) + 1 if len(which) else 0)
    return gather(taken, last, np.full(customers, 6))


def held(fitted: Fitted, truth: tuple[float, ...]) -> list[bool]:
    """Tell of each parameter whether its 90 % interval, on the log scale, holds the truth."""
    logs = np.log(fitted.values)
    half = Z90 * np.sqrt(np.diag(fitted.covariance))
    return [bool(abs(a - np.log(b)) <= c) for a, b, c in zip(logs, truth, half, strict=True)]


def shares_held(repeats: int, customers: int) -> dict[str, float]:
    chance = np.random.default_rng(7)
    found: dict[str, list[bool]] = {}
    for _ in range(repeats):
        for model, fit in FITS.items():
            fitted = fit(gather(*made(customers, chance, model)))
            found.setdefault(model, []).extend(held(fitted, TRUTH[model]))
        fitted = bgbb.fit(occasions(customers, chance))
        found.setdefault("bgbb", []).extend(held(fitted, (1.2, 0.75, 0.65, 2.8)))
        orders = chance.geometric(0.4, customers).astype(float)
        own = 4.0 / chance.gamma(3.7, 1 / 15.0, customers)
        values = chance.gamma(4.0 * orders) * own / 4.0 / orders
        # The mean of p draws of gamma(p)·ν with ν inverse gamma is what the model says.
        fitted = gamma_gamma.fit(orders, values)
        found.setdefault("gamma_gamma", []).extend(held(fitted, (4.0, 3.7, 15.0)))
    return {name: float(np.mean(part)) for name, part in found.items()}


def test_known_parameters_are_found_again() -> None:
    for name, share in shares_held(2, 1_500).items():
        # Six to eight intervals of 90 %: at least half of them must hold.
        assert share >= 0.5, name


@pytest.mark.sweep
def test_ninety_percent_intervals_hold_the_truth_in_85_to_95_of_100() -> None:
    found = shares_held(250, 2_000)
    print(found)
    assert all(0.85 <= share <= 0.95 for share in found.values()), found


def test_occasions_expected_of_somebody_new_are_those_that_come() -> None:
    fitted = bgbb.fit(occasions(30_000, np.random.default_rng(3)))
    fresh = occasions(30_000, np.random.default_rng(4))
    mean = float((fresh.repeats * fresh.count).sum()) / fresh.customers
    assert bgbb.expected_of_new(fitted, 6) == pytest.approx(mean, rel=0.03)
    chances = bgbb.alive(fitted, fresh)
    assert ((chances > 0) & (chances < 1)).all()


def test_equal_customers_are_one_row_and_order_means_nothing() -> None:
    x, last, age = made(500, np.random.default_rng(5), "bg")
    age = np.round(age)
    last = np.minimum(np.round(last), age)
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
    model: str, customers: int, watched: float, coming: float, chance: np.random.Generator
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
