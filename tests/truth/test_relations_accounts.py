"""Relations of people in accounts: the interval covers the truth, and that of people alone not."""

from collections import defaultdict

import numpy as np
import pytest

from wegweiser.measure.form import Row
from wegweiser.measure.revenue.accounts_alike import FOLD, PAIRS, Accounts, alike_of
from wegweiser.measure.revenue.alike import Alike
from wegweiser.measure.revenue.strata import Stratum, Sums, standardised

ICC = 0.1
RATES = ((0.30, 0.20), (0.20, 0.10))
# Accounts, the most people of one, and whether they have the feature together.
WORLDS = {
    "together": (150, 9, True),
    "each by himself": (150, 9, False),
    "60 unequal accounts": (60, 40, True),
}
SHORT, FULL = 200, 2_000


class World:
    """One draw: people with their account, stratum, feature, goal and money."""

    def __init__(self, rng: np.random.Generator, accounts: int, largest: int, together: bool):
        sizes = rng.integers(1, largest + 1, accounts)
        self.account = np.repeat(np.arange(accounts), sizes)
        people = len(self.account)
        self.stratum = rng.integers(0, 2, people)
        shared = (rng.random(accounts) < 0.5)[self.account]
        self.has = shared if together else rng.random(people) < 0.5
        chance = np.array(RATES)[self.stratum, np.where(self.has, 0, 1)]
        # With a chance of √ICC somebody does as the account does, else as alone: goals of two
        # people of an account then go together by ICC, and the rates stay as they are.
        as_all = rng.random(people) < np.sqrt(ICC)
        draw = np.where(as_all, rng.random(accounts)[self.account], rng.random(people))
        self.goal = draw < chance
        self.value = np.where(self.goal, rng.normal(100, 30, people), 0.0)

    def sums(self, among: "np.typing.NDArray[np.bool_]") -> Sums:
        value = self.value[among]
        return Sums(
            int(among.sum()), int(self.goal[among].sum()), float(value.sum()), float(value @ value)
        )

    def strata(self) -> list[Stratum]:
        return [
            Stratum(
                (str(key),),
                self.sums(self.has & (self.stratum == key)),
                self.sums(~self.has & (self.stratum == key)),
            )
            for key in (0, 1)
        ]

    def accounts(self) -> Accounts:
        """Sum accounts up as the engine does."""
        told: dict[str, np.typing.NDArray[np.float64]] = {}
        for side, among in (("h", self.has), ("t", np.ones_like(self.has))):
            for name, of in (("n", among), ("y", self.goal), ("v", self.value)):
                weights = np.asarray(of * among, dtype=float)
                told[side + name] = np.bincount(self.account, weights)
        sums: dict[str, Row] = defaultdict(dict)
        for pair in PAIRS:
            one, other = pair.split("_")
            sums[pair[0]][pair] = float(told[one] @ told[other])
        in_all = int((told["tn"] > 0).sum())
        own: Row = {
            "clusters": int((told["hn"] > 0).sum()),
            "whole_clusters": int(((told["hn"] == told["tn"]) & (told["hn"] > 0)).sum()),
        }
        whole: Row = {"clusters": in_all, "goal_clusters": int((told["ty"] > 0).sum())}
        fold: Row = {"fold": FOLD}
        return Accounts({("page", "/guide"): own | sums["h"] | fold}, whole | sums["t"] | fold)

    def alike(self) -> Alike:
        sides = self.sums(self.has), self.sums(~self.has)
        return alike_of("page", "/guide", *sides, self.accounts())


def coverage(name: str, runs: int) -> tuple[float, float, float]:
    """Give how often the interval of the rate, of money and of people alone hold the truth."""
    rng = np.random.default_rng(6)
    truth = 0.1
    rate = money = alone = 0
    for _ in range(runs):
        world = World(rng, *WORLDS[name])
        found = standardised(world.strata(), alike=world.alike())
        rate += found.rate.low <= truth <= found.rate.high
        money += found.money.low <= 100 * truth <= found.money.high
        plain = standardised(world.strata()).rate
        alone += plain.low <= truth <= plain.high
    return rate / runs, money / runs, alone / runs


@pytest.mark.parametrize("name", WORLDS)
def test_the_interval_over_accounts_covers_the_truth(name: str) -> None:
    rate, money, alone = coverage(name, SHORT)
    assert 0.90 <= rate <= 0.99
    assert 0.90 <= money <= 0.99
    if WORLDS[name][2]:
        assert alone < 0.92


@pytest.mark.sweep
@pytest.mark.parametrize("name", WORLDS)
def test_the_interval_over_accounts_covers_the_truth_in_2000_runs(name: str) -> None:
    rate, money, alone = coverage(name, FULL)
    print(f"{name}: rate {rate:.1%}, money {money:.1%}, people alone {alone:.1%}")
    assert 0.93 <= rate <= 0.97
    assert 0.93 <= money <= 0.97


def test_the_squared_sums_are_those_of_what_each_account_contributes() -> None:
    """The slow second way: the sum of every account, then its square."""
    world = World(np.random.default_rng(2), *WORLDS["60 unequal accounts"])
    having, lacking = world.sums(world.has), world.sums(~world.has)
    part = np.where(
        world.has,
        (world.goal - having.rate) / having.units,
        -(world.goal - lacking.rate) / lacking.units,
    )
    by_account = np.bincount(world.account, part)
    many = len(by_account)
    times = many / (many - 1) * (by_account @ by_account) / (part @ part)
    assert world.alike().rate == pytest.approx(max(1.0, times))
    paid = np.where(
        world.has,
        (world.value - having.mean) / having.units,
        -(world.value - lacking.mean) / lacking.units,
    )
    of_accounts = np.bincount(world.account, paid)
    times = many / (many - 1) * (of_accounts @ of_accounts) / (paid @ paid)
    assert world.alike().money == pytest.approx(max(1.0, times))
