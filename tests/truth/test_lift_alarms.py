"""Alarms on lift against known truth: few false ones, and how soon a fall shows."""

import numpy as np
import pytest

from wegweiser.measure.form import Row
from wegweiser.measure.watch.drift import RECENT, Effect, drift_of
from wegweiser.measure.watch.effect_alarm import effect_alarm

MONTHS, FELL, WORLDS = 24, 12, 40
ERROR = 0.01
BUDGET = 2.0


def alarms(size: float, after: float, spread: float, seed: int) -> tuple[float, float]:
    """Give false alarms per year before the fall, and the median of months that it takes to show.

    Sizes are in standard errors of a month; `spread` is by how many of them months truly differ.
    """
    chance = np.random.default_rng(seed)
    false, delays = 0, []
    for _ in range(WORLDS):
        truth = np.where(np.arange(MONTHS) < FELL, size, after) + chance.normal(0, spread, MONTHS)
        found = (truth + chance.normal(0, 1, MONTHS)) * ERROR
        rows = rows_of(found.tolist())
        told = [at for at, row in enumerate(rows) if effect_alarm(rows, str(row["month"]))]
        false += sum(at < FELL for at in told)
        delays.append(min((at - FELL + 1 for at in told if at >= FELL), default=MONTHS))
    years = WORLDS * (FELL - RECENT) / 12
    return false / years, float(np.median(delays))


def rows_of(found: list[float]) -> list[Row]:
    """Write effects as the table of `watch.effect` does: each word by the months up to it."""
    effects = [
        Effect(f"{2024 + at // 12}-{at % 12 + 1:02}", one, ERROR**2) for at, one in enumerate(found)
    ]
    half = 1.959964 * ERROR
    return [
        {
            "month": one.period,
            "lift": one.estimate,
            "low": one.estimate - half,
            "high": one.estimate + half,
            "word": drift_of(effects[: place + 1], 0.02).word if place + 1 >= RECENT else "",
        }
        for place, one in enumerate(effects)
    ]


@pytest.mark.parametrize(
    ("after", "spread", "most_months"), [(0.0, 0.0, 2.0), (3.0, 0.0, 4.0), (0.0, 1.0, 3.0)]
)
def test_a_steady_effect_hardly_raises_an_alarm_and_one_that_ends_soon_does(
    after: float, spread: float, most_months: float
) -> None:
    false, delay = alarms(6.0, after, spread, 3)
    print(f"\n6 -> {after}, months differ by {spread}: {false:.2f} false a year, {delay} months")
    assert false <= BUDGET / 4
    assert delay <= most_months


def test_months_that_cannot_tell_hide_no_fall() -> None:
    words = ["", "", *["still_effective"] * 4, "cannot_tell", "cannot_tell", "no_longer_visible"]
    sizes = [0.06] * 6 + [0.02, 0.01, 0.0]
    rows = [row | {"word": word} for row, word in zip(rows_of(sizes), words, strict=True)]
    told = [row["month"] for row in rows if effect_alarm(rows, str(row["month"]))]
    assert told == ["2024-09"]
