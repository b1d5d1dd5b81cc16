"""What is learned of the errors that the baseline made: their scale, memory, and how well known."""

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import special

from wegweiser.measure.watch.gaps import MAD_TO_SPREAD, middle, spread_of

Reals = npt.NDArray[np.float64]
# How much a robust scale knows beside a standard deviation, and as how many errors of one phase
# those of all phases count.
_EFFICIENCY = 0.37
_POOLED_WORTH = 60.0
_LEAST_ERRORS = 8
_MOST_MEMORY = 0.95
_CLIP = 3.0
_LEAST_LEFT = 0.2
_TAIL = 0.975
_LEAST_TAIL = 120
_LEAST_TO_RELEARN = 20
# Tails are heavy when they are heavier than chance lets those of normal values look: 1.5 standard
# errors of the ratio, each 1.6/√n of it.
_RATIO_ERROR = 2.4
_FREEDOMS = np.array([1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0, 20.0, 1000.0])
_RATIOS = special.stdtrit(_FREEDOMS, (1 + _TAIL) / 2) / special.stdtrit(_FREEDOMS, 0.75)


class Errors(msgspec.Struct, frozen=True):
    """Per series: scale by phase [series, phase], first-order memory, what is left of the scale
    once the memory is taken out, and degrees of freedom behind it."""

    scale: Reals
    memory: Reals
    left: Reals
    freedom: Reals


def errors_of(history: Reals, first_phase: int, cycle: int) -> Errors:
    """Learn from past one-step errors [series, periods]; gaps are not a number.

    The scale of a phase is its own, drawn towards that of all phases as if that counted 60 errors.
    Errors that remember (first-order correlation above chance) are whitened with that memory.
    """
    known = np.sum(~np.isnan(history), axis=1).astype(np.float64)
    phases = (first_phase + np.arange(history.shape[1])) % cycle
    scale = _by_phase(history, phases, cycle)
    unit = history / np.maximum(scale[:, phases], 1e-12)
    memory = _memory(unit)
    after = (unit[:, 1:] - memory[:, None] * unit[:, :-1]) / np.sqrt(1 - memory**2)[:, None]
    left = MAD_TO_SPREAD * middle(np.abs(after))
    sure = np.isfinite(left) & (known > _LEAST_ERRORS)
    left = np.where(sure, np.maximum(left, _LEAST_LEFT), 1.0)
    return Errors(scale, memory, left, np.maximum(_EFFICIENCY * known, 3.0))


def kept_where_unknown(fresh: Errors, before: Errors, history: Reals) -> Errors:
    """Keep what was known before of series whose recent errors are too few."""
    few = np.sum(~np.isnan(history), axis=1) < _LEAST_TO_RELEARN
    return Errors(
        np.where(few[:, None], before.scale, fresh.scale),
        np.where(few, before.memory, fresh.memory),
        np.where(few, before.left, fresh.left),
        np.where(few, before.freedom, fresh.freedom),
    )


def freedom_of_tails(residuals: Reals) -> Reals:
    """Give the degrees of freedom of a Student's t with tails as heavy as past residuals have.

    From how far out the outermost fortieth begins, in medians of their sizes; many where that is
    as in a normal distribution, at least 1.5.

    >>> freedom_of_tails(np.linspace(-1, 1, 401)[None]).tolist()
    [1000.0]
    """
    sizes = np.sort(np.abs(residuals), axis=1)
    known = np.sum(~np.isnan(sizes), axis=1)
    rows = np.arange(len(sizes))
    outer = sizes[rows, np.maximum((_TAIL * (known - 1)).astype(np.int64), 0)]
    middle_size = sizes[rows, np.maximum((known - 1) // 2, 0)]
    with np.errstate(all="ignore"):
        ratio = outer / middle_size * (1 - _RATIO_ERROR / np.sqrt(np.maximum(known, 1)))
    freedom = np.interp(np.nan_to_num(ratio), _RATIOS[::-1], _FREEDOMS[::-1])
    found: Reals = np.where(known >= _LEAST_TAIL, freedom, _FREEDOMS[-1])
    return found


def _by_phase(history: Reals, phases: npt.NDArray[np.int64], cycle: int) -> Reals:
    pooled = spread_of(history)
    scale = np.repeat(pooled[:, None], cycle, axis=1)
    for phase in range(cycle if cycle * _LEAST_ERRORS <= history.shape[1] else 0):
        own = history[:, phases == phase]
        count = np.sum(~np.isnan(own), axis=1)
        summed = count * np.nan_to_num(spread_of(own)) ** 2 + _POOLED_WORTH * pooled**2
        own_scale = np.sqrt(summed / (count + _POOLED_WORTH))
        scale[:, phase] = np.where(count >= _LEAST_ERRORS, own_scale, pooled)
    return np.nan_to_num(scale)


def _memory(unit: Reals) -> Reals:
    held = np.clip(unit, -_CLIP, _CLIP)
    now, before = held[:, 1:], held[:, :-1]
    both = ~np.isnan(now) & ~np.isnan(before)
    product = np.sum(np.where(both, now * before, 0.0), axis=1)
    squares = np.sum(np.where(both, (now**2 + before**2) / 2, 0.0), axis=1)
    pairs = both.sum(axis=1)
    found = product / np.maximum(squares, 1e-12)
    clear = (pairs >= 3 * _LEAST_ERRORS) & (found > 2 / np.sqrt(np.maximum(pairs, 1)))
    return np.where(clear, np.minimum(found, _MOST_MEMORY), 0.0)
