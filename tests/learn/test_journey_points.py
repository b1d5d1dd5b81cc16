"""Points that decay as a rival of learned journeys: same footing, and who foretells better."""

from itertools import pairwise
from math import log
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.truth.journeys import DAY_MINUTES, DEFAULT, bent, walk
from wegweiser.learn.journey import History, Learned, learn, status_of
from wegweiser.learn.journey_path import Paths, Rates
from wegweiser.learn.journey_points import (
    HALF_LIFE_DAYS,
    LIMITS,
    PointsModel,
    bucket_of,
    fit_points,
    points_of,
)
from wegweiser.terms.journey import JourneyTable, Sign

TABLE = DEFAULT.table
CLASSES = len(TABLE.classes)
POINTS = points_of(TABLE)
BUCKETS = len(LIMITS) + 1
OPENED = (1.0, 1.0, 8.0, 8.0, 1.0, 1.0, 1.0, 1.0)


def a_sign(minute: int, look: int, opens: bool, dwell: float, weight: float, fact: bool) -> Sign:
    if fact:
        return Sign(minute, "Opportunity Opened", factors=OPENED, weight=weight)
    return Sign(minute, "x", look, opens or look < 0, dwell, weight)


SIGNS = st.lists(
    st.builds(
        a_sign,
        st.integers(0, 200 * DAY_MINUTES),
        st.integers(-1, CLASSES - 1),
        st.booleans(),
        st.sampled_from([0.5, 1.0, 1.5]),
        st.sampled_from([0.25, 1.0]),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
).map(lambda signs: sorted(signs, key=lambda sign: sign.minute))


@given(SIGNS, st.booleans(), st.randoms(use_true_random=False))
def test_stages_all_alike_foretell_what_points_all_alike_foretell(
    signs: list[Sign], from_first: bool, luck: Random
) -> None:
    weights = [luck.uniform(0.1, 1) for _ in range(CLASSES)]
    shares = tuple(weight / sum(weights) for weight in weights)
    rate = luck.uniform(0.02, 1)
    alike = JourneyTable(TABLE.classes, TABLE.start, (rate,) * 8, (shares,) * 8, TABLE.moves)
    flat = PointsModel(POINTS, np.full(BUCKETS, rate), np.tile(shares, (BUCKETS, 1)))
    begin, end = (signs[0].minute if from_first else 0), signs[-1].minute + 5_000
    of_stages = Paths(Rates.of(alike)).foretold(signs, begin, end)
    assert of_stages == pytest.approx(flat.foretold(signs, begin, end), rel=1e-6, abs=1e-6)


@given(SIGNS, st.randoms(use_true_random=False))
def test_points_foretell_sessions_by_the_points_at_every_hour(
    signs: list[Sign], luck: Random
) -> None:
    model = PointsModel(
        POINTS,
        np.array([luck.uniform(0.01, 1) for _ in range(BUCKETS)]),
        np.full((BUCKETS, CLASSES), 1 / CLASSES),
    )
    end = signs[-1].minute + 60 * DAY_MINUTES

    def held(at: float, before: int) -> float:
        """Add up the points of the first signs at a minute, each by its own decay."""
        looks = [one for one in signs[:before] if one.look >= 0 and not one.factors]
        return sum(
            POINTS[one.look] * one.weight * 0.5 ** ((at - one.minute) / DAY_MINUTES / 14)
            for one in looks
        )

    expected = 0.0
    moments = [0, *(sign.minute for sign in signs), end]
    for place, (since, until) in enumerate(pairwise(moments)):
        hours = max(1, (until - since) // 60)
        wide = (until - since) / hours
        for hour in range(hours):
            middle = since + (hour + 0.5) * wide
            expected -= model.visits[bucket_of(held(middle, place))] * wide / DAY_MINUTES
    for place, sign in enumerate(signs):
        if sign.factors or not (place or sign.minute > 0):
            continue
        if sign.opens:
            expected += sign.weight * log(model.visits[bucket_of(held(sign.minute, place))])
        if sign.look >= 0:
            expected += sign.weight * sign.dwell * log(1 / CLASSES)
    # An hour that lies across a limit may count for the wrong side of it.
    assert model.foretold(signs, 0, end) == pytest.approx(expected, abs=0.05 * len(signs))


def test_points_lie_between_one_and_six_and_grow_along_the_path() -> None:
    found = dict(zip(TABLE.classes, POINTS, strict=True))
    assert all(1 <= points <= 6 for points in POINTS)
    assert found["problem"] < found["pricing"] < found["meeting"] < found["product_use"]


def test_learned_points_are_counts_by_bucket_smoothed_towards_all() -> None:
    signs = (Sign(0, "a", 0, opens=True), Sign(2 * DAY_MINUTES, "b", 1, opens=True))
    model = fit_points(TABLE, [(signs, 0, 400 * DAY_MINUTES)])
    bucket = bucket_of(POINTS[0] * 0.5 ** (2 / HALF_LIFE_DAYS))
    rate = 2 / 401
    assert model.visits[bucket] > rate > model.visits[0]
    shares = np.array([1, 2, *[1] * (CLASSES - 2)]) / (1 + CLASSES)
    assert model.looks[0] == pytest.approx(shares)
    assert model.looks[bucket, 1] == pytest.approx((1 + 50 * shares[1]) / 51)
    assert model.looks.sum(axis=1) == pytest.approx(np.ones(BUCKETS))


def driven(model: PointsModel, luck: Random, days: int) -> tuple[Sign, ...]:
    """Draw the sessions of somebody whose points alone decide when, and what is looked at."""
    held, at, signs = 0.0, 0.0, []
    most = float(model.visits.max())
    while True:
        step = luck.expovariate(most)
        at += step
        held *= 0.5 ** (step / HALF_LIFE_DAYS)
        if at >= days:
            return tuple(signs)
        bucket = bucket_of(held)
        # Of the sessions at the highest rate those are kept that the points allow.
        if luck.random() < model.visits[bucket] / most:
            look = luck.choices(range(CLASSES), list(model.looks[bucket]))[0]
            signs.append(Sign(int(at * DAY_MINUTES), "x", look, opens=True))
            held += POINTS[look]


def drawn_model(luck: Random) -> PointsModel:
    """Draw a world of points in which each bucket has a rate and a favourite look of its own."""
    visits = np.array([luck.choice([0.1, 1.5]) for _ in range(BUCKETS)])
    looks = np.full((BUCKETS, CLASSES), 0.02)
    for bucket in range(BUCKETS):
        looks[bucket, luck.randrange(CLASSES)] = 1.0
    return PointsModel(POINTS, visits, looks / looks.sum(axis=1, keepdims=True))


def told_of(signs: list[tuple[Sign, ...]], days: int) -> Learned:
    return learn(TABLE, [History(one, 0, days * DAY_MINUTES) for one in signs], 20, rounds=8)


def test_where_points_are_what_drives_people_they_win_and_it_is_said() -> None:
    luck = Random(11)
    world = drawn_model(luck)
    told = told_of([driven(world, luck, 60) for _ in range(200)], 60)
    print(told.held_out_before, told.held_out_after, told.held_out_points)
    assert (told.status, told.best) == ("points_better", "points")
    assert told.lead == told.held_out_points - max(told.held_out_before, told.held_out_after)
    assert told.lead > 0


def test_where_stages_drive_people_what_was_learned_beats_the_table_and_the_points() -> None:
    luck = Random(9)
    true = bent(TABLE, Random(8))
    told = told_of([walk(true, luck, 200).signs for _ in range(120)], 200)
    print(told.held_out_before, told.held_out_after, told.held_out_points)
    assert (told.status, told.best) == ("better", "learned")
    assert told.held_out_after - told.lead == pytest.approx(
        max(told.held_out_before, told.held_out_points)
    )


@pytest.mark.parametrize(
    ("before", "after", "points", "status"),
    [
        (-3.0, -2.0, -4.0, "better"),
        (-2.0, -3.0, -4.0, "no_better"),
        (-2.0, -2.0, -4.0, "no_better"),
        (-3.0, -2.0, -1.0, "points_better"),
        (-2.0, -3.0, -1.0, "points_better"),
        (-3.0, -2.0, -2.0, "no_better"),
    ],
)
def test_a_table_has_to_beat_both_others(
    before: float, after: float, points: float, status: str
) -> None:
    assert status_of(before, after, points) == status


def test_a_history_of_one_sign_foretells_its_silence_only() -> None:
    one = (Sign(5, "a", 0, opens=True),)
    for model in (Paths(Rates.of(TABLE)), fit_points(TABLE, [(one, 5, DAY_MINUTES)])):
        assert model.foretold(one, 5, 5) == pytest.approx(0.0, abs=1e-9)
        assert -1 < model.foretold(one, 5, DAY_MINUTES) < -1e-4
