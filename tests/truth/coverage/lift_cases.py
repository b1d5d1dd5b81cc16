"""Base and hard cases of two arms: differences, relative ones, ratios, accounts, daily looks."""

from collections.abc import Iterator

import numpy as np

from tests.truth.coverage.draws import (
    LOGNORMAL_MEAN,
    Case,
    Floats,
    Rng,
    Told,
    account_sums,
    chunks,
    lognormal,
    rate_sums,
    ratio_sides,
    unit_sums,
)
from wegweiser.measure.adjusted import adjusted
from wegweiser.measure.clustered import clustered_difference, relative_adjusted
from wegweiser.measure.compare import newcombe, welch
from wegweiser.measure.lift_ratio import ratio_difference
from wegweiser.measure.lift_sums import Sums
from wegweiser.measure.permuted import Accounts, permuted
from wegweiser.measure.sequential import always_valid, tuned_for
from wegweiser.measure.statistic import Interval

Shape = tuple[tuple[float, int], tuple[float, int]]
BASE: Shape = ((0.12, 1_000), (0.10, 1_000))
RARE: Shape = ((0.006, 6_000), (0.005, 6_000))
UNEQUAL: Shape = ((0.12, 9_500), (0.10, 500))


def rates(rng: Rng, worlds: int, shape: Shape, arriving: float = 1.0) -> Iterator[list[Sums]]:
    """Draw pairs of arms; a goal arrives in time with a chance, in both arms alike."""
    drawn = [rng.binomial(n, p * arriving, worlds).tolist() for p, n in shape]
    for reached in zip(*drawn, strict=True):
        yield [rate_sums(x, n) for x, (_, n) in zip(reached, shape, strict=True)]


def of_rates(shape: Shape, arriving: float = 1.0) -> Case:
    """Newcombe's difference; of late goals the truth is that of those that have arrived."""

    def case(rng: Rng, worlds: int) -> Iterator[list[Told]]:
        truth = (shape[0][0] - shape[1][0]) * arriving
        for one, none in rates(rng, worlds, shape, arriving):
            yield [(newcombe(one.after, none.after), truth)]

    return case


def relative_of_rates(shape: Shape, arriving: float = 1.0) -> Case:
    """The relative difference, which late goals leave as it is."""

    def case(rng: Rng, worlds: int) -> Iterator[list[Told]]:
        truth = shape[0][0] / shape[1][0] - 1
        for one, none in rates(rng, worlds, shape, arriving):
            yield [(relative_adjusted(one, none, 0.0), truth)]

    return case


def money(kind: str, rng: Rng, worlds: int) -> tuple[list[list[Sums]], float, float]:
    """Draw pairs of arms with money; give them with the true difference and relative difference."""
    sizes = {"unequal": (9_500, 500), "heavy": (4_000, 4_000)}.get(kind, (2_000, 2_000))
    if kind == "heavy":
        arms = [
            lognormal(rng, (worlds, n), times) for n, times in zip(sizes, (1.1, 1.0), strict=True)
        ]
        truth = 0.1 * LOGNORMAL_MEAN
    else:
        # One in five buys, for about 50; of unassigned orders 30 % are never joined to anybody.
        joined = 0.7 if kind == "unassigned" else 1.0
        arms = [
            rng.gamma(2.0, 25.0, (worlds, n)) * (rng.random((worlds, n)) < 0.2 * times * joined)
            for n, times in zip(sizes, (1.1, 1.0), strict=True)
        ]
        truth = 0.1 * 0.2 * 50.0 * joined
    return [unit_sums(one) for one in arms], truth, 0.1


def of_money(kind: str, relative: bool = False) -> Case:
    """Welch's difference of means, or the relative one."""

    def case(rng: Rng, worlds: int) -> Iterator[list[Told]]:
        for size in chunks(worlds):
            arms, difference, share = money(kind, rng, size)
            for one, none in zip(*arms, strict=True):
                if relative:
                    yield [(relative_adjusted(one, none, 0.0), share)]
                else:
                    yield [(welch(one.after, none.after), difference)]

    return case


def habits(rng: Rng, worlds: int, sizes: tuple[int, int], spread: float) -> list[list[Sums]]:
    """Draw arms of units with habits: what they did before tells what they do now, plus 30 %."""
    arms = []
    for times, n in zip((1.3, 1.0), sizes, strict=True):
        usual = rng.gamma(1 / spread, 2 * spread, (worlds, n))
        before, after = rng.poisson(usual), rng.poisson(usual * times)
        arms.append(unit_sums(after.astype(float), before.astype(float)))
    return arms


def with_the_time_before(sizes: tuple[int, int], spread: float) -> Case:
    """The relative difference with CUPED."""

    def case(rng: Rng, worlds: int) -> Iterator[list[Told]]:
        for size in chunks(worlds):
            for one, none in zip(*habits(rng, size, sizes, spread), strict=True):
                theta = adjusted(one, none).theta
                yield [(relative_adjusted(one, none, theta), 0.3)]

    return case


def daily_with_the_time_before(sizes: tuple[int, int], spread: float) -> Case:
    """The interval that may be read daily, with CUPED, at one look."""

    def case(rng: Rng, worlds: int) -> Iterator[list[Told]]:
        for size in chunks(worlds):
            for one, none in zip(*habits(rng, size, sizes, spread), strict=True):
                yield [(daily(one, none), 0.6)]

    return case


def daily(one: Sums, none: Sums) -> Interval:
    """Give the interval that may be read daily, as `lift` does."""
    found = adjusted(one, none)
    tau = tuned_for(found.variance, one.closed + none.closed, 10_000)
    return always_valid(found.difference, found.variance, tau)


def daily_of_rates(shape: Shape) -> Case:
    """The interval that may be read daily, of rates, at one look."""

    def case(rng: Rng, worlds: int) -> Iterator[list[Told]]:
        for one, none in rates(rng, worlds, shape):
            yield [(daily(one, none), shape[0][0] - shape[1][0])]

    return case


def daily_of_money(rng: Rng, worlds: int) -> Iterator[list[Told]]:
    """The interval that may be read daily, of money with a heavy tail."""
    for size in chunks(worlds):
        arms, difference, _ = money("heavy", rng, size)
        for one, none in zip(*arms, strict=True):
            yield [(daily(one, none), difference)]


def accounts(
    rng: Rng, worlds: int, counts: tuple[int, int], largest: int
) -> tuple[list[Floats], list[Floats]]:
    """Draw accounts of 1 to `largest` people with an ICC of .1; treated people gain .2."""
    sizes, totals = [], []
    for effect, count in zip((0.2, 0.0), counts, strict=True):
        people = rng.integers(1 if largest > 8 else largest, largest + 1, (worlds, count))
        alike = rng.normal(0.0, np.sqrt(0.1), (worlds, count)) * people
        alone = rng.normal(0.0, 1.0, (worlds, count)) * np.sqrt(0.9 * people)
        sizes.append(people.astype(float))
        totals.append(effect * people + alike + alone)
    return sizes, totals


def of_accounts(counts: tuple[int, int], largest: int, read_daily: bool = False) -> Case:
    """The difference over accounts, by t or by the interval that may be read daily."""

    def case(rng: Rng, worlds: int) -> Iterator[list[Told]]:
        sizes, totals = accounts(rng, worlds, counts, largest)
        arms = [account_sums(n, y) for n, y in zip(sizes, totals, strict=True)]
        for one, none in zip(*arms, strict=True):
            found = daily(one, none) if read_daily else clustered_difference(one, none)
            yield [(found, 0.2)]

    return case


def of_few_accounts(rng: Rng, worlds: int) -> Iterator[list[Told]]:
    """The difference over six unequal accounts per arm, by permutation."""
    sizes, totals = accounts(rng, worlds, (6, 6), 25)
    for world in range(worlds):
        n = np.concatenate([sizes[0][world], sizes[1][world]])
        y = np.concatenate([totals[0][world], totals[1][world]])
        drawn = Accounts(tuple(y), tuple(n), (True,) * 6 + (False,) * 6)
        yield [(permuted(drawn, rng)[0], 0.2)]


def of_ratio(kind: str, read_daily: bool = False) -> Case:
    """The difference of two ratios whose denominators go along with their numerators."""
    sizes = {"unequal": (9_500, 500), "heavy": (4_000, 4_000)}.get(kind, (600, 600))

    def case(rng: Rng, worlds: int) -> Iterator[list[Told]]:
        for size in chunks(worlds):
            arms = []
            for each, n in zip((2.2, 2.0), sizes, strict=True):
                views = 1.0 + rng.poisson(rng.gamma(2.0, 2.0, (size, n)))
                if kind == "rare":
                    bought = rng.binomial(views.astype(int), each / 400) * 400.0
                elif kind == "heavy":
                    bought = views * each * lognormal(rng, (size, n)) / LOGNORMAL_MEAN
                else:
                    bought = views * each * rng.exponential(1.0, (size, n))
                arms.append(ratio_sides(np.asarray(bought), views))
            for one, none in zip(*arms, strict=True):
                found = ratio_difference(one, none)
                if read_daily:
                    variance = one.variance + none.variance
                    tau = tuned_for(variance, sum(sizes), 10_000)
                    found = always_valid(found.estimate, variance, tau)
                yield [(found, 0.2)]

    return case


CASES: dict[tuple[str, str], Case] = {
    ("difference of rates", "base"): of_rates(BASE),
    ("difference of rates", "rare goals"): of_rates(RARE),
    ("difference of rates", "arms 95:5"): of_rates(UNEQUAL),
    ("difference of rates", "late outcomes"): of_rates(BASE, 0.8),
    ("difference of means", "base"): of_money("base"),
    ("difference of means", "heavy tails"): of_money("heavy"),
    ("difference of means", "arms 95:5"): of_money("unequal"),
    ("difference of means", "30 % unassigned"): of_money("unassigned"),
    ("relative difference", "base"): relative_of_rates(BASE),
    ("relative difference", "rare goals"): relative_of_rates(RARE),
    ("relative difference", "arms 95:5"): relative_of_rates(UNEQUAL),
    ("relative difference", "late outcomes"): relative_of_rates(BASE, 0.8),
    ("relative difference", "30 % unassigned"): of_money("unassigned", relative=True),
    ("relative difference", "heavy tails"): of_money("heavy", relative=True),
    ("relative with CUPED", "base"): with_the_time_before((900, 900), 0.5),
    ("relative with CUPED", "arms 95:5"): with_the_time_before((9_500, 500), 0.5),
    ("relative with CUPED", "heavy tails"): with_the_time_before((2_000, 2_000), 4.0),
    ("difference over accounts", "base"): of_accounts((100, 100), 4),
    ("difference over accounts", "25 unequal"): of_accounts((25, 25), 40),
    ("difference over accounts", "arms 95:5"): of_accounts((380, 20), 40),
    ("permutation of accounts", "6 unequal"): of_few_accounts,
    ("difference of ratios", "base"): of_ratio("base"),
    ("difference of ratios", "rare goals"): of_ratio("rare"),
    ("difference of ratios", "arms 95:5"): of_ratio("unequal"),
    ("difference of ratios", "heavy tails"): of_ratio("heavy"),
}
# Read at one look these cover more than they say, since they hold over all looks.
DAILY: dict[tuple[str, str], Case] = {
    ("daily, rates", "base"): daily_of_rates(BASE),
    ("daily, rates", "rare goals"): daily_of_rates(RARE),
    ("daily, rates", "arms 95:5"): daily_of_rates(UNEQUAL),
    ("daily, money", "heavy tails"): daily_of_money,
    ("daily, CUPED", "base"): daily_with_the_time_before((900, 900), 0.5),
    ("daily, CUPED", "arms 95:5"): daily_with_the_time_before((9_500, 500), 0.5),
    ("daily, accounts", "25 unequal"): of_accounts((25, 25), 40, read_daily=True),
    ("daily, ratios", "base"): of_ratio("base", read_daily=True),
    ("daily, ratios", "rare goals"): of_ratio("rare", read_daily=True),
}
