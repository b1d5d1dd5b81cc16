"""What decaying points foretell of next sessions and looks: the baseline of learned journeys."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from math import log, log2

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.terms.journey import ON_PATH, JourneyTable, Sign

Numbers = NDArray[np.float64]
HALF_LIFE_DAYS = 14.0
# Limits between buckets of points: each is twice the one before, so points take exactly one
# half-life to fall through a bucket.
LIMITS = tuple(2.0**power for power in range(-4, 6))
# Days at the mean rate, and looks at the mean shares, that each bucket begins with.
SMOOTHING_DAYS = 500.0
SMOOTHING_LOOKS = 50.0
DAY_MINUTES = 1_440


class Step(msgspec.Struct, frozen=True):
    """One sign as points see it: in which bucket it came, and the days in each bucket before.

    `sign` is None for the silence at the end; `counted` is False where a history begins with it.
    """

    sign: Sign | None
    bucket: int
    days: tuple[tuple[int, float], ...]
    counted: bool = True


class PointsModel(msgspec.Struct, frozen=True):
    """Sessions per day (buckets,) and shares of looks (buckets, classes) by points so far."""

    points: tuple[float, ...]
    visits: Numbers
    looks: Numbers

    def foretold(self, signs: Sequence[Sign], begin: int, end: int) -> float:
        """Give the log-likelihood of sessions and looks of one history, each given all before."""
        total = 0.0
        for step in steps(self.points, signs, begin, end):
            total -= sum(days * float(self.visits[bucket]) for bucket, days in step.days)
            sign = step.sign
            if sign is None or sign.factors or not step.counted:
                continue
            if sign.opens:
                total += sign.weight * log(self.visits[step.bucket])
            if sign.look >= 0:
                total += sign.weight * sign.dwell * log(self.looks[step.bucket, sign.look])
        return total


def points_of(table: JourneyTable) -> tuple[float, ...]:
    """Give the points of each class, 1 to 6: the further along the path it is usual, the more.

    >>> flat = ((0.5, 0.5),) * 8
    >>> points_of(JourneyTable(("a", "b"), (0.125,) * 8, (1.0,) * 8, flat, ((0.0,) * 8,) * 8))
    (3.5, 3.5)
    """
    rows = np.array(table.looks)[:ON_PATH]
    sums = np.maximum(rows.sum(axis=0), 1e-300)
    return tuple(float(1 + rank) for rank in np.arange(ON_PATH) @ rows / sums)


def steps(points: Sequence[float], signs: Sequence[Sign], begin: int, end: int) -> Iterator[Step]:
    """Walk through a history watched from `begin` to `end` (minutes), signs sorted by time."""
    held, at = 0.0, begin
    for place, sign in enumerate(signs):
        days = max(0, sign.minute - at) / DAY_MINUTES
        spent = tuple(_stays(held, days))
        held *= 0.5 ** (days / HALF_LIFE_DAYS)
        at = max(at, sign.minute)
        counted = place > 0 or sign.minute > begin
        yield Step(sign, bucket_of(held), spent, counted)
        if sign.look >= 0 and not sign.factors:
            held += points[sign.look] * sign.weight
    yield Step(None, bucket_of(held), tuple(_stays(held, max(0, end - at) / DAY_MINUTES)))


def bucket_of(held: float) -> int:
    """Give the place of a bucket of points.

    >>> bucket_of(0.0), bucket_of(1.0), bucket_of(1.9), bucket_of(99.0)
    (0, 5, 5, 10)
    """
    return bisect_right(LIMITS, held)


def _stays(held: float, days: float) -> Iterator[tuple[int, float]]:
    """Yield how many of the days points spend in each bucket while they fall."""
    bucket = bucket_of(held)
    while bucket > 0 and days > 0:
        limit = LIMITS[bucket - 1]
        here = min(days, max(0.0, HALF_LIFE_DAYS * log2(held / limit)))
        yield bucket, here
        days -= here
        held, bucket = limit, bucket - 1
    if days > 0:
        yield 0, days


def fit_points(
    table: JourneyTable, histories: Sequence[tuple[Sequence[Sign], int, int]]
) -> PointsModel:
    """Learn sessions per day and looks by bucket of points from (signs, begin, end).

    Formula: r_k = (n_k + t r) / (D_k + t), B_ke = (n_ke + l B_e) / (n_k + l) with the sessions n,
    days D and looks n_e of a bucket k, r and B those of all buckets together, t = 500 days,
    l = 50. Assumption: nothing but the points so far tells of what comes next.
    Source: lead scoring with decay, as the trade does it.
    """
    points = points_of(table)
    buckets, classes = len(LIMITS) + 1, len(table.classes)
    spent, sessions = np.zeros(buckets), np.zeros(buckets)
    looks = np.zeros((buckets, classes))
    for signs, begin, end in histories:
        for step in steps(points, signs, begin, end):
            for bucket, days in step.days:
                spent[bucket] += days
            sign = step.sign
            if sign is None or sign.factors or not step.counted:
                continue
            if sign.opens:
                sessions[step.bucket] += sign.weight
            if sign.look >= 0:
                looks[step.bucket, sign.look] += sign.weight
    # One session in one day, and one look of each class, that nobody had: no rate is ever 0.
    rate = (sessions.sum() + 1.0) / (spent.sum() + 1.0)
    shares = (looks.sum(axis=0) + 1.0) / (looks.sum() + classes)
    visits = (sessions + SMOOTHING_DAYS * rate) / (spent + SMOOTHING_DAYS)
    of_bucket = looks.sum(axis=1, keepdims=True)
    smoothed = (looks + SMOOTHING_LOOKS * shares) / (of_bucket + SMOOTHING_LOOKS)
    return PointsModel(points, visits, smoothed)
