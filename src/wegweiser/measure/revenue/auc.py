"""How well one column alone tells goals from the rest, on people it was not tuned on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

FOLDS = 5
# Rare values are drawn to the mean as if so many more people had been seen.
_PRIOR_UNITS = 10.0


class Counted(msgspec.Struct, frozen=True):
    """People with one value in one fold: how many, and how many of them reached the goal."""

    fold: int
    value: str
    units: int
    goals: int


def auc_out_of_fold(counts: Iterable[Counted]) -> float:
    """Give the area under the curve of one column coded by its mean of the goal, out of fold.

    Each value is scored by its share of goals in the other folds; the area is the chance that a
    person with the goal scores above one without, ties counting half. .5 tells nothing.
    Source: Hanley & McNeil 1982, Radiology 143; target-mean coding after Micci-Barreca 2001.

    >>> told = [Counted(fold, "yes", 20, 20) for fold in range(5)]
    >>> auc_out_of_fold(told + [Counted(fold, "no", 20, 0) for fold in range(5)])
    1.0
    """
    held = [one for one in counts if one.units]
    units, goals = _sums(held)
    all_units, all_goals = sum(units.values()), sum(goals.values())
    if not all_units or all_goals in (0, all_units):
        return 0.5
    mean = all_goals / all_units
    own_units, own_goals = _by_fold(held)
    scored: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    for (fold, value), count in own_units.items():
        reached = own_goals[fold, value]
        others = units[value] - count
        share = (goals[value] - reached + _PRIOR_UNITS * mean) / (others + _PRIOR_UNITS)
        bucket = scored[round(share, 12)]
        bucket[0] += reached
        bucket[1] += count - reached
    return _area({score: (found[0], found[1]) for score, found in scored.items()})


def _sums(counts: Iterable[Counted]) -> tuple[dict[str, int], dict[str, int]]:
    units: dict[str, int] = defaultdict(int)
    goals: dict[str, int] = defaultdict(int)
    for one in counts:
        units[one.value] += one.units
        goals[one.value] += one.goals
    return units, goals


def _by_fold(
    counts: Iterable[Counted],
) -> tuple[dict[tuple[int, str], int], dict[tuple[int, str], int]]:
    units: dict[tuple[int, str], int] = defaultdict(int)
    goals: dict[tuple[int, str], int] = defaultdict(int)
    for one in counts:
        units[one.fold, one.value] += one.units
        goals[one.fold, one.value] += one.goals
    return units, goals


def _area(scored: Mapping[float, tuple[int, int]]) -> float:
    below = pairs = 0.0
    goals = sum(found[0] for found in scored.values())
    rest = sum(found[1] for found in scored.values())
    for score in sorted(scored):
        reached, missed = scored[score]
        pairs += reached * (below + missed / 2)
        below += missed
    return pairs / (goals * rest)
