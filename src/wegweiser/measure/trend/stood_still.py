"""Days on which a source stood still, and what was known of its periods at the end of each."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
LEAST_EQUAL = 14
IMPOSSIBLE = 1e-6
# From three equal values on that chance hardly explains a run is waited for, and not judged.
LEAST_SUSPECT = 3
UNLIKELY = 0.01


class Run(NamedTuple):
    """Equal values in a row: the first place, those from which it is suspect and known to be no
    chance (None where it never was), and the last."""

    first: int
    suspect: int | None
    known: int | None
    last: int


def flat_runs(values: Reals) -> list[tuple[int, int]]:
    """Find runs of equal values too long for chance: the source is broken there, first to last.

    A run has at least 14 values; that neighbours are equal has the chance with which they were
    equal before it (half a case added), and chance to the power of the run is below one in a
    million. A run is known from its 14th value on, and nothing after it changes that.

    >>> flat_runs(np.concatenate([np.arange(30.0), np.full(20, 5.0), np.arange(9.0)]))
    [(30, 49)]
    """
    return [(one.first, one.last) for one in runs_of(values) if one.known is not None]


def runs_of(values: Reals) -> list[Run]:
    """Give the runs of equal values that were ever suspect, in order.

    >>> runs_of(np.concatenate([np.arange(120.0), np.full(4, 5.0), np.arange(9.0)]))
    [Run(first=120, suspect=122, known=None, last=123)]
    """
    found: list[Run] = []
    equal = pairs = first = 0
    for at in range(1, len(values) + 1):
        if at < len(values) and values[at] == values[first]:
            continue
        length, chance = at - first, (equal + 0.5) / (pairs + 1.0)
        suspect, known = (
            _from(chance, least, limit) if pairs else None
            for least, limit in ((LEAST_SUSPECT, UNLIKELY), (LEAST_EQUAL, IMPOSSIBLE))
        )
        is_known = known is not None and length >= known
        if suspect is not None and length >= suspect:
            reached = first + known - 1 if known is not None and is_known else None
            found.append(Run(first, first + suspect - 1, reached, at - 1))
        if not is_known:
            equal += length - 1
            pairs += length
        first = at
    return found


def _from(chance: float, least: int, limit: float) -> int | None:
    """Give the length from which on a run is less likely than a limit; None if it never is."""
    if chance >= 1.0:
        return None
    length = least
    while chance ** (length - 1) >= limit:
        length += 1
    return length


def known_then(values: Reals, period: Sequence[int], periods: int) -> list[Reals]:
    """Average the days of each period, once for every period as it was known at its end.

    `period` is the place of each day's period. Days of a run of equal values are left out from
    when the run was known; while it is suspect and goes on, it is left out as well, and comes
    back if it ends before it was known. A period without a day that counts is not a number.

    >>> weeks = known_then(np.array([1.0, 3.0, 5.0, 7.0]), [0, 0, 1, 1], 2)
    >>> [week.tolist() for week in weeks]
    [[2.0], [2.0, 6.0]]
    """
    place = np.asarray(period, dtype=np.int64)
    runs, found = runs_of(values), []
    for at in range(periods):
        until = int(np.searchsorted(place, at, side="right"))
        sound = np.ones(until, dtype=np.bool_)
        for run in runs:
            if _counts(run, until - 1):
                sound[run.first : run.last + 1] = False
        shown, of = values[:until][sound], place[:until][sound]
        days = np.bincount(of, minlength=at + 1)
        sums = np.bincount(of, shown, minlength=at + 1)
        found.append(np.where(days > 0, sums / np.maximum(days, 1), np.nan))
    return found


def _counts(run: Run, now: int) -> bool:
    """Tell whether a run was known by a day, or was suspect and went on."""
    if run.known is not None and run.known <= now:
        return True
    return run.suspect is not None and run.suspect <= now <= run.last
