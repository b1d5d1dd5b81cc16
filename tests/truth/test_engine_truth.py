"""How much of the possible lift the engine reaches on the demo world, whose truth is known."""

import os

import pytest

from tests.truth.engine_page import GOAL, told_in_words
from tests.truth.engine_shares import ALONE, BETA, ENGINE, RANDOM, judged, often, shares_of
from tests.truth.engine_world import stretch_of

SEEDS = range(1, 1 + int(os.environ.get("ENGINE_SEEDS", "20")))


def test_a_short_world_learned_from_often() -> None:
    """Forty accounts for five weeks, asked six times as often: all four on equal moments."""
    stretch = often(stretch_of(1, days=35, accounts=40), times=6, seed=1)
    found = judged(1, stretch)
    shares = found.last_quarter
    assert found.moments > 1_500
    assert abs(shares[RANDOM]) < 0.06
    assert shares[ENGINE] > 0.05
    assert shares[ENGINE] < found.knowable < 1
    for missed in found.regret.values():
        assert missed == sorted(missed)
    assert found.regret[ENGINE][-1] < found.regret[RANDOM][-1]


@pytest.mark.sweep
def test_share_of_the_possible_lift_over_random() -> None:
    """Twenty worlds (ENGINE_SEEDS for fewer), a hundred messages, the last quarter of the run."""
    found = [shares_of(seed) for seed in SEEDS]
    print(told_in_words(found))
    mean = {
        name: sum(one.last_quarter[name] for one in found) / len(found)
        for name in (ENGINE, BETA, ALONE, RANDOM)
    }
    knowable = sum(one.knowable for one in found) / len(found)
    # Other luck alone moves the mean of twenty worlds by about one point, that of fewer by more.
    print(f"goal {GOAL:.0%}, reached {mean[ENGINE]:.1%}, knowable {knowable:.1%}")
    assert mean[ENGINE] > mean[BETA] + 0.25
    assert mean[ENGINE] > mean[ALONE] + 0.25
    assert mean[ENGINE] >= GOAL - 0.12 / len(SEEDS) ** 0.5
    assert 0.75 * knowable <= mean[ENGINE] < knowable
    assert abs(mean[RANDOM]) < 0.03
