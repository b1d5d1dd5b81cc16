"""Learns the seasons of one series from its past, robustly, by MSTL."""

import warnings
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
_CYCLES_AVERAGED = 3
_BLOCKS_SMOOTHED = 5


class Season(msgspec.Struct, frozen=True):
    """What each season adds, phase 0 being the first period to come; how strong all were (0-1)."""

    shapes: tuple[Reals, ...]
    strength: float

    def ahead(self, periods: int) -> Reals:
        """Give what all seasons add together in the next periods."""
        steps = np.arange(periods)
        total = np.zeros(periods)
        for shape in self.shapes:
            total += shape[steps % len(shape)]
        return total


def fitted_long(past: Reals, block: int, blocks: int) -> Season:
    """Learn a long season from the means of blocks of periods, `blocks` of them a season.

    The shape is smoothed over five blocks, since two or three years know one week badly, and has
    a value per period, drawn between the middles of its blocks.
    """
    whole = len(past) // block
    means = past[len(past) - whole * block :].reshape(whole, block).mean(axis=1)
    coarse = fitted(means, (blocks,))
    if not coarse.shapes:
        return coarse
    weights = np.hanning(_BLOCKS_SMOOTHED + 2)[1:-1]
    half = _BLOCKS_SMOOTHED // 2
    bare = coarse.shapes[0]
    ring = np.concatenate([bare[-half:], bare, bare[:half]])
    smooth = np.convolve(ring, weights / weights.sum(), mode="valid")
    around = np.concatenate([smooth[-1:], smooth, smooth[:1]])
    middles = (np.arange(blocks + 2) - 0.5) * block
    shape = np.interp(np.arange(blocks * block) + 0.5, middles, around)
    return Season((shape - shape.mean(),), coarse.strength)


def fitted(past: Reals, seasons: Sequence[int]) -> Season:
    """Learn the seasons of which the past holds two; `past` has no gaps.

    MSTL with robust weights and wide windows; a phase is the mean of its last three cycles.
    Strength is 1 − Var(R)/Var(S + R), at least 0.

    >>> wave = np.tile([0.0, 1, 2, 3, 2, 1, 0], 9)
    >>> round(fitted(wave, (7,)).strength, 3)
    1.0
    """
    known = [length for length in seasons if len(past) > 2 * length]
    if not known:
        return Season((), 0.0)
    parts, rest = _decomposed(past, known)
    shapes = tuple(_shape(part, length) for part, length in zip(parts, known, strict=True))
    spread = float(np.var(parts.sum(axis=0) + rest))
    strength = 0.0 if spread <= 0 else max(0.0, 1 - float(np.var(rest)) / spread)
    return Season(shapes, strength)


def _decomposed(past: Reals, seasons: Sequence[int]) -> tuple[Reals, Reals]:
    # Loaded only where series are watched: it brings pandas along.
    from statsmodels.tsa.seasonal import MSTL

    windows = [_window(len(past), length) for length in seasons]
    jump = max(1, min(seasons) // 2)
    # A phase drifts as a level, not as a line, whose end would swing; jumps only save time.
    options = {
        "robust": True,
        "seasonal_deg": 0,
        "seasonal_jump": max(windows),
        "trend_jump": jump,
        "low_pass_jump": jump,
        "inner_iter": 1,
        "outer_iter": 3,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = MSTL(past, periods=tuple(seasons), windows=windows, stl_kwargs=options).fit()
    parts = np.atleast_2d(np.asarray(found.seasonal, dtype=np.float64).T)
    return parts, np.asarray(found.resid, dtype=np.float64)


def _window(periods: int, season: int) -> int:
    """Give the odd number of cycles over which a phase may drift: nearly all that there are."""
    return max(7, periods // season | 1)


def _shape(part: Reals, length: int) -> Reals:
    """Average the last cycles of a season, phase 0 being the first period to come."""
    cycles = min(_CYCLES_AVERAGED, len(part) // length)
    shape: Reals = part[-cycles * length :].reshape(cycles, length).mean(axis=0)
    centred: Reals = shape - shape.mean()
    return centred
