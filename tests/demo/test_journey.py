"""Journeys move as their rates say: forward, backward, off the path and asleep."""

import math
from itertools import pairwise

from wegweiser.demo.chance import pick_weighted, stream
from wegweiser.demo.journey import AT_FIRST, LOOKS, MOVES, goes_back, stage_at, walk
from wegweiser.terms.instant import DAY_MS

DAYS = 365


def test_moves_are_as_frequent_as_their_rates_say():
    journeys = [walk(stream(3, number), 0, DAYS * DAY_MS) for number in range(2_000)]
    days = dict.fromkeys(MOVES, 0.0)
    moves = {(stage, after): 0 for stage, rates in MOVES.items() for after in rates}
    for journey in journeys:
        for before, after in pairwise(journey):
            days[before.stage] += (after.at - before.at) / DAY_MS
            moves[before.stage, after.stage] += 1
        days[journey[-1].stage] += DAYS - journey[-1].at / DAY_MS
    for (before, after), count in moves.items():
        expected = MOVES[before][after] * days[before]
        assert abs(count - expected) < 4.5 * math.sqrt(expected) + 1, (before, after)


def test_a_good_part_of_all_moves_leads_back_or_off_the_path():
    journeys = [walk(stream(4, number), 0, DAYS * DAY_MS) for number in range(300)]
    moves = [(a.stage, b.stage) for journey in journeys for a, b in pairwise(journey)]
    back = sum(goes_back(before, after) for before, after in moves) / len(moves)
    off = sum(after in ("stalled", "not_buyer") for _, after in moves) / len(moves)
    assert 0.15 < back < 0.35
    assert 0.05 < off < 0.30


def test_a_journey_starts_at_once_and_goes_on():
    journey = walk(stream(1, "x"), 50, 50 + 900 * DAY_MS)
    assert journey[0].at == 50
    assert all(a.at <= b.at and a.stage != b.stage for a, b in pairwise(journey))
    assert all(stage_at(journey, move.at) in MOVES for move in journey)


def test_pace_is_the_speed_of_all_moves():
    slow, fast = (
        sum(len(walk(stream(2, n), 0, DAYS * DAY_MS, pace)) for n in range(200))
        for pace in (0.5, 2.0)
    )
    assert 2.5 < fast / slow < 5


def test_every_stage_has_a_start_a_way_and_looks():
    assert set(MOVES) == set(LOOKS) == set(AT_FIRST)
    assert math.isclose(sum(AT_FIRST.values()), 1.0)


def test_weighted_picks_follow_their_weights():
    luck, counts = stream(9), {"a": 0, "b": 0, "c": 0}
    for _ in range(4_000):
        counts[pick_weighted(luck, {"a": 1.0, "b": 3.0, "c": 0.0})] += 1
    assert counts["c"] == 0
    assert abs(counts["a"] - 1_000) < 4 * math.sqrt(750)
