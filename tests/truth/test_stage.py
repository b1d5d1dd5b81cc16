"""Stages against the truth: simulated journeys, and the buyers of the demo company."""

import asyncio
from random import Random

import msgspec
import pytest

from tests.truth.journeys import (
    DAY_MINUTES,
    DEFAULT,
    Walked,
    bent,
    best_cuts,
    funnel,
    points,
    walk,
)
from wegweiser.demo.bundle import documents
from wegweiser.demo.journey import stage_at
from wegweiser.demo.world import World
from wegweiser.profile.stage import belief_at
from wegweiser.profile.stage_kernel import Kernel
from wegweiser.terms.instant import MINUTE_MS
from wegweiser.terms.journey import STAGES
from wegweiser.workspace.demonstration import play_in_memory

JOURNEYS = 1_500
DAYS = 180
SEEDS = (7, 8, 9)
WORLDS = (1, 2, 3)
MOMENTS = (0.55, 0.7, 0.85, 1.0)


def right_by_filter(walked: list[Walked], kernel: Kernel) -> float:
    """Give the share of journeys whose likeliest stage at the end is the true one."""
    end = DAYS * DAY_MINUTES * MINUTE_MS
    right = sum(int(belief_at(kernel, one.signs, end).argmax()) == one.stage for one in walked)
    return right / len(walked)


def right_by_points(walked: list[Walked], half_life_days: float | None) -> float:
    """Give the same share for points whose limits are fitted to these very journeys."""
    scores = [points(one.signs, DAYS * DAY_MINUTES, half_life_days) for one in walked]
    cuts = best_cuts(scores, [one.stage for one in walked])
    right = (funnel(score, cuts) == one.stage for score, one in zip(scores, walked, strict=True))
    return sum(right) / len(walked)


def test_a_table_wrong_by_up_to_two_still_beats_points_on_simulated_journeys() -> None:
    filtered, decayed = [], []
    for seed in SEEDS:
        luck = Random(seed)
        true = bent(DEFAULT.table, luck)
        walked = [walk(true, luck, DAYS) for _ in range(JOURNEYS)]
        filtered.append(right_by_filter(walked, Kernel(DEFAULT.table)))
        decayed.append(right_by_points(walked, 14.0))
        print(
            f"seed {seed}: filter {filtered[-1]:.1%}, true table "
            f"{right_by_filter(walked, Kernel(true)):.1%}, decaying points {decayed[-1]:.1%}, "
            f"points that never fall {right_by_points(walked, None):.1%}"
        )
    assert min(filtered) >= 0.65
    assert sum(filtered) / len(SEEDS) >= sum(decayed) / len(SEEDS) + 0.15


class Seen(msgspec.Struct, frozen=True):
    """One buyer at one moment: the true stage, the likeliest one, and points that never fall."""

    true: int
    likeliest: int
    points: float


async def seen_in(world: World) -> list[Seen]:
    """Play a world and look at all buyers whom it knows, at four moments of its second half."""
    site = await play_in_memory(world, documents(0.3, 0.0), lambda share: None)
    try:
        found = []
        for buyer in world.company.buyers:
            person_id = site.views.find_person(f"user_id:{buyer.user_id}")
            for share in MOMENTS if person_id else ():
                at = world.start + int(share * (world.end - world.start))
                told = site.views.stage_of_person(person_id, at)["probabilities"]
                likeliest = STAGES.index(max(STAGES, key=told.__getitem__))
                true = STAGES.index(stage_at(world.journeys[buyer.user_id], at))
                past = [
                    one for one in site.views.signs_of(person_id) if one.minute <= at // MINUTE_MS
                ]
                found.append(Seen(true, likeliest, points(tuple(past), 0)))
        return found
    finally:
        await site.stop()


@pytest.mark.slow
def test_the_stage_of_demo_buyers_is_right_more_often_than_a_funnel_that_never_goes_back() -> None:
    worlds = [World(seed, days=DAYS, accounts=25) for seed in WORLDS]
    first, *others = [asyncio.run(seen_in(world)) for world in worlds]
    # The limits of the funnel are fitted to the first world and used in the others.
    cuts = best_cuts([one.points for one in first], [one.true for one in first])
    for seed, found in zip(WORLDS[1:], others, strict=True):
        filtered = sum(one.true == one.likeliest for one in found) / len(found)
        never = sum(one.true == funnel(one.points, cuts) for one in found) / len(found)
        print(
            f"world {seed}, {len(found)} looks at buyers: filter {filtered:.1%}, "
            f"points that never fall {never:.1%}"
        )
        assert filtered >= 0.55
        assert filtered >= never + 0.10
