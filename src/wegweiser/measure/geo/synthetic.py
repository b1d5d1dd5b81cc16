"""Synthetic control: what treated regions would have done, from a mix of untreated ones.

Source: Abadie, Diamond and Hainmueller 2010; Doudchenko and Imbens 2016 for taking each region's
own level away first.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from scipy import special
from scipy.optimize import nnls

from wegweiser.measure.geo.panel import Numbers, Panel
from wegweiser.measure.statistic import Interval, interval

# Weight of the row that makes the shares sum to 1, against the largest figure.
_HEAVY = 1_000.0
LEAST_BLOCKS = 4
LEAST_FIT = 0.5
LEAST_BLOCK_DAYS = 1


class Fit(msgspec.Struct, frozen=True):
    """Shares of the control regions, and how well they follow the treated ones before the test."""

    regions: tuple[str, ...]
    shares: Numbers
    r_squared: float
    error: float


class Effect(msgspec.Struct, frozen=True):
    """What the test added per treated region and day; `blocks` are the gaps of untreated times.

    `per_day` is None where there are too few blocks before the test for an interval.
    """

    fit: Fit
    gap: float
    per_day: Interval | None
    total: float
    expected: float
    blocks: tuple[float, ...]

    @property
    def relative(self) -> float:
        """The effect relative to what was expected without the test."""
        return self.gap / self.expected


def fit(panel: Panel, treated: Sequence[str], days: Sequence[int]) -> Fit:
    """Find non-negative shares with sum 1 that follow the mean of the treated regions.

    Each region's own mean over `days`, all before the test, is taken away first; least squares by
    `nnls` with one heavy row for the sum.
    """
    donors = panel.without(treated)
    level = donors.values[:, days]
    wanted = panel.of(treated)[:, days].mean(axis=0)
    controls = (level - level.mean(axis=1, keepdims=True)).T
    target = wanted - wanted.mean()
    heavy = _HEAVY * max(1.0, float(np.abs(controls).max(initial=0.0)))
    rows = np.vstack([controls, np.full(controls.shape[1], heavy)])
    shares, _ = nnls(rows, np.append(target, heavy), maxiter=100 * rows.shape[1])
    shares = shares / shares.sum()
    left = target - controls @ shares
    spread = float((target**2).sum())
    fitted = 1.0 - float((left**2).sum()) / spread if spread > 0.0 else 0.0
    return Fit(donors.regions, shares, fitted, float(np.sqrt((left**2).sum())))


def _gap(panel: Panel, treated: Sequence[str], known: Sequence[int], asked: Sequence[int]) -> float:
    """Give how far the treated regions lie above their synthetic control on the asked days."""
    shares = fit(panel, treated, known).shares
    donors = panel.without(treated).values
    wanted = panel.of(treated).mean(axis=0)
    above = wanted - shares @ donors
    return float(above[asked].mean() - above[known].mean())


def effect(panel: Panel, treated: Sequence[str], level: float = 0.95) -> Effect:
    """Estimate the effect of a test on its treated regions, with an interval from quiet times.

    The time before the test is cut into blocks of its length; each is left out in turn, and the
    gap that appears there though nothing happened measures the noise:
    effect ± t_(B-1)·√mean(gap²)·√(1 + 1/B), at least four blocks. Assumes that nothing else
    changed between treated and control regions, and that the test touched no control region.
    """
    quiet, test = list(range(panel.before)), list(range(panel.before, panel.values.shape[1]))
    found = fit(panel, treated, quiet)
    gap = _gap(panel, treated, quiet, test)
    blocks = tuple(
        _gap(panel, treated, [day for day in quiet if day not in set(block)], block)
        for block in _blocks(panel.before, panel.during)
    )
    expected = float(panel.of(treated)[:, test].mean()) - gap
    total = gap * len(treated) * panel.during
    return Effect(found, gap, _interval(gap, blocks, level), total, expected, blocks)


def _blocks(before: int, length: int) -> list[list[int]]:
    count = before // max(length, LEAST_BLOCK_DAYS)
    start = before - count * length
    return [
        list(range(start + number * length, start + (number + 1) * length))
        for number in range(count)
    ]


def _interval(gap: float, blocks: Sequence[float], level: float) -> Interval | None:
    count = len(blocks)
    if count < LEAST_BLOCKS:
        return None
    noise = float(np.sqrt(np.mean(np.square(blocks))))
    half = float(special.stdtrit(count - 1, (1 + level) / 2)) * noise * np.sqrt(1 + 1 / count)
    return interval(gap, gap - half, gap + half)
