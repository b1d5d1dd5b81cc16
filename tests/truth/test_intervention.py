"""A break in one series against simulated truth, and against exact least squares."""

import numpy as np
import pytest

from wegweiser.measure.geo.intervention import STILL, intervention

BEFORE, AFTER, ADDED = 80, 20, 3.0


def world(chance: np.random.Generator, wander: float) -> tuple[np.ndarray, np.ndarray]:
    """A series that goes with one control, whose level wanders by a step each day."""
    days = BEFORE + AFTER
    control = 50 + np.cumsum(chance.normal(0, 1, days))
    level = np.cumsum(chance.normal(0, wander, days))
    series = 20 + 2 * control + level + chance.normal(0, 2, days)
    return series, control[:, None]


def coverage(repeats: int, wander: float, paths: int = 1_000) -> dict[str, float]:
    """Give how often intervals hold the true effect, and how often neither model's does.

    What came adds to the interval as it is, so that this is also how often an effect is claimed
    where there is none.
    """
    chance = np.random.default_rng(17)
    held = {"still": 0, "free": 0, "careful": 0, "neither": 0}
    for _ in range(repeats):
        series, control = world(chance, wander)
        series[BEFORE:] += ADDED
        found = intervention(series, control, BEFORE, chance, paths)
        holds = {
            name: total.low <= AFTER * ADDED <= total.high
            for name in ("still", "free", "careful")
            for total in [getattr(found, name).total]
        }
        holds["neither"] = not (holds["still"] or holds["free"])
        held = {name: held[name] + holds[name] for name in held}
    return {name: count / repeats for name, count in held.items()}


def test_the_still_model_is_generalised_least_squares() -> None:
    """With the level's steps fixed, the forecast is linear: a second way without a filter."""
    series, control = world(np.random.default_rng(3), 0.0)
    found = intervention(series, control, BEFORE, np.random.default_rng(1), 20_000)
    spread = series[:BEFORE].std()
    design = np.column_stack([np.ones(BEFORE + AFTER), control[:, 0]])
    known, later = design[:BEFORE], design[BEFORE:]
    rest = series[:BEFORE] - known @ np.linalg.lstsq(known, series[:BEFORE], rcond=None)[0]
    noise = float(rest @ rest) / (BEFORE - 2)
    steps = np.minimum.outer(np.arange(BEFORE + AFTER), np.arange(BEFORE + AFTER))
    covariance = (STILL * spread) ** 2 * steps + noise * np.eye(BEFORE + AFTER)
    inverse = np.linalg.inv(covariance[:BEFORE, :BEFORE])
    weights = np.linalg.solve(known.T @ inverse @ known, known.T @ inverse)
    coefficients = weights @ series[:BEFORE]
    pull = covariance[BEFORE:, :BEFORE] @ inverse
    expected = later @ coefficients + pull @ (series[:BEFORE] - known @ coefficients)
    gain = float((series[BEFORE:] - expected).sum())
    width = found.still.total.high - found.still.total.low
    assert found.still.total.estimate == pytest.approx(gain, abs=0.03 * width)


def test_the_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    found = coverage(12, 0.0, 300)
    # Of 12 with a chance of 95 %, fewer than 9 come three times in a thousand.
    assert all(found[name] >= 9 / 12 for name in ("still", "free", "careful")), found
    assert found["neither"] <= 3 / 12


@pytest.mark.sweep
def test_the_careful_interval_holds_the_truth_and_claims_are_few() -> None:
    for wander in (0.0, 0.3, 1.0):
        found = coverage(2_000, wander)
        print(wander, found)
        assert found["careful"] >= 0.93, found
        assert found["neither"] <= 0.07, found
        # A level that wanders as the prior takes for usual: neither too narrow nor too wide.
        assert wander == 0.0 or 0.93 <= found["free"] <= 0.97, found
