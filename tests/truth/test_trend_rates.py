"""Rising topics against simulated truth: false discoveries, power, and intervals of growth."""

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from tests.measure.trend_world import pool_of
from wegweiser.measure.trend.chance import upper_tail
from wegweiser.measure.trend.flags import flag
from wegweiser.measure.trend.projection import project

TERMS, PERIODS, FIRST_JUDGED = 60, 60, 12
SHORT, LONG = 40, 2_000
Counts = npt.NDArray[np.float64]


def drawn(means: Counts, spread: float, rng: np.random.Generator) -> Counts:
    if spread == 1.0:
        return rng.poisson(means).astype(np.float64)
    return rng.negative_binomial(means / (spread - 1), 1 / spread).astype(np.float64)


def false_discovery(repeats: int, seed: int) -> tuple[float, float]:
    """Give the share of periods of steady terms with any flag, and with any emerging term."""
    rng = np.random.default_rng(seed)
    flagged = emerging = periods = 0
    for repeat in range(repeats):
        levels = np.exp(rng.normal(2.5, 1.2, (TERMS, 1)))
        cells = drawn(np.repeat(levels, PERIODS, axis=1), (1.0, 2.0, 3.0)[repeat % 3], rng)
        [found] = flag((pool_of(cells),), "week")
        flagged += int(found.flagged[:, FIRST_JUDGED:].any(axis=0).sum())
        emerging += int(found.emerging[:, FIRST_JUDGED:].any(axis=0).sum())
        periods += PERIODS - FIRST_JUDGED
    return flagged / periods, emerging / periods


def doubled(repeats: int, seed: int) -> tuple[float, float, float]:
    """Implant a rise from 50 to 100: shares flagged in 2 periods, emerging in 3, and covered."""
    rng = np.random.default_rng(seed)
    in_two = in_three = covered = 0
    for repeat in range(repeats):
        levels = np.exp(rng.normal(3.0, 1.0, (TERMS, 1)))
        levels[0] = 50.0
        means = np.repeat(levels, 40, axis=1)
        means[0, 37:] = 100.0
        cells = drawn(means, (1.0, 1.5)[repeat % 2], rng)
        pool = pool_of(cells, totals=np.full(40, 10_000.0))
        [found] = flag((pool,), "week")
        in_two += bool(found.flagged[0, 37:39].any())
        in_three += bool(found.emerging[0, 37:40].any())
        covered += bool(found.growth_low[0, 38] <= 2.0 <= found.growth_high[0, 38])
    return in_two / repeats, in_three / repeats, covered / repeats


def forecast_coverage(repeats: int, seed: int) -> float:
    """Give how often the count 4 periods ahead of a steady term lies in its interval."""
    rng = np.random.default_rng(seed)
    held = 0
    for _ in range(repeats):
        found = project(drawn(np.full(6, 50.0), 2.0, rng), np.full(6, 1e4), 2.0, rng).at(4)
        held += bool(found.low <= drawn(np.full(1, 50.0), 2.0, rng)[0] <= found.high)
    return held / repeats


def test_steady_terms_raise_hardly_any_flag() -> None:
    flagged, emerging = false_discovery(SHORT, 11)
    print(f"periods with a false flag {flagged:.3f}, with a false emerging term {emerging:.4f}")
    assert flagged <= 0.10
    assert emerging <= 0.01


def test_a_doubled_term_of_50_mentions_is_flagged_within_two_periods() -> None:
    in_two, in_three, covered = doubled(60, 12)
    print(f"flagged in two {in_two:.2f}, emerging in three {in_three:.2f}, covered {covered:.3f}")
    assert in_two >= 0.80
    assert in_three >= 0.80
    assert covered >= 0.90


def test_a_forecast_holds_what_comes() -> None:
    repeats = 500
    held = forecast_coverage(repeats, 13)
    print(f"forecast covered {held:.3f}")
    assert held >= 0.95 - 3 * (0.95 * 0.05 / repeats) ** 0.5


def test_shuffled_weeks_stay_within_the_budget() -> None:
    rng = np.random.default_rng(14)
    waves = 40 * (1 + 0.5 * np.sin(np.arange(80) / 8.0)) * np.exp(rng.normal(0, 0.2, (30, 1)))
    cells = drawn(waves, 1.0, rng)
    periods = flagged = 0
    for _ in range(20):
        [found] = flag((pool_of(rng.permuted(cells, axis=1), np.full(80, 1e4)),), "week")
        flagged += int(found.flagged[:, FIRST_JUDGED:].any(axis=0).sum())
        periods += 80 - FIRST_JUDGED
    print(f"periods with a flag in shuffled weeks {flagged / periods:.3f}")
    assert flagged / periods <= 0.10


@pytest.mark.sweep
def test_rates_over_many_repeats() -> None:
    flagged, emerging = false_discovery(LONG // 10, 21)
    in_two, in_three, covered = doubled(LONG, 22)
    ahead = forecast_coverage(LONG, 23)
    print(f"false {flagged:.3f} {emerging:.4f} power {in_two:.3f} {in_three:.3f}")
    print(f"growth covered {covered:.3f}, forecast covered {ahead:.3f}")
    assert flagged <= 0.10
    assert in_two >= 0.80
    assert 0.93 <= covered <= 0.975
    assert ahead >= 0.93


def test_tails_agree_with_the_library() -> None:
    counts = np.array([1.0, 5.0, 40.0, 90.0, 200.0])
    means = np.array([0.2, 5.0, 22.0, 50.0, 180.0])
    for spread in (1.0, 1.3, 2.0, 6.0):
        own = upper_tail(counts, means, np.full(5, spread))
        other = (
            stats.poisson.sf(counts - 1, means)
            if spread == 1.0
            else stats.nbinom.sf(counts - 1, means / (spread - 1), 1 / spread)
        )
        np.testing.assert_allclose(own, other, rtol=1e-9)
