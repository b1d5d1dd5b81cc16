"""Fifths by rank with ties together, and the nine groups made of recency and frequency."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Scores = NDArray[np.int64]
FIFTHS = 5
GROUPS = (
    *("champions", "growing", "new", "loyal", "needs_attention", "about_to_slip"),
    *("must_not_lose", "at_risk", "lost"),
)
NOBODY = "not_yet"


def fifths(values: Numbers, count: Numbers) -> Scores:
    """Give 1 to 5 by rank, 5 for the largest values; equal values are never divided.

    A value falls where the middle of those who share it falls, so that fifths may differ in size.

    >>> fifths(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.ones(5)).tolist()
    [1, 2, 3, 4, 5]
    >>> fifths(np.array([1.0, 9.0]), np.array([80.0, 20.0])).tolist()
    [3, 5]
    """
    alike, place = np.unique(values, return_inverse=True)
    sizes = np.bincount(place.reshape(-1), count, len(alike))
    middle = (np.cumsum(sizes) - sizes / 2) / max(1.0, float(sizes.sum()))
    score = np.minimum(FIFTHS, np.floor(middle * FIFTHS).astype(np.int64) + 1)
    return np.asarray(score[place.reshape(-1)], dtype=np.int64)


def group_of(recency: Scores, frequency: Scores) -> Scores:
    """Give the place in GROUPS: three rows by recency (5-4, 3, 2-1), three by frequency.

    >>> [GROUPS[one] for one in group_of(np.array([5, 3, 1, 4]), np.array([5, 2, 1, 1]))]
    ['champions', 'needs_attention', 'lost', 'new']
    """
    row = np.where(recency >= 4, 0, np.where(recency == 3, 1, 2))
    column = np.where(frequency >= 4, 0, np.where(frequency >= 2, 1, 2))
    return np.asarray(row * 3 + column, dtype=np.int64)


def groups_of(recency_days: Numbers, frequency: Numbers, count: Numbers) -> Scores:
    """Give the group of each row of customers among all of them; fewer days are more recent."""
    return group_of(fifths(-recency_days, count), fifths(frequency, count))
