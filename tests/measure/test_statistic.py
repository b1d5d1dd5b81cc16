"""Laws and truth of the estimators: ends, limits, coverage, and a slow second way."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from wegweiser.measure.compare import Arm, newcombe, rate_arm, relative_difference, welch
from wegweiser.measure.experiment import check_split
from wegweiser.measure.sequential import always_valid, evidence_value, tuned_for
from wegweiser.measure.statistic import (
    Interval,
    mean_with_t,
    median_of_counts,
    median_with_ends,
    wilson,
)

WORLDS = 400


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_solves_the_score_equation(counts: tuple[int, int]) -> None:
    successes, trials = counts
    share = wilson(successes, trials)
    assert 0 <= share.low <= share.estimate <= share.high <= 1
    for end in (share.low, share.high):
        error = math.sqrt(end * (1 - end) / trials)
        assert abs(share.estimate - end) == pytest.approx(1.959964 * error, abs=1e-6)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30))
def test_mean_agrees_with_scipy(values: list[float]) -> None:
    found = mean_with_t(len(values), sum(values), sum(value**2 for value in values))
    assert found.estimate == pytest.approx(float(np.mean(values)), abs=1e-9)
    error = float(np.std(values, ddof=1)) / math.sqrt(len(values))
    half = float(stats.t.ppf(0.975, len(values) - 1)) * error
    assert found.high - found.estimate == pytest.approx(half, rel=1e-5, abs=1e-3)


@given(st.lists(st.integers(0, 20).map(float), min_size=1))
def test_median_agrees_with_numpy(values: list[float]) -> None:
    counted = {value: values.count(value) for value in values}
    assert median_of_counts(counted) == float(np.median(values))


@pytest.mark.parametrize("counts", [(1, 0), (-1, 5), (6, 5)])
def test_what_is_no_share_is_refused(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(*counts)


def test_welch_agrees_with_scipy() -> None:
    rng = np.random.default_rng(4)
    one, none = rng.normal(3, 1, 50), rng.normal(2, 4, 90)
    found = welch(sums(one), sums(none))
    oracle = stats.ttest_ind(one, none, equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high))


def test_relative_difference_has_no_answer_near_zero() -> None:
    assert relative_difference(rate_arm(5, 1000), rate_arm(2, 1000)) is None


def test_shares_that_were_not_planned_break_the_split() -> None:
    assert check_split({"a": 500, "b": 500, "c": 1}, {"a": 1, "b": 1}).broken
    assert check_split({"a": 560, "b": 440}, {"a": 1, "b": 1}).broken
    assert not check_split({"a": 520, "b": 480}, {"a": 1, "b": 1}).broken


def sums(values: "np.typing.NDArray[np.float64]") -> Arm:
    return Arm(len(values), float(values.sum()), float((values**2).sum()))


def covered(found: Interval, truth: float) -> bool:
    return found.low <= truth <= found.high


def share_of(hits: int) -> float:
    return hits / WORLDS


# 400 worlds: a sound 95 % interval covers between 91.5 and 98.5 % of them for sure (4 s.e.).
SOUND = (0.915, 0.99)


@pytest.mark.parametrize(
    ("p1", "p0", "n1", "n0"), [(0.12, 0.1, 900, 900), (0.01, 0.005, 5000, 400)]
)
def test_newcombe_covers_the_truth(p1: float, p0: float, n1: int, n0: int) -> None:
    rng = np.random.default_rng(1)
    hits = sum(
        covered(
            newcombe(rate_arm(int(one), n1), rate_arm(int(none), n0)),
            p1 - p0,
        )
        for one, none in zip(
            rng.binomial(n1, p1, WORLDS), rng.binomial(n0, p0, WORLDS), strict=True
        )
    )
    assert SOUND[0] <= share_of(hits) <= SOUND[1]


def test_welch_covers_the_truth_with_unequal_arms() -> None:
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(WORLDS):
        one, none = rng.exponential(2.0, 950), rng.exponential(1.5, 200)
        hits += covered(welch(sums(one), sums(none)), 0.5)
    assert SOUND[0] <= share_of(hits) <= SOUND[1]


def test_reading_at_any_time_rarely_errs() -> None:
    rng = np.random.default_rng(3)
    looks = np.arange(100, 2_600, 50)
    wrong = 0
    for _ in range(WORLDS):
        passed = np.cumsum(rng.normal(0, 1, looks[-1]))
        wrong += any(
            not covered(always_valid(passed[n - 1] / n, 1 / n, tuned_for(1 / n, int(n), 1000)), 0.0)
            for n in looks
        )
    assert share_of(wrong) <= 0.055


def test_evidence_for_nothing_is_one_on_average() -> None:
    rng = np.random.default_rng(5)
    values = [evidence_value(float(d), 1.0, 0.5) for d in rng.normal(0, 1, 20_000)]
    assert np.mean(values) == pytest.approx(1.0, abs=0.02)


@given(st.floats(-5, 5), st.floats(1e-6, 10), st.floats(0.01, 5))
def test_the_interval_excludes_zero_exactly_from_evidence_of_20(
    estimate: float, variance: float, tau: float
) -> None:
    found = always_valid(estimate, variance, tau)
    evidence = evidence_value(estimate, variance, tau)
    if abs(evidence - 20) > 1e-6:
        assert (found.low > 0 or found.high < 0) == (evidence > 20)


@given(st.lists(st.integers(-20, 20), min_size=1, max_size=60))
def test_the_median_lies_between_its_ends_whatever_is_counted(drawn: list[int]) -> None:
    counted = {float(value): drawn.count(value) for value in drawn}
    found = median_with_ends(counted)
    assert found.estimate == median_of_counts(counted)
    assert min(counted) <= found.low <= found.estimate <= found.high <= max(counted)


def test_ends_of_the_median_hold_the_truth_as_often_as_they_say() -> None:
    chance = np.random.default_rng(8)
    held = 0
    for _ in range(1_000):
        values, times = np.unique(chance.exponential(10.0, 80).round(2), return_counts=True)
        found = median_with_ends(dict(zip(values.tolist(), times.tolist(), strict=True)))
        held += found.low <= 10.0 * np.log(2) <= found.high
    assert 0.935 <= held / 1_000 <= 0.985
