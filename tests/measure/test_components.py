"""Message components: known effects are found, what always goes together is one, few is few."""

from collections.abc import Sequence

import numpy as np
import pytest

from tests.measure.asking import AS_OF, ask, offer, shown
from wegweiser.measure.components.model import Component, VariantRate, effects
from wegweiser.measure.form import Row
from wegweiser.terms.instant import DAY_MS

START = AS_OF - 30 * DAY_MS


def drawn(
    rng: np.random.Generator, tests: int, weights: dict[str, float], size: int = 2_000
) -> list[VariantRate]:
    """Draw tests of four variants whose tone and image are drawn at random, rates apart by test."""
    found = []
    for test in range(tests):
        level = rng.normal(-2.0, 0.5)
        for tone in ("plain", "warm"):
            for image in ("none", "face"):
                odds = level + weights.get(tone, 0.0) + weights.get(image, 0.0)
                odds += rng.normal(0.0, 0.05)
                reached = rng.binomial(size, 1 / (1 + np.exp(-odds)))
                found.append(
                    VariantRate(str(test), float(reached), size, {"tone": tone, "image": image})
                )
    return found


def by_name(found: Sequence[Component]) -> dict[str, Component]:
    return {one.name: one for one in found}


def test_known_effects_are_found_jointly() -> None:
    found = by_name(effects(drawn(np.random.default_rng(4), 20, {"warm": 0.3, "face": -0.2})))
    assert found["tone=warm"].effect.estimate == pytest.approx(0.3, abs=0.06)
    assert found["image=none"].effect.estimate == pytest.approx(0.2, abs=0.06)
    assert found["tone=warm"].reference == "tone=plain"
    assert abs(found["tone=warm"].shrunk) < abs(found["tone=warm"].effect.estimate)
    assert found["tone=warm"].tests == 20


def test_intervals_cover_the_truth() -> None:
    rng = np.random.default_rng(8)
    covered = 0
    for _ in range(200):
        effect = by_name(effects(drawn(rng, 16, {"warm": 0.1}, 500)))["tone=warm"].effect
        covered += effect.low <= 0.1 <= effect.high
    # Of 200 intervals at 95 % fewer than 180 or all cover with a chance below 1 in 300.
    assert 180 <= covered <= 199


@pytest.mark.sweep
def test_intervals_cover_the_truth_in_93_to_97_percent() -> None:
    rng = np.random.default_rng(9)
    covered = 0
    for _ in range(2_000):
        effect = by_name(effects(drawn(rng, 16, {"warm": 0.1}, 500)))["tone=warm"].effect
        covered += effect.low <= 0.1 <= effect.high
    print(f"components: {covered / 20} %")
    assert 1_860 <= covered <= 1_940


def test_components_that_always_go_together_are_one() -> None:
    variants = drawn(np.random.default_rng(4), 12, {"warm": 0.3})
    joined = [
        VariantRate(one.test, one.reached, one.shown, {**one.components, "sender": tone})
        for one in variants
        for tone in ["Ada" if one.components["tone"] == "warm" else "Ben"]
    ]
    named = by_name(effects(joined))
    assert "sender=Ben + tone=plain" in named
    assert not any(name in named for name in ("tone=warm", "tone=plain", "sender=Ada"))


def test_fewer_than_ten_tests_say_nothing() -> None:
    assert effects(drawn(np.random.default_rng(4), 9, {"warm": 0.3})) == []


def test_order_of_rows_changes_nothing() -> None:
    variants = drawn(np.random.default_rng(4), 12, {"warm": 0.3})
    one, other = by_name(effects(variants)), by_name(effects(variants[::-1]))
    for name, found in one.items():
        assert found.effect.estimate == pytest.approx(other[name].effect.estimate)
        assert found.effect.low == pytest.approx(other[name].effect.low)


def test_the_weighted_regression_agrees_with_a_library() -> None:
    api = pytest.importorskip("statsmodels.api", reason="statsmodels is not installed")
    variants = drawn(np.random.default_rng(4), 15, {"warm": 0.3, "face": 0.1})
    reached = np.array([one.reached for one in variants]) + 0.5
    missed = np.array([one.shown - one.reached for one in variants]) + 0.5
    warm = [one.components["tone"] == "warm" for one in variants]
    none = [one.components["image"] == "none" for one in variants]
    tests = np.array([int(one.test) for one in variants])
    dummies = (tests[:, None] == np.unique(tests)[None, :]).astype(float)
    design = np.column_stack([np.array(warm, float), np.array(none, float), dummies])
    fitted = api.WLS(np.log(reached / missed), design, 1 / (1 / reached + 1 / missed)).fit()
    found = by_name(effects(variants))
    assert found["tone=warm"].effect.estimate == pytest.approx(fitted.params[0], abs=1e-9)


def world(tests: int, size: int) -> dict[str, list[Row]]:
    """Two variants in each of several placements; the warm one is clicked twice as often."""
    rng = np.random.default_rng(2)
    tables: dict[str, list[Row]] = {"slots": [], "exposures": [], "outcomes": [], "decisions": []}
    for test in range(tests):
        for number in range(size):
            warm = bool(rng.random() < 0.7)
            decision = f"{test}-{number}"
            place = {"decision_id": decision, "placement": f"p{test}", "slot": 0}
            placed = {**place, "leaf": decision, "occurred_at": START}
            tables["slots"].append(
                {
                    **placed,
                    "unit_id": decision,
                    "unit_kind": "person",
                    "received_at": 0,
                    "arm": "main",
                    "ghost": False,
                    "status": "decided",
                    "channel": "web",
                    "message": "m",
                    "candidate": int(warm),
                    "bundle": "a#1",
                    "pi": 0.7 if warm else 0.3,
                }
            )
            tables["decisions"].append({**placed, "message": "m"})
            tables["exposures"].append({**place, "occurred_at": START, "exposure_id": decision})
            if rng.random() < (0.3 if warm else 0.15):
                tables["outcomes"].append(
                    {**place, "leaf": decision, "kind": "click", "goal": "", "occurred_at": START}
                )
    candidates = [
        {"bundle": 1, "idx": index, "message": f"m{index}", "variant": "v", "channel": "web",
         "attributes": f'{{"tone": "{tone}"}}'}
        for index, tone in enumerate(("plain", "warm"))
    ]  # fmt: skip
    return {**tables, "candidates": candidates}


def test_the_measure_reads_declared_attributes_and_advises_a_change() -> None:
    offer(world(12, 250))
    answer = ask("experiment.components")
    (row,) = shown(answer)
    assert row["component"] == "tone=plain"
    assert (row["verdict"], row["advice"]) == ("harms", "change")
    # The odds fall from .3/.7 to .15/.85.
    assert float(str(row["odds_times"])) == pytest.approx(0.41, abs=0.1)
    assert "12 Tests" in answer.results[0].sentence["de"]


def test_the_measure_says_when_there_is_too_little() -> None:
    offer(world(3, 60))
    assert [one.reason for one in ask("experiment.components").results] == ["too_little"]
    offer({})
    assert [one.reason for one in ask("experiment.components").results] == ["no_source"]
