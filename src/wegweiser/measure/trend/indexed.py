"""Rises in series without counts: they may be ranked and dated, never sized."""

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
NEWEST = 3
MOST_BASE = 24
LEAST_PERIODS = 11
LEAST_Z = 4.0
LEAST_RATIO = 1.5
# No series is steadier than this part of the largest value that it had so far.
LEAST_PART = 0.0025
YEAR = {"week": (51, 52, 53), "month": (12,)}


class IndexedFlags(msgspec.Struct, frozen=True):
    """Per period: what base and season let expect of the newest three, how far these stand out,
    their ratio to it, and whether that is a rise."""

    expected: Reals
    strength: Reals
    ratio: Reals
    rising: Marks


def index_flags(values: Reals, per: str) -> IndexedFlags:
    """Judge every period of a series that was known at once and never corrected."""
    return flags_then([values[: at + 1] for at in range(len(values))], per)


def flags_then(known: Sequence[Reals], per: str) -> IndexedFlags:
    """Judge every period by the series as it was known at its end; gaps are not a number.

    Mean of the newest 3 periods against the 24 before; z over max(1.4826·MAD of those, 0.25 % of
    the largest value so far, half the rounding unit); flagged from z 4 and ratio 1.5, after 11
    periods. What the same time of last year did beyond its own base is expected again.
    """
    long = len(known)
    expected, strength = np.full(long, np.nan), np.zeros(long)
    ratio, factor = np.ones(long), np.ones(long)
    for at in range(LEAST_PERIODS - 1, long):
        values = known[at]
        newest = values[at - NEWEST + 1 :]
        base = values[max(0, at - NEWEST - MOST_BASE + 1) : at - NEWEST + 1]
        base = base[~np.isnan(base)]
        if np.isnan(newest).any() or len(base) < LEAST_PERIODS - NEWEST:
            continue
        level = float(np.median(base))
        season = max([1.0, *(factor[at - back] for back in YEAR[per] if at >= back)])
        now = float(newest.mean())
        factor[at] = now / level if level > 0 else 1.0
        expected[at] = level * season
        strength[at] = (now - expected[at]) / _scale(base, values)
        ratio[at] = now / expected[at] if level > 0 else np.inf if now > 0 else 1.0
    rising = (strength >= LEAST_Z) & (ratio >= LEAST_RATIO)
    return IndexedFlags(expected, strength, ratio, rising)


def _scale(base: Reals, so_far: Reals) -> float:
    known = np.unique(so_far[~np.isnan(so_far)])
    steps = np.diff(known)
    unit = float(steps.min()) if len(steps) else 1.0
    spread = 1.4826 * float(np.median(np.abs(base - np.median(base))))
    return max(spread, LEAST_PART * float(np.abs(known).max()), unit / 2, 1e-12)


def began(values: Reals, at: int) -> int:
    """Date a rise that is flagged at a period: where a step explains the values so far best.

    Only the newest 3 periods and the 24 before are looked at; the level before and after are
    means, and the step with the least squares is taken.

    >>> began(np.array([2.0, 2, 3, 2, 2, 3, 2, 9, 9, 8]), 9)
    7
    """
    start = max(0, at - NEWEST - MOST_BASE + 1)
    known = [place for place in range(start, at + 1) if not np.isnan(values[place])]
    shown = values[known]
    losses = [
        float(np.var(shown[:cut]) * cut + np.var(shown[cut:]) * (len(shown) - cut))
        for cut in range(1, len(shown))
    ]
    return known[1 + int(np.argmin(losses))]
