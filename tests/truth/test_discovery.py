"""Segment discovery against known truth: what was implanted is found, of shuffled labels nothing.

The long version: pytest -m sweep -s tests/truth/test_discovery.py
"""

import numpy as np
import pytest

from wegweiser.measure.discovery.apart import Apart, Everybody, Having, told_apart
from wegweiser.measure.discovery.question import BUCKETS
from wegweiser.measure.statistic import wilson

PEOPLE, FEATURES, IMPLANTED = 2_000, 60, 6


def world(chance: np.random.Generator, gap: float) -> tuple[list[Having], Everybody]:
    """Draw people, a quarter inside; the first features are more frequent there by the gap.

    Features go together: each person has a taste that moves all of them.
    """
    inside = chance.random(PEOPLE) < 0.25
    bucket = chance.integers(0, BUCKETS, PEOPLE)
    taste = chance.normal(0.0, 0.05, (PEOPLE, 1))
    share = np.tile(chance.uniform(0.1, 0.5, FEATURES), (PEOPLE, 1)) + taste
    share[:, :IMPLANTED] += gap * inside[:, None]
    has = chance.random((PEOPLE, FEATURES)) < share

    def counted(
        who: np.ndarray[tuple[int], np.dtype[np.bool_]],
    ) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.bincount(bucket[who], minlength=BUCKETS)

    features = [
        Having("page", f"/{number}", counted(has[:, number] & inside),
               counted(has[:, number] & ~inside))
        for number in range(FEATURES)
    ]  # fmt: skip
    return features, Everybody(counted(inside), counted(~inside))


def implanted(found: list[Apart]) -> list[Apart]:
    return [one for one in found if int(one.feature.name[1:]) < IMPLANTED]


def false_shares(worlds: int, gap: float) -> tuple[int, float, float, float]:
    """Give worlds with anything found, the mean share of false finds, power and coverage."""
    anything, wrong, power, covered = 0, 0.0, 0.0, 0.0
    for seed in range(worlds):
        chance = np.random.default_rng([7, seed])
        found = told_apart(*world(chance, gap), chance)
        stands = [one for one in found if one.stands]
        own = len([one for one in implanted(found) if one.stands]) if gap else 0
        anything += bool(stands)
        wrong += (len(stands) - own) / max(1, len(stands))
        power += own / IMPLANTED
        rest = found if not gap else implanted(found)
        covered += np.mean([one.difference.low <= gap <= one.difference.high for one in rest])
    return anything, wrong / worlds, power / worlds, covered / worlds


def test_what_was_implanted_is_found_and_is_stable() -> None:
    chance = np.random.default_rng(11)
    found = told_apart(*world(chance, 0.15), chance)
    own = implanted(found)
    assert all(one.stands and one.is_stable for one in own)
    assert {one.feature.key for one in found[:IMPLANTED]} == {one.feature.key for one in own}
    rest = [one for one in found if one not in own]
    assert sum(one.is_stable for one in rest) <= 4


def test_of_shuffled_labels_hardly_anything_is_found() -> None:
    worlds = 40
    anything, wrong, _, covered = false_shares(worlds, 0.0)
    assert wilson(anything, worlds).low <= 0.10
    assert wrong == anything / worlds
    assert 0.93 <= covered <= 0.97


def test_with_real_differences_a_tenth_of_the_finds_may_be_false() -> None:
    _, wrong, power, covered = false_shares(20, 0.12)
    assert wrong <= 0.15
    assert power >= 0.9
    assert 0.88 <= covered <= 1.0


@pytest.mark.sweep
@pytest.mark.parametrize("gap", [0.0, 0.12])
def test_sweep(gap: float) -> None:
    worlds = 2_000
    anything, wrong, power, covered = false_shares(worlds, gap)
    print(f"gap {gap}: found in {anything}/{worlds}, false {wrong:.4f}, power {power:.3f},"
          f" covered {covered:.4f}")  # fmt: skip
    assert wilson(round(wrong * worlds), worlds).low <= 0.10
    assert 0.93 <= covered <= 0.97
