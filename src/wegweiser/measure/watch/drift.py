"""Whether an effect lasts: its drift over periods, the spread between them, its half-life."""

import math
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np
from scipy import special

from wegweiser.measure.sequential import always_valid
from wegweiser.measure.statistic import Interval, interval, normal_quantile

Word = Literal["still_effective", "fading", "no_longer_visible", "cannot_tell"]
RECENT = 3
LEAST_PERIODS = 3
_Z = normal_quantile(0.95)


class Effect(msgspec.Struct, frozen=True):
    """The effect in one period and the square of its standard error."""

    period: str
    estimate: float
    variance: float


class Drift(msgspec.Struct, frozen=True):
    """Effects over periods: all together as they may be read at any time, those of the last
    three, the change per period, how much periods differ beyond chance (τ², Q and its chance,
    I²), and the periods until half of a fading effect is gone."""

    whole: Interval
    recent: Interval
    slope: Interval
    between: float
    q: float
    q_chance: float
    i_squared: float
    half_life: Interval | None
    word: Word
    since: str


def drift_of(effects: Sequence[Effect], worth_knowing: float) -> Drift:
    """Judge whether an effect lasts.

    Spread between periods by R. DerSimonian & N. Laird 1986; the slope by regression on the number
    of the period with weights 1/(v + τ²); all together with the always-valid interval tuned for
    `worth_knowing`. Raises ValueError below three periods.

    >>> faded = [Effect(f"2026-{month:02}", 0.12 - 0.02 * month, 1e-5) for month in range(1, 7)]
    >>> found = drift_of(faded, 0.02)
    >>> found.word, found.since
    ('fading', '2026-04')
    """
    if len(effects) < LEAST_PERIODS:
        raise ValueError(f"a drift needs {LEAST_PERIODS} periods, not {len(effects)}")
    between, q, i_squared = spread_between(effects)
    slope, start = _line(effects, between)
    whole, recent = pooled(effects), pooled(effects[-RECENT:])
    since, fell = fell_since(effects, between)
    half_life = _half_life(start, slope) if slope.high < 0 < start else None
    always = always_valid(whole.estimate, _variance(whole), worth_knowing)
    return Drift(
        always,
        recent,
        slope,
        between,
        q,
        float(special.gammaincc((len(effects) - 1) / 2, q / 2)),
        i_squared,
        half_life,
        _word(always, recent, slope, fell),
        since if slope.high < 0 or fell else "",
    )


def _word(whole: Interval, recent: Interval, slope: Interval, fell: bool) -> Word:
    fades = slope.high < 0 or fell
    if recent.low > 0:
        return "fading" if fades else "still_effective"
    if fades:
        return "no_longer_visible"
    return "still_effective" if whole.low > 0 and recent.estimate > 0 else "cannot_tell"


def pooled(effects: Sequence[Effect]) -> Interval:
    """Give the mean effect weighted by what each period knows."""
    weights = np.array([1 / one.variance for one in effects])
    values = np.array([one.estimate for one in effects])
    mean, error = float(values @ weights / weights.sum()), 1 / math.sqrt(float(weights.sum()))
    return interval(mean, mean - _Z * error, mean + _Z * error)


def _variance(found: Interval) -> float:
    return ((found.high - found.low) / 2 / _Z) ** 2


def spread_between(effects: Sequence[Effect]) -> tuple[float, float, float]:
    """Give τ² between periods, Q, and I², the share of the differences beyond chance.

    τ² = max(0, (Q − k + 1)/(Σw − Σw²/Σw)), w = 1/v, k periods.
    """
    weights = np.array([1 / one.variance for one in effects])
    values = np.array([one.estimate for one in effects])
    mean = float(values @ weights / weights.sum())
    q = float(weights @ (values - mean) ** 2)
    free = len(effects) - 1
    scale = float(weights.sum() - (weights**2).sum() / weights.sum())
    between = max(0.0, (q - free) / scale) if scale > 0 else 0.0
    return between, q, max(0.0, (q - free) / q) if q > 0 else 0.0


def _line(effects: Sequence[Effect], between: float) -> tuple[Interval, float]:
    """Give the slope per period with its interval, and the fitted effect of the first period."""
    weights = np.array([1 / (one.variance + between) for one in effects])
    values = np.array([one.estimate for one in effects])
    places = np.arange(len(effects), dtype=np.float64)
    middle = float(places @ weights / weights.sum())
    mean = float(values @ weights / weights.sum())
    squares = float(weights @ (places - middle) ** 2)
    slope = float(weights @ ((places - middle) * values)) / squares
    half = _Z / math.sqrt(squares)
    return interval(slope, slope - half, slope + half), mean - slope * middle


def fell_since(effects: Sequence[Effect], between: float) -> tuple[str, bool]:
    """Find the period from which on the effect is lower than before, and whether clearly so.

    As the period is the best of all, the difference has to stand among them (Bonferroni).
    """
    best, since = 0.0, ""
    for place in range(1, len(effects)):
        before, after = pooled(effects[:place]), pooled(effects[place:])
        spread = _variance(before) + _variance(after)
        spread += between * (1 / place + 1 / (len(effects) - place))
        fall = (before.estimate - after.estimate) / math.sqrt(spread)
        if fall > best:
            best, since = fall, effects[place].period
    limit = -float(special.ndtri(0.025 / max(1, len(effects) - 1)))
    return since, best > limit


def _half_life(start: float, slope: Interval) -> Interval:
    low, estimate, high = (-start / (2 * end) for end in (slope.low, slope.estimate, slope.high))
    return interval(estimate, low, high)
