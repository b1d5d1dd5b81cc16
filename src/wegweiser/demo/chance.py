"""Random streams by name, so that one buyer's luck never depends on another's.

Only `Random.random` is used, whose sequence Python promises not to change.
"""

import math
from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def stream(seed: int, *names: str | int) -> Random:
    """Open the stream of this name; equal names give equal draws for ever.

    >>> stream(1, "u-1", "goal").random() == stream(1, "u-1", "goal").random()
    True
    """
    return Random("/".join(str(name) for name in (seed, *names)))


def pick(luck: Random, options: Sequence[T]) -> T:
    """Draw one of the options, all equally likely."""
    return options[int(luck.random() * len(options))]


def pick_weighted(luck: Random, weights: Mapping[T, float]) -> T:
    """Draw one of the keys with chances in proportion to their weights.

    >>> pick_weighted(stream(1), {"only": 2.0, "never": 0.0})
    'only'
    """
    left = luck.random() * math.fsum(weights.values())
    chosen = next(iter(weights))
    for option, weight in weights.items():
        if weight <= 0:
            continue
        chosen = option
        left -= weight
        if left < 0:
            break
    return chosen


def waiting(luck: Random, rate: float) -> float:
    """Draw the time until the next event of a Poisson process, in units of 1 / rate."""
    return -math.log(1.0 - luck.random()) / rate


def between(luck: Random, low: float, high: float) -> float:
    """Draw evenly from [low, high)."""
    return low + (high - low) * luck.random()


def log_between(luck: Random, low: float, high: float) -> float:
    """Draw a factor whose logarithm is even between those of low and high."""
    return math.exp(between(luck, math.log(low), math.log(high)))


def count_from_one(luck: Random, go_on: float, most: int) -> int:
    """Draw 1, 2, ... `most`: after each there is one more with the chance `go_on`."""
    count = 1
    while count < most and luck.random() < go_on:
        count += 1
    return count


def mixed_id(luck: Random) -> str:
    """Draw an identifier in the shape of a version 4 UUID, in lower case."""
    digits = [f"{int(luck.random() * 16**4):04x}" for _ in range(8)]
    third = "4" + digits[3][1:]
    fourth = "89ab"[int(digits[4][0], 16) % 4] + digits[4][1:]
    tail = "".join(digits[5:])
    return f"{digits[0]}{digits[1]}-{digits[2]}-{third}-{fourth}-{tail}"
