"""Acceptance tests 24 and 25: sizes of tests, verdicts that may be read daily, and patience."""

import numpy as np
import pytest

from wegweiser.measure.compare import Arm, rate_arm
from wegweiser.measure.experiment_plan import MEASURE as PLAN
from wegweiser.measure.form import Asked
from wegweiser.measure.lift_arms import MEASURE as ARMS
from wegweiser.measure.lift_estimate import look_at, verdict_on
from wegweiser.measure.lift_sums import Clusters, Sums
from wegweiser.measure.lift_wait import smallest_visible
from wegweiser.measure.sample_size import design_effect, sample_size, smallest_lift
from wegweiser.measure.sequential import always_valid, half_width
from wegweiser.measure.statistic import Interval
from wegweiser.query.period import Period
from wegweiser.terms.instant import DAY_MS

START = 20_000 * DAY_MS
WORTH = 0.02


def to_three(value: float) -> float:
    return float(f"{value:.3g}")


@pytest.mark.parametrize(
    ("share", "units", "held_out"), [(0.05, 813_631, 40_682), (0.5, 161_357, 80_679)]
)
def test_24_sample_sizes(share: float, units: int, held_out: int) -> None:
    found = sample_size(base=0.02, lift=0.10, share=share)
    assert to_three(found) == to_three(units)
    assert (round(found), round(found * share)) == (units, held_out)
    assert sample_size(0.02, 0.10, share) * design_effect(8, 0.05) == pytest.approx(1.35 * found)


@pytest.mark.parametrize(
    ("base", "share", "visible"),
    [(0.05, 0.1, 95), (0.05, 0.2, 73), (0.05, 0.5, 62), (0.3, 0.1, 32)],
)
def test_24_smallest_visible_lifts(base: float, share: float, visible: int) -> None:
    found = smallest_lift(2_000, base, share)
    assert found is not None
    assert round(100 * found) == visible
    assert sample_size(base, found, share) == pytest.approx(2_000)


def test_24_always_valid_half_width() -> None:
    squared, tau = 0.0001, 0.02
    spread = np.log((squared + tau**2) / squared) + 2 * np.log(20)
    half = np.sqrt(squared * (squared + tau**2) / tau**2 * spread)
    found = always_valid(0.01, squared, tau)
    assert (found.low, found.high) == pytest.approx((0.01 - half, 0.01 + half))


def test_24_false_alarms_in_2000_tests_looked_at_daily_for_180_days() -> None:
    rng = np.random.default_rng(24)
    runs, days, per_day = 2_000, 180, {"main": 90, "nothing": 10}
    units, reached = {}, {}
    for arm, count in per_day.items():
        units[arm] = count * np.arange(1, days + 1)
        reached[arm] = rng.binomial(count, 0.05, size=(runs, days)).cumsum(axis=1)
    alarms = np.zeros(runs, dtype=bool)
    looked = np.zeros(runs)
    for day in range(days):
        counts = {arm: reached[arm][:, day] for arm in per_day}
        rates = {arm: counts[arm] / units[arm][day] for arm in per_day}
        # The gate of a rate: 100 units per arm, 25 goals in all and 5 per arm.
        gate = np.minimum(*counts.values()) >= 5
        gate &= (sum(counts.values()) >= 25) & (units["nothing"][day] >= 100)
        squares = sum(rate * (1 - rate) / (units[arm][day] - 1) for arm, rate in rates.items())
        halves = np.array([half_width(float(one), WORTH) if one > 0 else 0.0 for one in squares])
        alarms |= gate & (np.abs(rates["main"] - rates["nothing"]) > halves)
        looked += gate
    assert looked.mean() > 165
    assert alarms.mean() <= 0.05


def test_24_the_same_tests_read_by_the_interval_for_the_end_alarm_far_too_often() -> None:
    rng = np.random.default_rng(25)
    steps = rng.normal(size=(2_000, 180)).cumsum(axis=1)
    looks = np.arange(1, 181)
    naive = (np.abs(steps) > 1.96 * np.sqrt(looks)).any(axis=1).mean()
    honest = np.array([half_width(1 / look, 0.3) * look for look in looks])
    assert naive > 0.30
    assert (np.abs(steps) > honest).any(axis=1).mean() <= 0.05


def arm_of(reached: int, units: int, recent: int = 0) -> Sums:
    """Sums of accounts that each are one unit, all windows closed, nothing before."""
    after = rate_arm(reached, units)
    alone = Clusters(units, units, reached, 0.0, reached, 0.0, 0.0)
    return Sums(
        units, units, START, units, reached, after, Arm(units, 0.0, 0.0), recent, 0.0, alone
    )


def asked(worth: float = 0.0) -> Asked:
    options = {option.name: option.default for option in ARMS.options}
    return Asked(
        Period(0, START + 400 * DAY_MS),
        START + 400 * DAY_MS,
        options | {"worth_knowing": worth, "planned_units": 2_000},
    )


def test_25_two_thousand_accounts_cannot_tell_yet() -> None:
    waits, cannot = [], 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        control = arm_of(int(rng.binomial(200, 0.05)), 200, recent=2)
        treated = arm_of(int(rng.binomial(1_800, 0.05 * 1.2)), 1_800, recent=18)
        look = look_at(treated, control, asked())
        cannot += look.verdict == "cannot_tell"
        if look.verdict == "cannot_tell":
            waits.append(look.weeks)
    assert cannot >= 95
    # 20 new accounts in four weeks: two years bring 520, and hundreds of thousands are needed.
    assert waits.count(None) >= 90
    visible = smallest_visible(arm_of(108, 1_800), arm_of(10, 200))
    assert visible == pytest.approx(0.948, abs=0.001)


def test_25_the_time_still_needed_at_a_better_pace() -> None:
    """The weeks are those after which the interval is narrower than the effect."""
    control, treated = arm_of(10, 200, recent=400), arm_of(120, 1_800, recent=3_600)
    look = look_at(treated, control, asked(WORTH))
    assert look.verdict == "cannot_tell"
    assert look.weeks is not None
    assert 0 < look.weeks < 104
    times = (2_000 + look.weeks / 4 * 4_000) / 2_000
    target = max(abs(look.found.difference), WORTH)
    assert half_width(look.found.variance / times, WORTH) == pytest.approx(target, rel=1e-6)


def test_verdict_keys() -> None:
    found = [
        verdict_on(Interval(0, *ends), 0.05)
        for ends in ((0.01, 0.02), (-0.02, -0.01), (-0.01, 0.02), (-0.1, 0.1))
    ]
    assert found == ["helps", "harms", "too_small", "cannot_tell"]


def test_plan_measure_has_a_door() -> None:
    assert PLAN.name == "experiment.sample_size"
    assert {"base", "lift", "share"} <= {option.name for option in PLAN.options}
