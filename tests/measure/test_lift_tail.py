"""Heavy tails: told where a few units carry the variance, and only there."""

import numpy as np
import pytest

from tests.measure.asking import ask, ask_rows, offer, result
from tests.measure.test_lift import Row, sale, unit

OPTIONS = {"goal": "sale", "metric": "value"}


def world(values: dict[str, np.ndarray]) -> None:
    decisions: list[Row] = []
    outcomes: list[Row] = []
    for arm, amounts in values.items():
        for number, amount in enumerate(amounts.tolist()):
            decisions.append(unit(number, arm))
            if amount:
                outcomes.append(sale(f"{arm}{number}", value=amount))
    offer({"decisions": decisions, "outcomes": outcomes})


def test_few_large_buyers_are_told_and_the_cut_difference_stands_beside() -> None:
    chance = np.random.default_rng(4)
    amounts = {
        arm: chance.gamma(2.0, 25.0 * times, 600) * (chance.random(600) < 0.5)
        for arm, times in (("main", 1.4), ("nothing", 1.0))
    }
    amounts["main"][:3] = [20_000.0, 30_000.0, 25_000.0]
    world(amounts)
    answer = ask("lift", OPTIONS)
    found, cut = result(answer, "lift.difference"), answer.results[-1]
    assert found.warnings[-1] == "few_units_carry_it"
    assert cut.name == "lift.difference_cut"
    together = np.concatenate([amounts["main"], amounts["nothing"]])
    limit = np.quantile(together, 0.995)
    means = [np.minimum(amounts[arm], limit).mean() for arm in ("main", "nothing")]
    assert cut.estimate == pytest.approx(means[0] - means[1])
    # Three buyers blur the mean; without them it is plain that the message helps.
    assert (found.low or 0.0) < 0 < (cut.low or 0.0)
    spread = (amounts["main"] - amounts["main"].mean()) ** 2
    share = np.sort(spread)[-6:].sum() / spread.sum()
    assert f"The largest 1% hold {int(100 * share)}% of the variance" in cut.sentence["en"]
    assert f"Das größte 1 % trägt {int(100 * share)} %" in cut.sentence["de"]


def test_ordinary_amounts_and_rates_say_nothing_of_tails() -> None:
    chance = np.random.default_rng(5)
    world({arm: chance.gamma(4.0, 10.0, 400) for arm in ("main", "nothing")})
    names = [one.name for one in ask("lift", OPTIONS).results]
    assert "lift.difference_cut" not in names
    assert "few_units_carry_it" not in ask("lift", OPTIONS).results[0].warnings
    assert "part" not in ask_rows("lift", {"goal": "sale"})[0]


def test_where_fewer_than_1_in_200_bought_there_is_nothing_to_cut() -> None:
    amounts = {arm: np.zeros(8_000) for arm in ("main", "nothing")}
    for bought in amounts.values():
        bought[:30] = np.linspace(10.0, 90.0, 30)
    world(amounts)
    answer = ask("lift", OPTIONS)
    assert "few_units_carry_it" in answer.results[0].warnings
    assert "lift.difference_cut" not in [one.name for one in answer.results]


def test_rare_goals_of_one_amount_are_no_tail() -> None:
    amounts = {arm: np.zeros(8_000) for arm in ("main", "nothing")}
    for bought, count in zip(amounts.values(), (30, 60), strict=True):
        bought[:count] = 20.0
    world(amounts)
    answer = ask("lift", OPTIONS)
    assert "few_units_carry_it" not in answer.results[0].warnings
    assert "lift.difference_cut" not in [one.name for one in answer.results]
