"""Decayed sums as whole numbers: exact to add, and equal in whatever order they are added."""

from collections.abc import Iterable
from math import exp2

from wegweiser.terms.instant import DAY_MS

INTEREST_HALF_LIFE_MS = 30 * DAY_MS
ENGAGEMENT_HALF_LIFE_MS = 14 * DAY_MS
# Older cells lose their day; what is left of them by then is less than a ten-thousandth.
FORGOTTEN_MS = 400 * DAY_MS
ONE = 1 << 32


def decayed(weight: float, at: int, half_life_ms: int) -> int:
    """Give round(weight * 2^((at - end of its UTC day) / half life) * 2^32).

    >>> decayed(1.0, DAY_MS - INTEREST_HALF_LIFE_MS, DAY_MS) < ONE
    True
    """
    until_day_end = DAY_MS - at % DAY_MS
    return round(weight * exp2(-until_day_end / half_life_ms) * ONE)


def is_forgotten(day: int, as_of: int) -> bool:
    """Tell whether a day is so long ago at a moment (ms) that nothing decaying is left of it.

    >>> is_forgotten(0, 401 * DAY_MS), is_forgotten(0, 401 * DAY_MS + 1)
    (False, True)
    """
    return as_of - (day + 1) * DAY_MS > FORGOTTEN_MS


def read_at(sums: Iterable[tuple[int, int]], as_of: int, half_life_ms: int) -> float:
    """Scale (day, sum) pairs to a moment; sums of one day are added before anything rounds.

    >>> read_at([(0, ONE)], DAY_MS + INTEREST_HALF_LIFE_MS, INTEREST_HALF_LIFE_MS)
    0.5
    """
    by_day: dict[int, int] = {}
    for day, total in sums:
        by_day[day] = by_day.get(day, 0) + total
    scaled = 0.0
    for day in sorted(by_day):
        if is_forgotten(day, as_of):
            continue
        age_ms = as_of - (day + 1) * DAY_MS
        scaled += by_day[day] / ONE * exp2(-age_ms / half_life_ms)
    return round(scaled, 6)
