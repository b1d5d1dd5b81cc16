"""Exact selection probabilities: computed first, so that the draw is an experiment."""

import math
from functools import cached_property, lru_cache

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.decide.arbitrate import Utilities
from wegweiser.decide.candidate import Indexes
from wegweiser.decide.normal import log_chances
from wegweiser.decide.policy import Numbers
from wegweiser.decide.square import square

GRID = 96
WIDEST = 200
PRESCREENED = 60
TOP_SHARE = 0.99
WHOLE = 1 << 32

_SMALLEST = 1e-12


class Selection(msgspec.Struct, frozen=True, dict=True):
    """Selection probabilities of K candidates, and last of "nothing" where that is allowed.

    `floor` is the part of each probability that is there for exploration only.
    """

    probability: Numbers
    floor: Numbers

    @cached_property
    def units(self) -> NDArray[np.uint64]:
        """The probabilities in whole units of 2**-32."""
        return in_units(self.probability)


@lru_cache(maxsize=8)
def _curve(intervals: int) -> Numbers:
    """Give the points of the grid on a scale from 0 to 50, close together at the beginning."""
    return np.asarray(np.exp(np.arange(intervals + 1) / intervals * math.log(51.0)) - 1.0)


def thompson(utilities: Utilities, allow_nothing: bool, intervals: int = GRID) -> Numbers:
    """Compute the chance of each candidate to have the highest utility.

    Candidates are independent normals on the logit scale and "nothing" is 0 for sure; the
    integral runs over one grid of 97 points for all, in K·96 steps. The last entry is "nothing"
    and is present only if allowed. Accurate to 0.001.

    >>> same = np.zeros(2)
    >>> thompson(Utilities(same, same + 1, same + 1, same), False).round(6).tolist()
    [0.5, 0.5]
    """
    lowest = float(utilities.at(-4.5).max())
    highest = float(utilities.at(5.0).max())
    start = max(lowest, 0.0) if allow_nothing else lowest
    if not highest > start:
        return _certain(utilities, allow_nothing)
    logs, chances = _distributions(utilities, start, highest, intervals)
    total = logs.sum(axis=0)
    # These arrays are large, so that each new one costs more than what is computed in it.
    others = np.subtract(total, logs, out=logs)
    np.exp(others, out=others)
    steps = chances[:, 1:] - chances[:, :-1]
    steps *= others[:, 1:] + others[:, :-1]
    share = 0.5 * steps.sum(axis=1)
    if allow_nothing:
        share = np.append(share, math.exp(float(total[0])) if lowest <= 0.0 else 0.0)
    whole = float(share.sum())
    return np.asarray(share / whole) if whole > 0.0 else _certain(utilities, allow_nothing)


def _certain(utilities: Utilities, allow_nothing: bool) -> Numbers:
    # No room for doubt is left on the grid: the best at its mean is taken, or "nothing".
    middle = utilities.middle
    if allow_nothing:
        middle = np.append(middle, 0.0)
    best = len(middle) - 1 if allow_nothing and not middle.max() > 0.0 else int(middle.argmax())
    return np.asarray(np.arange(len(middle)) == best, dtype=np.float64)


def _distributions(
    utilities: Utilities, start: float, highest: float, intervals: int
) -> tuple[Numbers, Numbers]:
    grid = start + 0.02 * (highest - start) * _curve(intervals)
    response = grid[None, :] + utilities.cost[:, None]
    response /= utilities.worth[:, None]
    np.maximum(response, _SMALLEST, out=response)
    np.minimum(response, 1.0 - _SMALLEST, out=response)
    deviation = 1.0 - response
    np.divide(response, deviation, out=deviation)
    np.log(deviation, out=deviation)
    deviation -= utilities.mean[:, None]
    deviation /= utilities.spread[:, None]
    logs = log_chances(deviation)
    return logs, np.exp(logs, out=response)


def leading(score: Numbers, count: int) -> Indexes:
    """Give the places of the highest scores in ascending order; of equals the first.

    >>> leading(np.array([1.0, 3.0, 2.0, 2.0]), 2).tolist()
    [1, 2]
    """
    if count >= len(score):
        return np.arange(len(score))
    if count <= 0:
        return np.arange(0)
    bar = np.partition(score, len(score) - count)[len(score) - count]
    above = np.flatnonzero(score > bar)
    equal = np.flatnonzero(score == bar)[: count - len(above)]
    return np.sort(np.concatenate([above, equal]))


def select(
    utilities: Utilities, allow_nothing: bool, floor: float, top: int, push: bool
) -> Selection:
    """Compute selection probabilities with an exploration floor.

    Of more than 200 candidates the 60 with the best prospects compete; the others keep the
    floor's trace. The floor gives 99 % of its share evenly to the `top` best prospects
    ("nothing" is one of them where allowed) and 1 % evenly to the rest. On push, candidates
    that are unlikely to be worth their cost get nothing of it.
    """
    count = len(utilities.mean)
    if utilities.gamma:
        middle = utilities.middle
        middle = np.append(middle, 0.0) if allow_nothing else middle
        return Selection(square(middle, utilities.gamma), np.zeros(len(middle)))
    probability = np.zeros(count + allow_nothing)
    if count > WIDEST:
        places = leading(utilities.at(3.0), PRESCREENED)
        part = thompson(utilities.of(places), allow_nothing)
        probability[places] = part[: len(places)]
        if allow_nothing:
            probability[-1] = part[-1]
    else:
        probability[:] = thompson(utilities, allow_nothing)
    spread = _floor_shares(utilities.at(2.0), allow_nothing, top, push)
    if not spread.any():
        return Selection(probability, spread)
    return Selection((1.0 - floor) * probability + floor * spread, floor * spread)


def _floor_shares(bound: Numbers, allow_nothing: bool, top: int, push: bool) -> Numbers:
    worthy = np.flatnonzero(bound > 0.0) if push else np.arange(len(bound))
    first = worthy[leading(bound[worthy], top - allow_nothing)]
    shares = np.zeros(len(bound) + allow_nothing)
    chosen = np.append(first, len(bound)) if allow_nothing else first
    rest = len(worthy) - len(first)
    if rest:
        shares[worthy] = (1.0 - TOP_SHARE) / rest
    if len(chosen):
        shares[chosen] = (TOP_SHARE if rest else 1.0) / len(chosen)
    return shares


def uniform(count: int) -> Selection:
    """Give every candidate the same chance."""
    return Selection(np.full(count, 1.0 / count), np.zeros(count))


def only(place: int, count: int) -> Selection:
    """Give one of `count` candidates all of the chance.

    >>> only(1, 3).probability.tolist()
    [0.0, 1.0, 0.0]
    """
    return Selection(np.asarray(np.arange(count) == place, dtype=np.float64), np.zeros(count))


def in_units(probability: Numbers) -> NDArray[np.uint64]:
    """Round probabilities to whole units of 2**-32 by largest remainder; they sum to 2**32.

    >>> in_units(np.array([1.0, 1.0, 1.0]) / 3).tolist()
    [1431655766, 1431655765, 1431655765]
    """
    exact = probability * (WHOLE / probability.sum())
    whole = np.floor(exact)
    units = whole.astype(np.uint64)
    missing = WHOLE - int(units.sum())
    if missing:
        units[leading(exact - whole, missing)] += np.uint64(1)
    return np.asarray(units)
