"""What is expected of the periods to come, with an interval that grows with the distance."""

import msgspec
import numpy as np

from wegweiser.measure.statistic import normal_quantile
from wegweiser.measure.watch.grid import Grid
from wegweiser.measure.watch.panel import Marks, Panel, Reals
from wegweiser.measure.watch.source_error import FINE
from wegweiser.measure.watch.watcher import watch


class Forecast(msgspec.Struct, frozen=True):
    """Expected values and the ends of their intervals [series, periods], on the watched scale."""

    expected: Reals
    low: Reals
    high: Reals


def forecast(panel: Panel, grid: Grid, ahead: int, level: float = 0.95) -> Forecast:
    """Expect the next periods of each series from level and season as they are known at its end.

    The spread after k periods without data is s·√(1 + a²k), a the pace at which the level moves.
    """
    watched = watch(_longer(panel, ahead), grid)
    periods = panel.size[1]
    fine = (watched.fault[:, :periods] == FINE) & ~np.isnan(panel.watched)
    last = periods - 1 - np.argmax(fine[:, ::-1], axis=1)
    since = np.arange(periods, periods + ahead)[None] - last[:, None]
    expected = watched.expected[:, periods:]
    spread = watched.spread[:, periods:] * np.sqrt(1 + watched.pace[:, None] ** 2 * since)
    half = normal_quantile(level) * spread
    return Forecast(expected, expected - half, expected + half)


def _longer(panel: Panel, ahead: int) -> Panel:
    rows = panel.size[0]
    gap = np.full((rows, ahead), np.nan)
    late: Marks = np.zeros((rows, ahead), dtype=np.bool_)
    return Panel(
        panel.names,
        np.hstack([panel.shown, gap]),
        np.hstack([panel.watched, gap]),
        panel.kinds,
        np.hstack([panel.parts, gap]),
        np.hstack([panel.wholes, gap]),
        np.hstack([panel.late, late]),
    )
