"""Whether own counts rise where a series from outside does."""

import math
from collections import defaultdict
from collections.abc import Sequence

from wegweiser.measure.form import Row, text, whole
from wegweiser.measure.statistic import normal_quantile
from wegweiser.measure.trend.indexed import MOST_BASE, NEWEST
from wegweiser.measure.trend.pool import LEAST_BASE, LEAST_MENTIONS


def agrees(name: str, periods: Sequence[str], rows: Sequence[Row]) -> str:
    """Give "agree" if own mentions of the name grew, "differ" if not, "" where they are too few.

    The share of the newest 3 periods is held against that of the 24 before; the lower end of their
    ratio (log scale, from counts) must lie above 1. The kind with the most mentions speaks.
    """
    own: dict[str, dict[str, int]] = defaultdict(dict)
    of: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        if row["part"] == "own" and text(row, "name") == name.strip().lower():
            own[text(row, "kind")][text(row, "day")] = whole(row, "n")
        elif row["part"] == "all":
            of[text(row, "kind")][text(row, "day")] = whole(row, "n")
    if not own:
        return ""
    kind = max(sorted(own), key=lambda one: sum(own[one].values()))
    newest, base = periods[-NEWEST:], periods[-NEWEST - MOST_BASE : -NEWEST]
    known = [at for at in base if of[kind].get(at, 0) > 0]
    now, then = (sum(own[kind].get(at, 0) for at in ends) for ends in (newest, known))
    of_now, of_then = (sum(of[kind].get(at, 0) for at in ends) for ends in (newest, known))
    if len(known) < LEAST_BASE or now < LEAST_MENTIONS or not of_now:
        return ""
    growth = math.log(now / of_now) - math.log((then + 0.5) / (of_then + 1))
    half = normal_quantile(0.95) * math.sqrt(1 / now + 1 / max(then, 0.5))
    return "agree" if growth - half > 0 else "differ"
