"""The spend per channel that earns most for a total, within limits."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from wegweiser.measure.allocate.response import Limits, Response

Floats = NDArray[np.float64]
STARTS = 10
_ROUNDING = 1e-9


def best_spend(
    responses: Sequence[Response],
    curves: Sequence[Floats],
    limits: Sequence[Limits],
    total: float,
    rng: np.random.Generator,
) -> Floats:
    """Give the spends with Σ ≤ `total` inside the limits that earn most beyond what they cost.

    `curves` are values on the grids of the responses. Greedy by marginal profit where all are
    concave, which is exact for lines between points; else SLSQP from 10 starts, and never worse
    than today's spend.
    """
    if all(map(_is_concave, [one.grid for one in responses], curves)):
        return greedy(responses, curves, limits, total)
    return _searched(responses, curves, limits, total, rng)


def profit_of(responses: Sequence[Response], curves: Sequence[Floats], spends: Floats) -> float:
    """Give what the spends earn beyond what they cost."""
    earned = sum(
        float(np.interp(spend, one.grid, curve))
        for one, curve, spend in zip(responses, curves, spends, strict=True)
    )
    return earned - float(spends.sum())


def greedy(
    responses: Sequence[Response],
    curves: Sequence[Floats],
    limits: Sequence[Limits],
    total: float,
) -> Floats:
    """Fill the pieces with the highest marginal earnings first, as long as each earns its cost."""
    spends = np.array([limit.low for limit in limits])
    left = max(0.0, total - float(spends.sum()))
    pieces = [
        (slope, channel, end - start)
        for channel, (one, curve, limit) in enumerate(zip(responses, curves, limits, strict=True))
        for slope, start, end in _pieces(one.grid, curve, limit)
    ]
    for slope, channel, size in sorted(pieces, key=lambda piece: (-piece[0], piece[1])):
        if slope <= 1 or left <= 0:
            break
        taken = min(size, left)
        spends[channel] += taken
        left -= taken
    return spends


def _pieces(grid: Floats, curve: Floats, limit: Limits) -> list[tuple[float, float, float]]:
    """Give slope, start and end of each line of a curve inside the limits."""
    inside = grid[(grid > limit.low) & (grid < limit.high)]
    points = np.concatenate([[limit.low], inside, [limit.high]])
    values = np.interp(points, grid, curve)
    return [
        (float((values[i + 1] - values[i]) / (points[i + 1] - points[i])), points[i], points[i + 1])
        for i in range(len(points) - 1)
        if points[i + 1] > points[i]
    ]


def _is_concave(grid: Floats, curve: Floats) -> bool:
    slopes = np.diff(curve) / np.diff(grid)
    return bool(np.all(np.diff(slopes) <= _ROUNDING * max(1.0, float(np.abs(slopes).max()))))


def _searched(
    responses: Sequence[Response],
    curves: Sequence[Floats],
    limits: Sequence[Limits],
    total: float,
    rng: np.random.Generator,
) -> Floats:
    lows, highs = (np.array([getattr(one, end) for one in limits]) for end in ("low", "high"))
    now = np.clip([one.now for one in responses], lows, highs)
    starts = [now, *(rng.uniform(lows, highs) for _ in range(STARTS - 1))]

    def loss(spends: Floats) -> float:
        return -profit_of(responses, curves, spends)

    found = [now] if now.sum() <= total + _ROUNDING else []
    for start in starts:
        reply = minimize(
            loss,
            start,
            method="SLSQP",
            bounds=list(zip(lows, highs, strict=True)),
            constraints=[{"type": "ineq", "fun": lambda spends: total - spends.sum()}],
        )
        spends = np.clip(reply.x, lows, highs)
        if spends.sum() <= total * (1 + 1e-6):
            found.append(spends)
    return np.asarray(min(found, key=loss)) if found else lows
