"""How early flags came in the past, and how many of them came to nothing."""

import msgspec
import numpy as np

from wegweiser.measure.trend.flags import Flags
from wegweiser.measure.trend.pool import Numbers, Pool

FALL_BACK_PERIODS = 8
PEAK_PERIODS = 26
TOP_SHARE = 0.9


class Episode(msgspec.Struct, frozen=True):
    """One rise of the past: when it was first flagged, and how long before peak and top decile.

    Periods are places in the series; `fell_back` is None while its 8 periods are not over.
    """

    kind: str
    term: str
    first: int
    to_peak: int
    to_top: int
    fell_back: bool | None


def episodes(pool: Pool, flags: Flags) -> list[Episode]:
    """Give every first flag of a term that had none in the 8 periods before it.

    The peak is the largest share from 8 periods before the flag to 26 after it, so that a flag
    that came too late counts with a negative lead; the top decile is reached in the
    first period whose share is among the largest tenth of all up to the end of those 26 periods.
    """
    share = pool.seen / np.maximum(pool.seen_totals, 1.0)[None, :]
    found = []
    for at, term in enumerate(pool.terms):
        last = -FALL_BACK_PERIODS - 1
        for first in np.flatnonzero(flags.flagged[at]).tolist():
            if first - last > FALL_BACK_PERIODS:
                base = flags.expected[at, first] / max(pool.totals[first], 1.0)
                found.append(_episode(pool.kind, term, share[at], first, float(base)))
            last = first
    return found


def _episode(kind: str, term: str, share: Numbers, first: int, base: float) -> Episode:
    until = min(len(share), first + PEAK_PERIODS + 1)
    after = share[first:until]
    top = np.quantile(share[:until], TOP_SHARE)
    return Episode(
        kind=kind,
        term=term,
        first=first,
        to_peak=periods_to_peak(share, first),
        to_top=int(np.argmax(after >= top)),
        fell_back=fell_back(share, first, base),
    )


def periods_to_peak(values: Numbers, first: int) -> int:
    """Count the periods from a flag to the peak around it; negative where the peak came before.

    >>> periods_to_peak(np.array([1.0, 1, 5, 2, 9, 3]), 2)
    2
    >>> periods_to_peak(np.array([1.0, 9, 5, 2, 1, 1]), 2)
    -1
    """
    begin = max(0, first - FALL_BACK_PERIODS)
    around = values[begin : first + PEAK_PERIODS + 1]
    return int(np.nanargmax(around)) + begin - first


def fell_back(share: Numbers, first: int, base: float) -> bool | None:
    """Tell whether more than half of a rise was given back within 8 periods; None if not over.

    The mean of three periods is held against the middle between base and the share when flagged.

    >>> fell_back(np.array([1.0, 4.0, *[1.0] * 8]), 1, 1.0)
    True
    >>> fell_back(np.array([1.0, 4.0, *[4.0] * 8]), 1, 1.0)
    False
    >>> fell_back(np.array([1.0, 4.0, *[1.0] * 7]), 1, 1.0) is None
    True
    """
    after = share[first + 1 : first + 1 + FALL_BACK_PERIODS]
    # Who falls back early must wait for the others, or the newest rises would all have fallen.
    if len(after) < FALL_BACK_PERIODS:
        return None
    smooth = np.convolve(after, np.full(3, 1 / 3), mode="valid")
    return bool((smooth < (base + share[first]) / 2).any())
