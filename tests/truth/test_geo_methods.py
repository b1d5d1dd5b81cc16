"""Geo estimators against simulated truth: how often their intervals hold what was put in."""

import numpy as np
import pytest

from wegweiser.measure.geo.panel import Numbers, Panel
from wegweiser.measure.geo.power import power
from wegweiser.measure.geo.regression import by_days, by_regions
from wegweiser.measure.geo.synthetic import effect

REGIONS, DAYS, BEFORE = 20, 90, 75
NAMES = tuple(f"r{number:02}" for number in range(REGIONS))
TREATED = NAMES[:3]
ADDED_PER_DAY = 12.0


def simulated(chance: np.random.Generator, days: int = DAYS, before: int = BEFORE) -> Panel:
    """Regions of different size that share what moves the market, with noise of their own."""
    size = chance.uniform(50, 400, REGIONS)
    market = 1 + 0.15 * np.sin(np.arange(days) * 2 * np.pi / 7) + chance.normal(0, 0.05, days)
    values = size[:, None] * market[None, :] + chance.normal(0, 8, (REGIONS, days))
    values[: len(TREATED), before:] += ADDED_PER_DAY
    return Panel(NAMES, values, before)


def coverage(repeats: int) -> dict[str, float]:
    chance = np.random.default_rng(20)
    held = {"synthetic": 0, "by_days": 0, "by_regions": 0}
    for _ in range(repeats):
        panel = simulated(chance)
        per_day = effect(panel, TREATED).per_day
        assert per_day is not None
        held["synthetic"] += per_day.low <= ADDED_PER_DAY <= per_day.high
        total = by_days(panel, TREATED).added
        truth = ADDED_PER_DAY * len(TREATED) * panel.during
        held["by_days"] += total.low <= truth <= total.high
        before, during, cost = two_times(chance)
        returned = by_regions(before, during, cost)
        held["by_regions"] += returned.low <= 2.0 <= returned.high
    return {name: count / repeats for name, count in held.items()}


def two_times(chance: np.random.Generator) -> tuple[Numbers, Numbers, Numbers]:
    """Sums before and during; spread grows with size; a unit of cost brings two."""
    before = chance.uniform(500, 4_000, 60)
    cost = np.where(chance.random(60) < 0.5, 0.05 * before, 0.0)
    during = 1.02 * before + 2.0 * cost + before * chance.normal(0, 0.03, 60)
    return before, during, cost


def test_the_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    for name, share in coverage(300).items():
        # 300 repeats: 95 % give or take three standard errors.
        assert 0.91 <= share <= 0.99, (name, share)


@pytest.mark.sweep
def test_the_intervals_hold_the_truth_in_93_to_97_of_100() -> None:
    found = coverage(2_000)
    print(found)
    assert all(0.93 <= share <= 0.97 for share in found.values()), found


def test_power_rises_with_the_effect_and_false_alarms_are_few() -> None:
    panel = simulated(np.random.default_rng(5), days=160, before=160)
    found = power(panel, TREATED, 10)
    assert [one.lift for one in found] == [0.0, 0.01, 0.02, 0.05, 0.1]
    shares = [one.seen / one.windows for one in found]
    assert shares[0] <= 0.15
    assert shares[-1] == 1.0
    assert shares == sorted(shares)
    assert power(simulated(np.random.default_rng(5), days=30, before=30), TREATED, 10) == []
