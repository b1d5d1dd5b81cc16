"""Concentration: the curve against a slow second way, its laws, its intervals and its gates."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.asking import ask, offer, result, shown
from tests.measure.test_costs import cost
from tests.measure.test_ledger import order
from wegweiser.measure.profit.whale import (
    binned,
    bootstrapped,
    curve,
    shape,
    without_largest,
    worths_of,
)

PERSONS = {"unit": "person"}
worths = st.lists(st.integers(-50, 500), min_size=2, max_size=30).filter(lambda w: sum(w) > 0)


@settings(max_examples=60, deadline=None)
@given(worths)
def test_figures_equal_a_slow_second_way(each: list[int]) -> None:
    values, counts = np.unique(each, return_counts=True)
    found = shape(worths_of(values.astype(float), counts.astype(float)))
    falling, total = sorted(each, reverse=True), sum(each)
    for top, share in zip((1, 5, 10, 20, 50), found.tops, strict=True):
        assert share == pytest.approx(sum(falling[: len(each) * top // 100]) / total)
    assert found.peak == pytest.approx(sum(one for one in each if one > 0) / total)
    assert found.break_even == sum(one > 0 for one in each) / len(each)
    apart = sum(abs(one - other) for one in each for other in each)
    assert found.gini == pytest.approx(apart / (2 * len(each) * total))


@settings(max_examples=30, deadline=None)
@given(worths, st.integers(1, 9))
def test_currency_and_more_of_the_same_change_nothing(each: list[int], times: int) -> None:
    once = worths_of(np.array(each, float), np.ones(len(each)))
    scaled = worths_of(np.array(each, float) * 7.5, np.full(len(each), float(times)))
    points = np.linspace(0, 1, 11)
    assert curve(scaled, points) == pytest.approx(curve(once, points))
    assert shape(scaled).gini == pytest.approx(shape(once).gini)


def test_the_largest_is_taken_away_once() -> None:
    rest = without_largest(worths_of(np.array([5.0, 9.0]), np.array([1.0, 2.0])))
    assert rest.values.tolist() == [9.0, 5.0]
    assert rest.counts.tolist() == [1.0, 1.0]


def test_bins_keep_both_ends_and_the_whole() -> None:
    rng = np.random.default_rng(1)
    every = worths_of(rng.lognormal(3, 2, 60_000), np.ones(60_000))
    small = binned(every)
    assert len(small.values) == 20_000
    assert small.total == pytest.approx(every.total)
    assert small.customers == every.customers
    assert shape(small).tops == pytest.approx(shape(every).tops, abs=1e-3)


def coverage(repeats: int, customers: int, draws: int) -> float:
    """Give how often the interval of the share of the best fifth holds the share of all."""
    rng = np.random.default_rng(7)
    truth = shape(worths_of(rng.lognormal(3, 1, 400_000), np.ones(400_000))).tops[3]
    points = np.array([1.0])
    held = 0
    for _ in range(repeats):
        sample = worths_of(rng.lognormal(3, 1, customers), np.ones(customers))
        drawn, _curves = bootstrapped(sample, points, rng, draws)
        low, high = np.quantile([one.tops[3] for one in drawn], (0.025, 0.975))
        held += low <= truth <= high
    return held / repeats


def test_intervals_hold_what_is_true_of_all() -> None:
    assert coverage(60, 1_000, 100) >= 0.85


@pytest.mark.sweep
def test_intervals_hold_in_93_to_97_of_100() -> None:
    share = coverage(2_000, 2_000, 400)
    print(f"coverage of the best fifth's share: {share:.3f}")
    assert 0.93 <= share <= 0.97


def customers(count: int) -> list[dict[str, object]]:
    return [order(f"p{n:03}", 0, f"o-{n}", 10 + n) for n in range(count)]


def test_gates_in_their_order() -> None:
    offer({})
    assert ask("profit.concentration", PERSONS).results[0].reason == "no_source"
    offer({"events": customers(29)})
    assert ask("profit.concentration", PERSONS).results[0].reason == "too_little"
    dear = cost("99999", kind="service", order_id="o-1")
    offer({"events": customers(40), "imported_costs": [dear]})
    assert ask("profit.concentration", PERSONS).results[0].reason == "unidentified"


def test_one_whale_is_named_and_few_customers_make_no_top_share() -> None:
    offer({"events": [*customers(59), order("whale", 0, "o-w", 9_000)]})
    answer = ask("profit.concentration", PERSONS)
    names = {one.name.rpartition(".")[2] for one in answer.results}
    assert names == {"top_20", "top_50", "peak", "break_even", "gini"}
    assert result(answer, "profit.concentration.top_20").warnings == ("one_customer_carries_it",)
    rows = shown(answer)
    assert (rows[0]["share_of_profit"], rows[-1]["share_of_profit"]) == (0, 1)
    assert float(str(rows[20]["without_largest"])) < float(str(rows[20]["share_of_profit"])) - 0.3
    assert ask("profit.concentration", PERSONS) == answer
