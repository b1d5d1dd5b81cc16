"""Least squares with coefficients of 0 or more, for many small problems at once."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_TELLABLE = 1e-12


def nonnegative(products: Floats, targets: Floats) -> Floats:
    """Minimise b'Gb − 2c'b over b ≥ 0 for each of B problems: G (B, m, m), c (B, m).

    Block principal pivoting: swap every coefficient that breaks a condition; where that has not
    helped, only the last one, which always ends. G must be positive definite.
    Source: Kim and Park 2011, SIAM J. Sci. Comput. 33; Portugal, Júdice and Vicente 1994.

    >>> nonnegative(np.eye(2)[None], np.array([[3.0, -1.0]])).tolist()
    [[3.0, 0.0]]
    """
    many, size = targets.shape
    free = np.ones((many, size), bool)
    fewest, tries = np.full(many, size + 1), np.full(many, 3)
    found = _solved(products, targets, free)
    for _ in range(10 * 2 ** min(size, 6)):
        wrong = _wrong(products, targets, free, found)
        open_ones = np.flatnonzero(wrong.any(axis=1))
        if not len(open_ones):
            break
        counts = wrong[open_ones].sum(axis=1)
        better = counts < fewest[open_ones]
        tries[open_ones] = np.where(better, 3, tries[open_ones] - 1)
        fewest[open_ones] = np.minimum(counts, fewest[open_ones])
        swapped = wrong[open_ones]
        single = tries[open_ones] < 0
        swapped[single] = _last_only(swapped[single])
        free[open_ones] ^= swapped
        found[open_ones] = _solved(products[open_ones], targets[open_ones], free[open_ones])
    return np.asarray(np.maximum(found, 0.0))


def _solved(products: Floats, targets: Floats, free: Flags) -> Floats:
    """Solve for the free coefficients; the others are 0."""
    both = free[:, :, None] & free[:, None, :]
    held = np.where(both, products, 0.0) + np.where(free, 0.0, 1.0)[:, :, None] * np.eye(
        free.shape[1]
    )
    return np.asarray(np.linalg.solve(held, np.where(free, targets, 0.0)[:, :, None])[:, :, 0])


def _wrong(products: Floats, targets: Floats, free: Flags, found: Floats) -> Flags:
    slope = (products @ found[:, :, None])[:, :, 0] - targets
    size = _TELLABLE * (1 + np.abs(targets))
    return np.asarray(np.where(free, found < -_TELLABLE, slope < -size))


def _last_only(wrong: Flags) -> Flags:
    last = wrong.shape[1] - 1 - np.argmax(wrong[:, ::-1], axis=1)
    return np.asarray(np.arange(wrong.shape[1]) == last[:, None])
