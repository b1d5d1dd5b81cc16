"""Watching against the truth: false alarms as promised, delay, real series, no look ahead."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
import pytest

from tests.truth.watch_series import Reals, daily, folder, quiet_counts, table
from wegweiser.measure.watch.alarm import alarms_of
from wegweiser.measure.watch.forecast import forecast
from wegweiser.measure.watch.grid import GRIDS
from wegweiser.measure.watch.panel import Kind, Panel, Series, panel_of
from wegweiser.measure.watch.pelt import changes_of
from wegweiser.measure.watch.source_error import FLAT
from wegweiser.measure.watch.watcher import Watched, watch

DAY = GRIDS["day"]


def panel(values: Reals, kind: Kind = "count") -> Panel:
    return panel_of([Series(str(row), kind, one) for row, one in enumerate(values)])


def false_alarms(found: Watched) -> tuple[float, float]:
    """Give alarms per series and year, and the share of series' weeks with one."""
    years = found.judged.sum() / 365.25
    weeks = {(one.row, one.period // 7) for one in found.signals}
    return len(found.signals) / years, len(weeks) / (years * 52.18)


def quiet_alone(seed: int, series: int, days: int) -> tuple[float, float]:
    """Watch quiet series, each alone, so that only its own budget counts."""
    rng = np.random.default_rng(seed)
    values, holidays = quiet_counts(rng, series, days)
    told = [watch(panel(one[None]), DAY, 2.0, holidays) for one in values]
    years = sum(one.judged.sum() for one in told) / 365.25
    alarms = sum(len(one.signals) for one in told)
    weeks = sum(len({one.period // 7 for one in found.signals}) for found in told)
    return alarms / years, weeks / (years * 52.18)


@pytest.mark.sweep
def test_quiet_series_raise_the_alarms_that_the_budget_promises() -> None:
    per_year, weeks = quiet_alone(1, 60, 1460)
    print(f"\nquiet series alone: {per_year:.2f} alarms a year (promised 2), {weeks:.1%} of weeks")
    assert 0.7 * 2 <= per_year <= 1.3 * 2
    assert weeks <= 0.05


def test_quiet_series_together_keep_the_promise() -> None:
    """Over all together it is to stay near one a week; what is told at all is 5 % of weeks."""
    values, holidays = quiet_counts(np.random.default_rng(2), 24, 560)
    found = watch(panel(values), DAY, 2.0, holidays)
    per_year, weeks = false_alarms(found)
    a_week = len(found.signals) / (found.judged.any(axis=0).sum() / 7)
    print(
        f"\n24 quiet series: {per_year:.2f} alarms a year each (promised 2), {weeks:.1%} of weeks,"
    )
    print(f"an alarm in {weeks:.1%} of weeks, {a_week:.2f} a week over all")
    assert 0.4 * 2 <= per_year <= 1.3 * 2
    assert weeks <= 0.05
    assert a_week <= 2


def test_a_shift_is_told_sooner_than_by_others() -> None:
    """The median delay stands beside PELT, run anew each day, and a threshold on the raw values."""
    rng = np.random.default_rng(3)
    values, holidays = quiet_counts(rng, 8, 480)
    begin = 430
    values[:, begin:] = np.round(values[:, begin:] * 0.75)
    found = watch(panel(values), DAY, 2.0, holidays)
    ours, pelt, naive = [], [], []
    for row, one in enumerate(values):
        told = [each.period for each in found.signals if each.row == row and each.period >= begin]
        ours.append(min(told, default=480) - begin)
        pelt.append(_first(_pelt_tells(one, begin, end) for end in range(begin + 1, 480)))
        middle, spread = one[:begin].mean(), one[:begin].std()
        naive.append(_first(abs(each - middle) > 2.7 * spread for each in one[begin:]))
    delays = {"ours": ours, "PELT": pelt, "threshold": naive}
    print(
        "\nmedian delay in days:", {name: float(np.median(each)) for name, each in delays.items()}
    )
    assert np.median(ours) <= 10
    assert np.median(ours) < min(np.median(pelt), np.median(naive))


def _first(tells: Iterable[bool]) -> int:
    return next((place for place, told in enumerate(tells) if told), 50)


def _pelt_tells(values: Reals, begin: int, end: int) -> bool:
    """Tell whether PELT over the last 200 days sees a change at the true one."""
    first = end - 200
    places = changes_of(np.log(values[first:end] + 0.5))
    return any(first + place >= begin - 7 for place in places)


@pytest.mark.sweep
def test_flat_lines_are_faults_of_the_source_and_no_trend() -> None:
    days, values = daily("example_wp_log_R_outliers1.csv")
    clean_days, clean = daily("example_wp_log_R.csv")
    assert days == clean_days
    both = panel_of([Series("errors", "value", values), Series("clean", "value", clean)])
    found = watch(both, DAY)
    flat = [
        (str(days[one.since]), str(days[one.known]))
        for one in alarms_of(both, found)
        if one.kind == "flat"
    ]
    assert flat == [("2010-01-02", "2010-01-15"), ("2010-06-02", "2010-06-15")]
    assert (found.fault[0] == FLAT).sum() >= 352
    # On its own day a flat run is known from its fourteenth day on, and that stays as it was told.
    assert (found.state[0] == FLAT).sum() == (found.fault[0] == FLAT).sum() - 2 * 13
    unusual = Counter(one.row for one in found.signals if one.kind in ("point", "shift"))
    print(f"\nunusual days of the clean file: {unusual[1] / len(days):.2%}")
    assert unusual[1] / len(days) < 0.02
    inside = [
        one for one in found.signals if one.row == 0 and str(days[one.period]) >= "2010-01-16"
    ]
    told = [one for one in inside if str(days[one.period]) <= "2010-12-31"]
    assert not [one for one in told if one.kind == "shift"]


@pytest.mark.sweep
def test_a_forecast_over_a_year_of_errors_agrees_with_the_clean_one() -> None:
    days, values = daily("example_wp_log_R_outliers1.csv")
    _, clean = daily("example_wp_log_R.csv")
    end = next(place for place, day in enumerate(days) if str(day) == "2011-01-01")
    with_errors = forecast(panel(values[None, :end], "value"), DAY, 365)
    without = forecast(panel(clean[None, :end], "value"), DAY, 365)
    inside = (without.expected >= with_errors.low) & (without.expected <= with_errors.high)
    assert inside.mean() >= 0.95
    came = clean[end : end + 365]
    held = (came >= without.low[0]) & (came <= without.high[0])
    assert held[~np.isnan(came)].mean() >= 0.9


def test_the_empty_streets_of_2020_are_told_within_a_week() -> None:
    """What comes after the week is not there: nothing is looked up ahead."""
    days, values = daily("example_pedestrians_covid.csv")
    until = next(place for place, day in enumerate(days) if str(day) == "2020-03-23") + 1
    cut = panel(values[None, :until])
    alarms = [one for one in alarms_of(cut, watch(cut, DAY)) if one.kind == "shift"]
    fall = next(one for one in alarms if one.side < 0 and str(days[one.known]) >= "2020-03-08")
    print(f"\nthe empty streets: since {days[fall.since]}, known on {days[fall.known]}")
    assert "2020-03-08" <= str(days[fall.since]) <= "2020-03-29"
    assert len(days) == 1490


@pytest.mark.parametrize("name", ["example_retail_sales.csv", "example_air_passengers.csv"])
def test_season_and_trend_of_months_raise_nothing(name: str) -> None:
    rows = table(folder("wikipedia_pageviews") / name)
    found = watch(panel(np.array([[value for _, value in rows]])), GRIDS["month"])
    told = [(rows[one.since][0], rows[one.period][0]) for one in found.signals]
    print(f"\n{name}: strength of the season {found.strength[0]:.3f}, told {told}")
    assert found.strength[0] > 0.9
    # The one thing told of the shops is the crisis of 2008; of the passengers nothing.
    assert all(since >= "2007-12" and known <= "2009-12" for since, known in told)
