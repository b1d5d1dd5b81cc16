"""What was believed of a series before a run of equal values was known, and what is since."""

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]


class Revision(msgspec.Struct, frozen=True):
    """Values of one series from `since` on that were replaced in the period `known`, as before."""

    row: int
    since: int
    known: int
    before: Reals


def as_known(filled: Reals, end: int, revisions: Sequence[Revision]) -> Reals:
    """Give a series [periods] as it was known before the period `end`; revisions are its own.

    >>> revision = Revision(0, 1, 3, np.array([5.0, 5.0, 5.0]))
    >>> as_known(np.array([1.0, 2.0, 2.0, 2.0]), 3, [revision]).tolist()
    [1.0, 5.0, 5.0]
    """
    found = filled[:end].copy()
    for one in revisions:
        if one.since < end <= one.known:
            found[one.since :] = one.before[: end - one.since]
    return found
