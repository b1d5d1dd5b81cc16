"""Published selection probabilities: the Open Bandit sample of the men's shop."""

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from wegweiser.measure.off_policy import Choices, Offers, estimate, fitness_of, logged_value
from wegweiser.measure.statistic import wilson

ITEMS = 34
POSITIONS = 3
Numbers = NDArray[np.float64]


class Log:
    """One of the two logs, and the value of a target policy in it."""

    def __init__(self, path: Path):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.item = np.array([int(row["item_id"]) for row in rows], dtype=np.intp)
        self.position = np.array([int(row["position"]) - 1 for row in rows], dtype=np.intp)
        self.click = np.array([float(row["click"]) for row in rows])
        self.logged = np.array([float(row["propensity_score"]) for row in rows])

    def under(self, target: Numbers) -> Choices:
        """Ask about a target that chooses by position (positions x items)."""
        rows = len(self.item)
        by_row = target[self.position]
        return Choices(
            arm=self.item,
            logged=self.logged,
            target=by_row[np.arange(rows), self.item],
            reward=self.click,
            unit=np.arange(rows),
            unsupported=np.zeros(rows),
            offers=Offers(
                np.repeat(np.arange(rows), ITEMS), np.tile(np.arange(ITEMS), rows), by_row.ravel()
            ),
        )


@pytest.fixture(scope="module")
def folder(shared_data: Callable[[str], Path]) -> Path:
    return shared_data("open_bandit_men")


@pytest.fixture(scope="module")
def random(folder: Path) -> Log:
    return Log(folder / "random_men.csv.gz")


@pytest.fixture(scope="module")
def thompson(folder: Path) -> Log:
    return Log(folder / "bts_men.csv.gz")


UNIFORM = np.full((POSITIONS, ITEMS), 1 / ITEMS)


def test_clicks_of_both_logs(random: Log, thompson: Log) -> None:
    for log, clicks, low, high in (
        (random, 46, 0.003451, 0.006130),
        (thompson, 69, 0.005456, 0.008722),
    ):
        assert int(log.click.sum()) == clicks
        found = wilson(clicks, 10_000)
        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-6)
    assert random.logged == pytest.approx(1 / ITEMS)


def test_the_uniform_policy_from_the_thompson_log(thompson: Log) -> None:
    choices = thompson.under(UNIFORM)
    fitness = fitness_of(choices)
    assert fitness.mean_weight == pytest.approx(0.943314, abs=1e-6)
    assert fitness.largest_weight == pytest.approx(178.253, abs=1e-3)
    assert fitness.effective == pytest.approx(655.71, abs=0.01)
    assert fitness.refusal == ""
    found = estimate(choices, np.random.default_rng(1))
    assert found.inverse.found.estimate == pytest.approx(0.0030086, abs=1e-7)
    middle = found.normalised.found
    assert middle.estimate == pytest.approx(0.0031894, abs=1e-7)
    assert (middle.low, middle.high) == pytest.approx((0.001567, 0.004812), abs=1e-6)
    assert middle.low < 0.0046 < middle.high


def test_it_agrees_with_an_independent_computation(thompson: Log) -> None:
    weights = [1 / ITEMS / chance for chance in thompson.logged.tolist()]
    total = sum(w * y for w, y in zip(weights, thompson.click.tolist(), strict=True))
    found = estimate(thompson.under(UNIFORM), np.random.default_rng(1), resamples=0)
    assert found.inverse.found.estimate == pytest.approx(total / len(weights), abs=1e-9)
    assert found.normalised.found.estimate == pytest.approx(total / sum(weights), abs=1e-9)


def test_the_thompson_policy_from_the_random_log(folder: Path, random: Log) -> None:
    target = thompson_policy(json.loads((folder / "thompson_prior_men.json").read_text()))
    choices = random.under(target)
    fitness = fitness_of(choices)
    assert fitness.effective == pytest.approx(2_470, rel=0.01)
    assert fitness.mean_weight == pytest.approx(0.985, abs=0.002)
    assert fitness.largest_weight == pytest.approx(10.7, rel=0.03)
    found = estimate(choices, np.random.default_rng(1)).normalised.found
    assert found.estimate == pytest.approx(0.0046, rel=0.03)
    assert (found.low, found.high) == pytest.approx((0.0023, 0.0070), abs=1e-4)


def test_each_log_is_worth_its_own_mean(random: Log, thompson: Log) -> None:
    own = estimate(random.under(UNIFORM), np.random.default_rng(1), resamples=0)
    assert own.inverse.found.estimate == pytest.approx(0.0046, abs=1e-12)
    assert logged_value(thompson.under(UNIFORM)).estimate == pytest.approx(0.0069, abs=1e-12)


def test_a_log_that_says_next_to_nothing_is_refused(thompson: Log) -> None:
    rare = np.zeros((POSITIONS, ITEMS))
    rare[:, int(np.bincount(thompson.item).argmin())] = 1.0
    assert fitness_of(thompson.under(rare)).refusal == "too_few"


def thompson_policy(prior: dict[str, object], draws: int = 100_000) -> Numbers:
    """Count how often each item has the highest draw, by position (three items of one draw)."""
    alpha, beta = (np.array(prior[name], dtype=float) for name in ("alpha", "beta"))
    rng = np.random.default_rng(7)
    counts = np.zeros((POSITIONS, ITEMS))
    for _ in range(10):
        drawn = rng.beta(alpha, beta, size=(draws // 10, ITEMS))
        best = np.argsort(-drawn, axis=1)[:, :POSITIONS]
        for position in range(POSITIONS):
            counts[position] += np.bincount(best[:, position], minlength=ITEMS)
    return np.asarray(counts / draws)
