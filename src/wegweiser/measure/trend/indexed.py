"""Rises in series without counts: they may be ranked and dated, never sized."""

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
LEAST_EQUAL = 14
IMPOSSIBLE = 1e-6


class IndexedFlags(msgspec.Struct, frozen=True):
    """Per period: how far the newest three stand out, and whether that is a rise or a fall."""

    strength: Reals
    ratio: Reals
    rising: Marks


def index_flags(values: Reals, per: str) -> IndexedFlags:
    """Judge every period of a series by what was known then; gaps are not a number.

    Mean of the newest 3 periods against the 24 before; z over max(1.4826·MAD of those, 0.25 % of
    the largest value so far, half the rounding unit); flagged from z 4 and ratio 1.5, after 11
    periods. What the same time of last year did beyond its own base is expected again.
    """
    long = len(values)
    strength, ratio, factor = np.zeros(long), np.ones(long), np.ones(long)
    for at in range(LEAST_PERIODS - 1, long):
        newest = values[at - NEWEST + 1 : at + 1]
        base = values[max(0, at - NEWEST - MOST_BASE + 1) : at - NEWEST + 1]
        base = base[~np.isnan(base)]
        if np.isnan(newest).any() or len(base) < LEAST_PERIODS - NEWEST:
            continue
        level = float(np.median(base))
        season = max([1.0, *(factor[at - back] for back in YEAR[per] if at >= back)])
        now = float(newest.mean())
        factor[at] = now / level if level > 0 else 1.0
        strength[at] = (now - level * season) / _scale(base, values[: at + 1])
        ratio[at] = now / (level * season) if level > 0 else np.inf if now > 0 else 1.0
    return IndexedFlags(strength, ratio, (strength >= LEAST_Z) & (ratio >= LEAST_RATIO))


def _scale(base: Reals, so_far: Reals) -> float:
    known = np.unique(so_far[~np.isnan(so_far)])
    steps = np.diff(known)
    unit = float(steps.min()) if len(steps) else 1.0
    spread = 1.4826 * float(np.median(np.abs(base - np.median(base))))
    return max(spread, LEAST_PART * float(np.abs(known).max()), unit / 2, 1e-12)


def flat_runs(values: Reals) -> list[tuple[int, int]]:
    """Find runs of equal values too long for chance: the source is broken there, first to last.

    A run has at least 14 values; that neighbours are equal has the chance with which they were
    equal before it (half a case added), and chance to the power of the run is below one in a
    million. A run is known from its 14th value on, and nothing after it changes that.

    >>> flat_runs(np.concatenate([np.arange(30.0), np.full(20, 5.0), np.arange(9.0)]))
    [(30, 49)]
    """
    found: list[tuple[int, int]] = []
    equal = pairs = first = 0
    for at in range(1, len(values) + 1):
        if at < len(values) and values[at] == values[first]:
            continue
        length = at - first
        chance = (equal + 0.5) / (pairs + 1.0)
        if length >= LEAST_EQUAL and pairs and chance ** (length - 1) < IMPOSSIBLE:
            found.append((first, at - 1))
        else:
            equal += length - 1
            pairs += length
        first = at
    return found


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
