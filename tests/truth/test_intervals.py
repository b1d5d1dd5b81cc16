"""Coverage and error rates over many simulated tests with known truth."""

import numpy as np
import pytest

from wegweiser.measure.compare import (
    Arm,
    Paired,
    newcombe,
    rate_arm,
    ratio_of_means,
    relative_difference,
    welch,
)
from wegweiser.measure.experiment import check_split
from wegweiser.measure.sequential import always_valid, tuned_for
from wegweiser.measure.split_trace import broken_since
from wegweiser.measure.statistic import Interval, mean_with_t, wilson

pytestmark = pytest.mark.sweep
WORLDS = 2_000
Values = np.ndarray[tuple[int], np.dtype[np.float64]]


def arm(values: Values) -> Arm:
    return Arm(len(values), float(values.sum()), float((values**2).sum()))


def share(hits: int) -> float:
    return hits / WORLDS


def covers(found: Interval | None, truth: float) -> bool:
    assert found is not None
    return found.low <= truth <= found.high


@pytest.mark.parametrize(("chance", "trials"), [(0.1, 500), (0.005, 4_000), (0.5, 30)])
def test_wilson(chance: float, trials: int) -> None:
    rng = np.random.default_rng(1)
    hits = sum(covers(wilson(int(x), trials), chance) for x in rng.binomial(trials, chance, WORLDS))
    assert 0.93 <= share(hits) <= 0.97


@pytest.mark.parametrize(
    ("p1", "p0", "n1", "n0"),
    [(0.12, 0.10, 1_000, 1_000), (0.006, 0.005, 9_500, 9_500), (0.12, 0.10, 9_500, 500)],
)
def test_newcombe(p1: float, p0: float, n1: int, n0: int) -> None:
    rng = np.random.default_rng(2)
    draws = zip(rng.binomial(n1, p1, WORLDS), rng.binomial(n0, p0, WORLDS), strict=True)
    hits = sum(
        covers(newcombe(rate_arm(int(one), n1), rate_arm(int(none), n0)), p1 - p0)
        for one, none in draws
    )
    assert 0.93 <= share(hits) <= 0.97


def test_mean_and_welch_with_unequal_arms() -> None:
    rng = np.random.default_rng(3)
    mean_hits = welch_hits = 0
    for _ in range(WORLDS):
        one, none = rng.exponential(2.0, 1_900), rng.exponential(1.5, 400)
        mean_hits += covers(mean_with_t(400, float(none.sum()), float((none**2).sum())), 1.5)
        welch_hits += covers(welch(arm(one), arm(none)), 0.5)
    assert 0.93 <= share(mean_hits) <= 0.97
    assert 0.93 <= share(welch_hits) <= 0.97


def test_relative_difference() -> None:
    rng = np.random.default_rng(4)
    hits = sum(
        covers(relative_difference(rate_arm(int(one), 4_000), rate_arm(int(none), 2_000)), 0.2)
        for one, none in zip(
            rng.binomial(4_000, 0.12, WORLDS), rng.binomial(2_000, 0.10, WORLDS), strict=True
        )
    )
    assert 0.93 <= share(hits) <= 0.97


def test_ratio_with_a_denominator_that_hangs_together_with_it() -> None:
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(WORLDS):
        x = 1 + rng.poisson(3, 800).astype(float)
        y = x * rng.exponential(2.0, 800)
        sums = Paired(800, y.sum(), x.sum(), (y**2).sum(), (x**2).sum(), (x * y).sum())
        hits += covers(ratio_of_means(sums), 2.0)
    assert 0.93 <= share(hits) <= 0.97


def test_reading_fifty_times_rarely_errs() -> None:
    rng = np.random.default_rng(6)
    looks = np.arange(100, 2_600, 50)
    wrong = 0
    for _ in range(1_000):
        one = np.cumsum(rng.random(looks[-1]) < 0.2)[looks - 1]
        none = np.cumsum(rng.random(looks[-1]) < 0.2)[looks - 1]
        for n, a, b in zip(looks, one, none, strict=True):
            treated, control = rate_arm(int(a), int(n)), rate_arm(int(b), int(n))
            variance = treated.mean_variance + control.mean_variance
            tau = tuned_for(variance, 2 * int(n), 2_000)
            if not covers(always_valid(treated.mean - control.mean, variance, tau), 0.0):
                wrong += 1
                break
    assert wrong / 1_000 <= 0.055


def test_sound_splits_are_rarely_called_broken() -> None:
    rng = np.random.default_rng(7)
    shares = {"main": 0.97, "nothing": 0.02, "random": 0.01}
    counts = rng.multinomial(50_000, list(shares.values()), 20_000)
    broken = sum(
        check_split(dict(zip(shares, map(int, row), strict=True)), shares).broken for row in counts
    )
    # One in 1,000 is promised; 4 standard errors of 20,000 draws are .09 %.
    assert broken / 20_000 <= 0.0019


def test_sound_splits_read_after_each_of_50_days_are_rarely_called_broken() -> None:
    """Read daily, as `lift` and the split check are; with a plan χ² comes once, at its end."""
    rng = np.random.default_rng(8)
    shares = {"main": 0.9, "nothing": 0.1}
    worlds, wrong, wrong_with_plan, wrong_by_chance = 10_000, 0, 0, 0
    for drawn in rng.multinomial(200, list(shares.values()), (worlds, 50)):
        days = {
            f"{day:02}": dict(zip(shares, map(int, row), strict=True))
            for day, row in enumerate(drawn)
        }
        wrong += broken_since(days, shares, 0, "99") is not None
        wrong_with_plan += broken_since(days, shares, 8_000, "99") is not None
        so_far = np.cumsum(drawn, axis=0)
        expected = so_far.sum(axis=1)[:, None] * np.array([0.9, 0.1])
        chi_square = ((so_far - expected) ** 2 / expected).sum(axis=1).max()
        wrong_by_chance += chi_square > 10.828
    told = (wrong, wrong_with_plan, wrong_by_chance)
    print("daily, with a plan, by chi-square daily:", *(f"{x / worlds:.3%}" for x in told))
    # One in 1,000 is promised of the e-value over all days, and as much of the one look at the
    # end; 4 standard errors of 10,000 draws are .13 and .18 %.
    assert wrong / worlds <= 0.0023
    assert wrong_with_plan / worlds <= 0.0038
    assert wrong_by_chance / worlds > 0.005
