"""What is known of a change: when it was, how large, and whether silence explains it."""

import math
from itertools import pairwise

import msgspec
import numpy as np
import numpy.typing as npt

from wegweiser.measure.statistic import Interval, interval, normal_quantile
from wegweiser.measure.watch.pelt import LEAST_LENGTH

Reals = npt.NDArray[np.float64]
SURROGATES = 300
_DATE_LEVEL = 0.9
_MOST_MEMORY = 0.95


class Change(msgspec.Struct, frozen=True):
    """A change at a place: the places that hold it with 90 %, its size, and the chance of silence.

    `size` is the level after less the level before, with its interval; `chance` is how often
    series without a change, but as wavy as this one, look as if they had one so large.
    """

    place: int
    earliest: int
    latest: int
    size: Interval
    chance: float


def dated(values: Reals, places: list[int], rng: np.random.Generator) -> list[Change]:
    """Date and size the changes of a series, given the places where it is cut."""
    if not places:
        return []
    ends = [0, *places, len(values)]
    rest = values.copy()
    for begin, end in pairwise(ends):
        rest[begin:end] -= values[begin:end].mean()
    variance = max(float(rest.var()), 1e-300)
    wide = (1 + memory_of(rest)) / (1 - memory_of(rest))
    largest = surrogate_gains(rest, rng)
    found = []
    for begin, place, end in zip(ends, places, ends[2:], strict=False):
        gains = _gains(values[begin:end]) / variance
        chance = (1 + int(np.sum(largest >= gains[place - begin]))) / (1 + SURROGATES)
        earliest, latest = _held(gains / wide)
        size = _size(values, begin, place, end, math.sqrt(variance * wide))
        found.append(
            Change(place, min(begin + earliest, place), max(begin + latest, place), size, chance)
        )
    return found


def memory_of(rest: Reals) -> float:
    """Give the first-order correlation of a series about zero, from 0 to .95.

    >>> memory_of(np.array([1.0, -1.0, 1.0, -1.0]))
    0.0
    """
    squares = float(np.sum(rest**2))
    product = float(np.sum(rest[1:] * rest[:-1]))
    return min(_MOST_MEMORY, max(0.0, product / squares)) if squares > 0 else 0.0


def surrogate_gains(rest: Reals, rng: np.random.Generator) -> Reals:
    """Give what the best cut gains in each of 300 series of the same spectrum without a change.

    The phases of all waves are drawn anew, so that variance and memory stay. In units of the
    variance. Source: J. Theiler and others 1992, Physica D 58.
    """
    count = len(rest)
    waves = np.fft.rfft(rest - rest.mean())
    turned = np.exp(2j * np.pi * rng.random((SURROGATES, len(waves))))
    drawn = np.fft.irfft(np.abs(waves) * turned, n=count, axis=1)
    variance = max(float(rest.var()), 1e-300)
    return np.array([_gains(one).max() for one in drawn]) / variance


def _gains(values: Reals) -> Reals:
    """Give, for a cut before each place, by how much the squared errors fall; 0 near the ends."""
    count = len(values)
    before = np.arange(count)
    sums = np.concatenate([[0.0], np.cumsum(values - values.mean())])[:count]
    gains = np.zeros(count)
    inner = slice(LEAST_LENGTH, count - LEAST_LENGTH + 1)
    left = before[inner].astype(np.float64)
    gains[inner] = sums[inner] ** 2 * count / (left * np.maximum(count - left, 1.0))
    return gains


def _held(gains: Reals) -> tuple[int, int]:
    """Give the ends of the smallest set of places that holds the change with 90 %."""
    weights = np.exp((gains - gains.max()) / 2) * (gains > 0)
    if not weights.any():
        return 0, len(gains) - 1
    order = np.argsort(-weights, kind="stable")
    passed = np.cumsum(weights[order]) / weights.sum()
    held = order[: int(np.searchsorted(passed, _DATE_LEVEL)) + 1]
    return int(held.min()), int(held.max())


def _size(values: Reals, begin: int, place: int, end: int, spread: float) -> Interval:
    moved = float(values[place:end].mean() - values[begin:place].mean())
    half = normal_quantile(0.95) * spread * math.sqrt(1 / (place - begin) + 1 / (end - place))
    return interval(moved, moved - half, moved + half)
