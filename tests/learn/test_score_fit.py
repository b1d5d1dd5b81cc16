"""The logistic model finds what is true, its doubt is honest, and scores are judged rightly."""

import numpy as np
import pytest
from scipy import optimize

from wegweiser.flow.score_training import has_moved
from wegweiser.learn.score_columns import OTHER, UNKNOWN, columns_of, plan_terms
from wegweiser.learn.score_fit import fit_logistic
from wegweiser.learn.score_reading import expected_day
from wegweiser.measure.score_quality import (
    area_under_curve,
    calibration_line,
    quality_of,
    spread_like,
    spread_of_numbers,
    stability,
)
from wegweiser.terms.score import ScoreFeature


def simulated(seed: int, count: int, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    columns = np.column_stack([np.ones(count), rng.normal(size=(count, len(weights) - 1))])
    chance = 1 / (1 + np.exp(-columns @ weights))
    return columns, (rng.random(count) < chance).astype(float)


def test_it_is_the_mode_that_a_general_optimiser_finds() -> None:
    columns, labels = simulated(1, 400, np.array([-1.0, 0.8, -0.5]))
    variances = np.array([100.0, 1.0, 0.25])

    def loss(weights: np.ndarray) -> float:
        logits = columns @ weights
        data = np.logaddexp(0, logits) - labels * logits
        return float(data.sum() + (weights**2 / (2 * variances)).sum())

    found = fit_logistic(columns, labels, variances)
    other = optimize.minimize(loss, np.zeros(3), method="BFGS", tol=1e-10)
    assert found.weights == pytest.approx(other.x, abs=1e-4)


def test_posterior_intervals_cover_the_truth() -> None:
    truth = np.array([-1.5, 0.7, 0.0, -0.4])
    hits = np.zeros(4)
    for seed in range(200):
        columns, labels = simulated(seed, 600, truth)
        found = fit_logistic(columns, labels, np.array([100.0, 1.0, 1.0, 1.0]))
        halves = 1.96 * np.sqrt(np.diag(found.covariance))
        hits += np.abs(found.weights - truth) < halves
    assert (hits / 200 > 0.90).all()
    assert (hits / 200 < 0.99).all()


def test_what_separates_perfectly_stays_finite() -> None:
    columns = np.column_stack([np.ones(40), np.repeat([-1.0, 1.0], 20)])
    found = fit_logistic(columns, np.repeat([0.0, 1.0], 20), np.array([100.0, 1.0]))
    assert np.isfinite(found.weights).all()
    assert 1 < found.weights[1] < 10


def test_texts_of_few_subjects_are_one_level_and_shrink() -> None:
    feature = ScoreFeature("trait", trait="industry")
    values = ["steel"] * 15 + ["paper"] * 12 + ["glass"] * 3 + [None] * 4
    rows = [[value] for value in values]
    plan = plan_terms([feature], rows, [f"s{n}" for n in range(len(rows))])
    assert [term.level for term in plan.terms] == ["paper", "steel", OTHER, UNKNOWN]
    columns = columns_of([feature], plan.terms, rows)
    assert columns.sum(axis=0).tolist() == [34, 12, 15, 3, 4]
    labels = np.array([1.0] * 15 + [0.0] * 19)
    weak = fit_logistic(columns, labels, np.array([100.0, *plan.variances])).weights
    strong = fit_logistic(columns, labels, np.array([100.0, 25.0, 25.0, 25.0, 25.0])).weights
    assert abs(weak[2]) < abs(strong[2])


def test_area_and_calibration_against_independent_computations() -> None:
    rng = np.random.default_rng(2)
    scores = np.round(rng.random(300), 2).clip(0.01, 0.99)
    labels = (rng.random(300) < scores).astype(float)
    wins = scores[labels == 1][:, None] - scores[labels == 0][None]
    pairs = ((wins > 0) + 0.5 * (wins == 0)).mean()
    ones = np.ones(300)
    assert area_under_curve(scores, labels) == pytest.approx(pairs)
    assert area_under_curve(scores, labels, ones) == pytest.approx(pairs)
    intercept, slope = calibration_line(scores, labels, ones)
    assert (intercept, slope) == pytest.approx((0, 1), abs=0.35)
    sharp = 1 / (1 + np.exp(-2 * np.log(scores / (1 - scores))))
    assert calibration_line(sharp, labels, ones)[1] == pytest.approx(slope / 2, rel=1e-3)


def test_intervals_of_quality_cover_and_are_the_same_again() -> None:
    rng = np.random.default_rng(3)
    covered = 0
    for seed in range(40):
        scores = rng.beta(2, 5, 500)
        labels = (rng.random(500) < scores).astype(float)
        subjects = [f"s{n % 250}" for n in range(500)]
        found = quality_of(scores, labels, subjects, np.random.default_rng(seed))
        covered += found.slope.low <= 1 <= found.slope.high
        if seed == 0:
            again = quality_of(scores, labels, subjects, np.random.default_rng(seed))
            assert again == found
    assert covered >= 33


def test_the_expected_day_is_that_of_even_odds() -> None:
    assert expected_day(0.5, 30, 0) == "1970-01-31"
    assert expected_day(1.0, 30, 0) == "1970-01-01"
    assert expected_day(0.0, 30, 0) is None


def test_of_many_equally_common_texts_always_the_same_are_learned() -> None:
    """The order of a set changes from process to process; a model must not."""
    feature = ScoreFeature("trait", trait="industry")
    names = [f"i{number:02}" for number in range(40)]
    rows = [[name] for name in names for _ in range(10)]
    subjects = [f"s{number}" for number in range(len(rows))]
    for turned in (1, -1):
        plan = plan_terms([feature], rows[::turned], subjects)
        assert [term.level for term in plan.terms] == [*names[:30], OTHER, UNKNOWN]


def test_few_people_differ_by_chance_and_are_not_learned_anew_for_it() -> None:
    chance = np.random.default_rng(8)
    before = spread_of_numbers(chance.normal(size=2_000))
    alarms = {40: 0, 120: 0, 2_000: 0}
    for count in alarms:
        for _ in range(200):
            found = stability(before, spread_like(before, chance.normal(size=count), []))
            alarms[count] += has_moved(found, count, 2_000)
    assert alarms[120] <= 10
    assert alarms[40] == alarms[2_000] == 0
    moved = stability(before, spread_like(before, chance.normal(1.0, 1.0, 400), []))
    assert has_moved(moved, 400, 2_000)
