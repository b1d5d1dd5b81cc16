"""Geo experiments by regression: over days (TBR), and over regions (GBR).

Source: Kerman, Wang and Vaver 2017 (time-based regression); Vaver and Koehler 2011 (geo-based
regression).
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from scipy import special

from wegweiser.measure.geo.panel import Numbers, Panel
from wegweiser.measure.statistic import Interval, interval


class Total(msgspec.Struct, frozen=True):
    """What the test added in all treated regions over all its days, and what was expected."""

    added: Interval
    expected: float
    r_squared: float


def by_days(panel: Panel, treated: Sequence[str], level: float = 0.95) -> Total:
    """Compare the sum of the treated regions with that of the others, day by day (TBR).

    y_T = a + b·y_C by least squares on the n days before the test; added = Σ(y_T - ŷ) over its k
    days, variance σ²·(k + z'(X'X)^-1 z) with z the column sums of the test's design, t with n - 2
    degrees of freedom. Assumes that this relation would have held, with independent days. Raises
    ValueError below three days before the test.
    """
    if panel.before < 3:
        raise ValueError(f"{panel.before} days before the test are too few for a line")
    ours, theirs = panel.of(treated).sum(axis=0), panel.without(treated).values.sum(axis=0)
    design = np.column_stack([np.ones(len(theirs)), theirs])
    before, during = design[: panel.before], design[panel.before :]
    line, left = _least_squares(before, ours[: panel.before])
    expected = float((during @ line).sum())
    variance = float((left**2).sum()) / (panel.before - 2)
    sums = during.sum(axis=0)
    doubt = variance * (panel.during + float(sums @ np.linalg.pinv(before.T @ before) @ sums))
    added = float(ours[panel.before :].sum()) - expected
    half = float(special.stdtrit(panel.before - 2, (1 + level) / 2)) * float(np.sqrt(doubt))
    spread = float(((ours[: panel.before] - ours[: panel.before].mean()) ** 2).sum())
    fitted = 1.0 - float((left**2).sum()) / spread if spread else 0.0
    return Total(interval(added, added - half, added + half), expected, fitted)


def by_regions(
    before: Numbers, during: Numbers, extra_cost: Numbers, level: float = 0.95
) -> Interval:
    """Estimate what one more unit of cost brought, from all regions at once (GBR).

    during ~ 1 + before + extra cost, weighted by 1/before²; the coefficient of the cost with its
    t interval. One figure per region each: sums before and during the test (same length), and the
    cost beyond the usual, 0 where nothing was spent. Raises ValueError below five regions, and for
    regions without any figure before the test.
    """
    count = len(before)
    if count < 5 or not (before > 0).all():
        raise ValueError("at least five regions with figures before the test are needed")
    root = 1.0 / before
    design = np.column_stack([np.ones(count), before, extra_cost]) * root[:, None]
    line, left = _least_squares(design, during * root)
    variance = float((left**2).sum()) / (count - 3)
    error = float(np.sqrt(variance * np.linalg.pinv(design.T @ design)[2, 2]))
    half = float(special.stdtrit(count - 3, (1 + level) / 2)) * error
    return interval(float(line[2]), float(line[2]) - half, float(line[2]) + half)


def _least_squares(design: Numbers, wanted: Numbers) -> tuple[Numbers, Numbers]:
    line = np.asarray(np.linalg.lstsq(design, wanted, rcond=None)[0], dtype=np.float64)
    return line, wanted - design @ line
