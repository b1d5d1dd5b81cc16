"""Credit by Shapley's value: what each channel adds, averaged over all orders. Not a cause.

Source: Shapley 1953; Shao and Li 2011 for its use on paths.
"""

from collections.abc import Callable, Iterable
from itertools import combinations
from math import factorial

import numpy as np

from wegweiser.measure.credit.path import Numbers, Paths, Split, split

Coalition = frozenset[int]
Worth = Callable[[Coalition], float]
MOST_EXACT = 12
PERMUTATIONS = 2_000


def by_sets(paths: Paths) -> Split:
    """Split by Shapley's values for the worth "goals of paths whose channels all lie in the set".

    In closed form each path's goals are split evenly over its distinct channels.

    >>> from wegweiser.measure.credit.path import Path, gather
    >>> paths = gather([Path(("a", "b", "a"), 3), Path(("b",), 1)])
    >>> by_sets(paths).of(paths.goals).tolist()
    [1.5, 2.5]
    """

    def evenly(_: int, steps: tuple[int, ...]) -> list[tuple[int, float]]:
        distinct = sorted(set(steps))
        return [(channel, 1.0 / len(distinct)) for channel in distinct]

    return split(paths, evenly)


def goals_within(paths: Paths) -> Worth:
    """Give the worth of a set of channels: the goals of paths that touch no other channel."""
    sums = _by_distinct(paths, paths.goals)
    return lambda coalition: sum(part for key, part in sums.items() if key <= coalition)


def rate_within(paths: Paths) -> Worth:
    """Give another worth: goals per path among the paths that touch no other channel."""
    goals, walked = (_by_distinct(paths, part) for part in (paths.goals, paths.goals + paths.nulls))

    def worth(coalition: Coalition) -> float:
        count = sum(part for key, part in walked.items() if key <= coalition)
        reached = sum(part for key, part in goals.items() if key <= coalition)
        return reached / count if count else 0.0

    return worth


def _by_distinct(paths: Paths, weights: Numbers) -> dict[Coalition, float]:
    sums: dict[Coalition, float] = {}
    for steps, weight in zip(paths.steps, weights.tolist(), strict=True):
        sums[frozenset(steps)] = sums.get(frozenset(steps), 0.0) + weight
    return sums


def exact(worth: Worth, channels: int) -> Numbers:
    """Give Shapley's values of any worth by going through all sets.

    Raises ValueError above 12 channels, where `sampled` is the way.

    >>> exact(lambda coalition: float(len(coalition) == 2), 2).tolist()
    [0.5, 0.5]
    """
    if channels > MOST_EXACT:
        raise ValueError(f"{channels} channels have too many sets; {MOST_EXACT} are the most")
    known = {part: worth(part) for part in _subsets(range(channels))}
    credit = np.zeros(channels)
    for part, before in known.items():
        others = channels - len(part)
        for channel in set(range(channels)) - part:
            weight = factorial(len(part)) * factorial(others - 1) / factorial(channels)
            credit[channel] += weight * (known[part | {channel}] - before)
    return credit


def _subsets(members: Iterable[int]) -> Iterable[Coalition]:
    whole = tuple(members)
    return (frozenset(part) for size in range(len(whole) + 1) for part in combinations(whole, size))


def sampled(worth: Worth, channels: int, chance: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Estimate Shapley's values from 2,000 orders drawn by chance; gives also standard errors."""
    known: dict[Coalition, float] = {}
    added = np.zeros((PERMUTATIONS, channels))
    for row in added:
        part: Coalition = frozenset()
        for channel in chance.permutation(channels).tolist():
            larger = part | {channel}
            for key in (part, larger):
                if key not in known:
                    known[key] = worth(key)
            row[channel] = known[larger] - known[part]
            part = larger
    return added.mean(axis=0), added.std(axis=0, ddof=1) / np.sqrt(PERMUTATIONS)
