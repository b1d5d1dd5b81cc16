"""Nelder and Mead's search from many starts at the same time."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Loss = Callable[[Floats, Places], Floats]


def search(
    loss: Loss, starts: Floats, step: float, tolerance: float, most_rounds: int
) -> tuple[Floats, Floats]:
    """Minimise B losses, each from its own start (B, d); gives places (B, d) and losses (B).

    `loss(points, members)` gives the loss of each point for the member that it belongs to. A
    member is done when its corners differ by less than `tolerance` in loss and by a tenth of
    `step` in place. The library's search does one at a time; two hundred at once take a tenth of
    the time. Coefficients by Gao and Han 2012, which keep the search alive above a few dimensions.
    """
    many, size = starts.shape
    corners = np.repeat(starts[:, None, :], size + 1, axis=1)
    corners[:, 1:, :] += step * np.eye(size)
    members = np.arange(many)
    values = np.column_stack([loss(corners[:, one], members) for one in range(size + 1)])
    for _ in range(most_rounds):
        order = np.argsort(values, axis=1, kind="stable")
        values = np.take_along_axis(values, order, axis=1)
        corners = np.take_along_axis(corners, order[:, :, None], axis=1)
        spread = np.abs(corners - corners[:, :1]).max(axis=(1, 2))
        open_ones = np.flatnonzero(
            (values[:, -1] - values[:, 0] > tolerance) | (spread > 0.1 * step)
        )
        if not len(open_ones):
            break
        corners[open_ones], values[open_ones] = _moved(
            loss, corners[open_ones], values[open_ones], open_ones
        )
    best = np.argmin(values, axis=1)
    return corners[members, best], values[members, best]


def _moved(loss: Loss, corners: Floats, values: Floats, members: Places) -> tuple[Floats, Floats]:
    """Move the worst corner of each member, or shrink towards the best where nothing helps."""
    size = corners.shape[2]
    further, nearer = 1 + 2 / max(size, 2), 0.75 - 1 / (2 * max(size, 2))
    worst = corners[:, -1]
    middle = corners[:, :-1].mean(axis=1)
    away = middle - worst
    mirrored = middle + away
    first = loss(mirrored, members)
    is_best, is_fair = first < values[:, 0], first < values[:, -2]
    # How far to try next: beyond the mirror image, short of it, or on the old side.
    reach = np.where(is_best, further, np.where(first < values[:, -1], nearer, -nearer))
    again = np.flatnonzero(is_best | ~is_fair)
    tried, second = mirrored.copy(), first.copy()
    tried[again] = middle[again] + reach[again, None] * away[again]
    second[again] = loss(tried[again], members[again])
    limit = np.where(is_best, first, np.minimum(first, values[:, -1]))
    takes_second = second < limit
    takes_first = ~takes_second & is_fair
    corners[:, -1] = np.where(
        takes_second[:, None], tried, np.where(takes_first[:, None], mirrored, worst)
    )
    values[:, -1] = np.where(takes_second, second, np.where(takes_first, first, values[:, -1]))
    _shrink(loss, corners, values, members, np.flatnonzero(~takes_second & ~takes_first))
    return corners, values


def _shrink(loss: Loss, corners: Floats, values: Floats, members: Places, stuck: Places) -> None:
    if not len(stuck):
        return
    size = corners.shape[2]
    share = 1 - 1 / max(size, 2)
    best = corners[stuck, :1]
    corners[stuck] = best + share * (corners[stuck] - best)
    for one in range(1, size + 1):
        values[stuck, one] = loss(corners[stuck, one], members[stuck])
