"""What a geo test could show, tried on the past: the same estimate with effects put in by hand."""

from collections.abc import Sequence

import msgspec
import numpy as np

from wegweiser.measure.geo.panel import Panel
from wegweiser.measure.geo.synthetic import LEAST_BLOCKS, LEAST_FIT, effect

IMPLANTED = (0.0, 0.01, 0.02, 0.05, 0.1)


class Seen(msgspec.Struct, frozen=True):
    """How often an effect of a relative size was seen (its interval above 0) in past windows."""

    lift: float
    seen: int
    windows: int


def power(panel: Panel, treated: Sequence[str], days: int) -> list[Seen]:
    """Put effects into every past window of the test's length and tell how often they were seen.

    A window needs four times its length before it; where the other regions do not go with the
    treated ones before it nothing is seen, as the estimate would refuse. With an effect of 0 what
    is "seen" are false alarms. Empty where the past is too short.
    """
    starts = range(LEAST_BLOCKS * days, panel.values.shape[1] - days + 1, max(1, days // 2))
    rows = [row for row, name in enumerate(panel.regions) if name in set(treated)]
    found = []
    for lift in IMPLANTED:
        seen = 0
        for start in starts:
            values = np.array(panel.values[:, : start + days])
            values[rows, start:] *= 1.0 + lift
            tried = effect(Panel(panel.regions, values, start), treated)
            told = tried.per_day is not None and tried.fit.r_squared >= LEAST_FIT
            seen += told and tried.per_day is not None and tried.per_day.low > 0.0
        found.append(Seen(lift, seen, len(starts)))
    return found if starts else []
