"""Time to a goal when some cases are still open: Kaplan and Meier's estimate with its interval."""

import math
from collections.abc import Sequence

import msgspec

from wegweiser.measure.statistic import Interval, interval, normal_quantile


class Counted(msgspec.Struct, frozen=True):
    """How many cases reached the goal after so many days, and how many were last seen open then."""

    days: int
    goals: int
    open: int


class Step(msgspec.Struct, frozen=True):
    """The share without the goal after `days`, and Greenwood's sum Σ d/(n(n − d)) up to there."""

    days: int
    surviving: float
    greenwood: float
    at_risk: int


def steps(counts: Sequence[Counted]) -> list[Step]:
    """Give the product-limit estimate at every day with a goal.

    S(t) = Π (1 − dᵢ/nᵢ); cases open at t were at risk at t. Assumes that open cases would go on
    like closed ones. Source: Kaplan & Meier 1958, JASA 53; Greenwood 1926.

    >>> [round(one.surviving, 3) for one in steps([Counted(1, 1, 0), Counted(2, 1, 2)])]
    [0.75, 0.5]
    """
    # Who was last seen open on a day was still at risk on that day.
    ordered = sorted(counts, key=lambda one: (one.days, not one.goals))
    at_risk = sum(one.goals + one.open for one in ordered)
    surviving, greenwood = 1.0, 0.0
    found: list[Step] = []
    for one in ordered:
        if one.goals:
            left = at_risk - one.goals
            surviving *= left / at_risk
            greenwood = greenwood + one.goals / (at_risk * left) if left else math.inf
            found.append(Step(one.days, surviving, greenwood, at_risk))
        at_risk -= one.goals + one.open
    return found


def reached_by(counts: Sequence[Counted], days: int, level: float = 0.95) -> Interval:
    """Give the share that reached the goal within so many days, with the log-log interval.

    1 − S(t), ends 1 − S(t)^exp(±z·√G/|ln S|) with Greenwood's G. None reached: up to 1 − α^(1/n)
    of the n at risk; all reached: ends as far as the last step told.

    >>> found = reached_by([Counted(3, 6, 0), Counted(10, 0, 6)], 5)
    >>> found.estimate, round(found.low, 3), round(found.high, 3)
    (0.5, 0.264, 0.792)
    """
    passed = [one for one in steps(counts) if one.days <= days]
    total = sum(one.goals + one.open for one in counts)
    if not passed:
        return interval(0.0, 0.0, 1 - (1 - level) ** (1 / total) if total else 1.0)
    last = passed[-1]
    if last.surviving <= 0:
        before = reached_by(counts, last.days - 1, level) if len(passed) > 1 else None
        return interval(1.0, before.low if before else 0.0, 1.0)
    width = normal_quantile(level) * math.sqrt(last.greenwood) / abs(math.log(last.surviving))
    ends = (last.surviving ** math.exp(-width), last.surviving ** math.exp(width))
    return interval(1 - last.surviving, 1 - max(ends), 1 - min(ends))
