"""Intervals of stage two cover the truth: standardised differences, money, and rates by time."""

import random

import pytest

from wegweiser.measure.revenue.strata import Stratum, Sums, standardised
from wegweiser.measure.revenue.survival import Counted, reached_by

STRATA = {"base": ((0.10, 0.05), (0.30, 0.20)), "rare": ((0.010, 0.005), (0.008, 0.005))}
UNITS = {"base": 150, "rare": 3_000}
SHORT, FULL = 200, 2_000


def hits(chance: random.Random, units: int, share: float) -> int:
    """Draw how many of some units reach a goal."""
    if units <= 500:
        return sum(chance.random() < share for _ in range(units))
    # A rare goal among many is drawn by its gaps, which is the same and quicker.
    found, place = 0, 0.0
    while True:
        place += 1 + int(chance.expovariate(1) / share)
        if place > units:
            return found
        found += 1


def side(chance: random.Random, units: int, share: float) -> Sums:
    """Draw one side of a stratum; who reaches the goal brings about 100."""
    goals = hits(chance, units, share)
    values = [chance.gauss(100, 30) for _ in range(goals)]
    return Sums(units, goals, sum(values), sum(value * value for value in values))


def strata_coverage(case: str, runs: int) -> tuple[float, float]:
    chance = random.Random(3)
    rates, units = STRATA[case], UNITS[case]
    truth = sum(having - lacking for having, lacking in rates) / len(rates)
    of_rate = of_money = 0
    for _ in range(runs):
        found = standardised(
            [
                Stratum((str(place),), side(chance, units, having), side(chance, units, lacking))
                for place, (having, lacking) in enumerate(rates)
            ]
        )
        of_rate += found.rate.low <= truth <= found.rate.high
        of_money += found.money.low <= 100 * truth <= found.money.high
    return of_rate / runs, of_money / runs


def survival_coverage(runs: int) -> float:
    """Draw 200 leads each: a goal after about 60 days, seen for 1 to 120 days."""
    chance = random.Random(4)
    covered = 0
    for _ in range(runs):
        counts = []
        for _ in range(200):
            days, seen = 1 + int(chance.expovariate(1 / 60)), chance.randint(1, 120)
            counts.append(Counted(days, 1, 0) if days <= seen else Counted(seen, 0, 1))
        found = reached_by(merged(counts), 30)
        covered += found.low <= 1 - pow(2.718281828459045, -30 / 60) <= found.high
    return covered / runs


def merged(counts: list[Counted]) -> list[Counted]:
    """Add up cases of the same day."""
    days = sorted({one.days for one in counts})
    return [
        Counted(
            day,
            sum(one.goals for one in counts if one.days == day),
            sum(one.open for one in counts if one.days == day),
        )
        for day in days
    ]


@pytest.mark.parametrize("case", STRATA)
def test_standardised_differences_cover_the_truth(case: str) -> None:
    rate, money = strata_coverage(case, SHORT)
    assert 0.90 <= rate <= 0.99
    assert 0.90 <= money <= 0.99


def test_rates_by_time_cover_the_truth() -> None:
    assert 0.90 <= survival_coverage(SHORT // 2) <= 1


@pytest.mark.sweep
@pytest.mark.parametrize("case", STRATA)
def test_standardised_differences_cover_the_truth_in_2000_runs(case: str) -> None:
    rate, money = strata_coverage(case, FULL)
    assert 0.93 <= rate <= 0.97
    assert 0.93 <= money <= 0.97


@pytest.mark.sweep
def test_rates_by_time_cover_the_truth_in_2000_runs() -> None:
    assert 0.93 <= survival_coverage(FULL) <= 0.97
