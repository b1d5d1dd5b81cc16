"""Sizes of alarms that are told because they stand out: their intervals hold the truth as often."""

import math

import numpy as np
import pytest

from wegweiser.measure.statistic import Interval
from wegweiser.measure.watch.believed import LEAST_RUN, believed_point, believed_run
from wegweiser.measure.watch.grid import GRIDS
from wegweiser.measure.watch.limits import REFERENCE, cusum_limit
from wegweiser.measure.watch.panel import Series, panel_of
from wegweiser.measure.watch.watcher import watch

DAY = GRIDS["day"]
LIMIT = cusum_limit(365.25)
LEAST = 2.98


def runs_told(shift: float, series: int, rng: np.random.Generator) -> list[tuple[float, int, int]]:
    """Let cumulative sums of shifted values cross their limit: mean, periods and side of each."""
    values = rng.normal(shift, size=(series, 150))
    sums, since = np.zeros((2, series)), np.zeros((2, series), dtype=np.int64)
    told: dict[int, tuple[float, int, int]] = {}
    for period in range(values.shape[1]):
        for place, side in enumerate((1, -1)):
            since[place] = np.where(sums[place] == 0, period, since[place])
            sums[place] = np.maximum(0, sums[place] + side * values[:, period] - REFERENCE)
            long = period - since[place] + 1
            for row in np.flatnonzero((sums[place] >= LIMIT) & (long >= LEAST_RUN)).tolist():
                run = values[row, since[place, row] : period + 1]
                told.setdefault(row, (float(side * run.mean()), len(run), side))
    return list(told.values())


Held = tuple[float, float, float]


def runs_held(shift: float, series: int, rng: np.random.Generator) -> Held:
    runs = runs_told(shift, series, rng)
    found = [believed_run(mean, periods, LIMIT) for mean, periods, _ in runs]
    return judged(found, [mean for mean, *_ in runs], [side * shift for *_, side in runs])


def points_held(size: float, count: int, rng: np.random.Generator) -> Held:
    values = rng.normal(size, size=400_000)
    told = values[np.abs(values) > LEAST][:count].tolist()
    found = [believed_point(abs(one), LEAST) for one in told]
    true = [math.copysign(1, one) * size for one in told]
    return judged(found, [abs(one) for one in told], true)


def judged(found: list[Interval], seen: list[float], true: list[float]) -> Held:
    """Give the share of intervals that hold the truth, and by how much sizes are too large."""
    held = [one.low <= size <= one.high for one, size in zip(found, true, strict=True)]
    raw = np.array(seen) - np.array(true)
    corrected = np.array([one.estimate for one in found]) - np.array(true)
    return float(np.mean(held)), float(raw.mean()), float(corrected.mean())


def told_of(name: str, size: float, found: Held) -> float:
    held, raw, corrected = found
    print(f"\n{name} of {size}: held {held:.1%}; too large by {raw:.2f}, corrected {corrected:.2f}")
    return held


@pytest.mark.parametrize("size", [0.0, 0.7, 1.5, 3.0])
def test_sizes_that_crossed_a_limit_are_held_by_their_intervals(size: float) -> None:
    rng = np.random.default_rng(int(10 * size))
    runs, points = runs_held(size, 400, rng), points_held(size, 600, rng)
    for name, found in (("run", runs), ("point", points)):
        assert 0.91 <= told_of(name, size, found) <= 0.985
        # Raw sizes are too large; corrected ones are nearer to the truth on average.
        assert abs(found[2]) < max(abs(found[1]), 0.25)


@pytest.mark.sweep
@pytest.mark.parametrize("size", [0.0, 0.3, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0])
def test_sizes_that_crossed_a_limit_are_held_in_the_long_run(size: float) -> None:
    rng = np.random.default_rng(int(10 * size))
    runs, points = runs_held(size, 6_000, rng), points_held(size, 4_000, rng)
    for name, found in (("run", runs), ("point", points)):
        assert 0.93 <= told_of(name, size, found) <= 0.98


def alarms_held(seed: int, series: int) -> tuple[list[bool], list[bool]]:
    """Watch series that change: does the corrected interval, and the raw one, hold what was missed?

    That is the mean of the watched value that the world had, less what was expected.
    """
    rng, days = np.random.default_rng(seed), 470
    usual = np.log(rng.uniform(90, 900, (series, 1)))
    usual = usual + rng.normal(0, 0.25, (series, 7))[:, np.arange(days) % 7]
    begins = rng.integers(420, 460, (series, 1))
    moved = rng.choice([-0.4, -0.25, -0.12, 0.1, 0.2, 0.35], (series, 1))
    world = usual + np.where(np.arange(days)[None] >= begins, moved, 0.0)
    values = rng.poisson(np.exp(world + rng.normal(0, 0.1, world.shape))).astype(np.float64)
    found = watch(panel_of([Series(str(n), "count", one) for n, one in enumerate(values)]), DAY)
    held, plain = [], []
    for one in found.signals:
        if one.kind in ("point", "shift") and one.period >= 420:
            span = slice(one.since, one.period + 1)
            missed = float(np.nanmean(world[one.row, span] - found.expected[one.row, span]))
            low, high = sorted((one.moved * one.believed.low, one.moved * one.believed.high))
            held.append(low <= missed <= high)
            spread = float(np.mean(found.spread[one.row, span])) / np.sqrt(span.stop - span.start)
            plain.append(abs(one.moved - missed) <= 1.96 * spread)
    return held, plain


def test_sizes_of_alarms_hold_what_the_world_did() -> None:
    held, plain = alarms_held(1, 24)
    print(f"\n{len(held)} alarms: 95 % hold {np.mean(held):.1%}; uncorrected {np.mean(plain):.1%}")
    assert len(held) >= 12
    assert np.mean(held) >= 0.85


@pytest.mark.sweep
def test_sizes_of_alarms_hold_what_the_world_did_in_the_long_run() -> None:
    rounds = [alarms_held(seed, 200) for seed in range(10)]
    held, plain = ([one for each in part for one in each] for part in zip(*rounds, strict=True))
    print(f"\n{len(held)} alarms: 95 % hold {np.mean(held):.1%}; uncorrected {np.mean(plain):.1%}")
    assert 0.93 <= np.mean(held) <= 0.98
