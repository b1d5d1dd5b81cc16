"""Rises, seasons and broken sources in real series: search interest and page views."""

import csv
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from wegweiser.measure.trend.backtest import periods_to_peak
from wegweiser.measure.trend.indexed import Reals, flags_then, index_flags
from wegweiser.measure.trend.outside import first_flags
from wegweiser.measure.trend.stood_still import flat_runs, known_then

DATA = Path(__file__).parents[3] / "shared" / "data"
YOGA = DATA / "google_trends_yoga" / "yoga_by_state_month.csv"
VIEWS = DATA / "wikipedia_pageviews"
pytestmark = pytest.mark.skipif(
    not (YOGA.exists() and VIEWS.exists()), reason="shared/data is not there"
)


def by_state() -> tuple[list[str], dict[str, Reals]]:
    with YOGA.open(encoding="utf-8") as file:
        names, _, *rows = list(csv.reader(file))
    months = [row[0] for row in rows if row]
    columns = zip(*([float(cell) for cell in row[1:]] for row in rows if row), strict=True)
    return months, {name: np.array(cells) for name, cells in zip(names[1:], columns, strict=True)}


def daily(name: str) -> tuple[list[str], Reals]:
    with (VIEWS / f"example_{name}.csv").open(encoding="utf-8") as file:
        rows = sorted((row["ds"], float(row["y"])) for row in csv.DictReader(file) if row["y"])
    return [day for day, _ in rows], np.array([value for _, value in rows])


def weekly(days: list[str], values: Reals) -> tuple[list[str], Reals]:
    found: dict[str, list[float]] = defaultdict(list)
    for day, value in zip(days, values, strict=True):
        at = date.fromisoformat(day)
        found[(at - timedelta(days=at.weekday())).isoformat()].append(float(value))
    weeks = sorted(found)
    return weeks, np.array([np.nanmean(found[week]) for week in weeks])


def test_january_peaks_and_slow_growth_of_search_interest_raise_nothing() -> None:
    months, states = by_state()
    whole = np.mean(list(states.values()), axis=0)
    assert not index_flags(whole, "month").rising.any()
    flagged = [
        (name, months[at])
        for name, values in states.items()
        for at in first_flags(index_flags(values, "month"))
    ]
    print(f"flagged of {len(states)} states: {flagged}")
    assert len(flagged) <= 0.1 * len(states)
    assert not [values for values in states.values() if flat_runs(values)]


def test_shuffled_search_interest_stays_within_the_budget() -> None:
    _, states = by_state()
    rng = np.random.default_rng(5)
    flagged = periods = 0
    for values in states.values():
        for _ in range(2):
            flagged += int(index_flags(rng.permutation(values), "month").rising.sum())
            periods += len(values)
    print(f"flags in shuffled months: {flagged} of {periods}")
    assert flagged / periods <= 0.01


@pytest.mark.parametrize("name", ["retail_sales", "air_passengers"])
def test_a_strong_season_with_growth_raises_nothing(name: str) -> None:
    _, values = daily(name)
    assert not index_flags(values, "month").rising.any()


def test_implanted_flat_runs_are_named_to_the_day_and_no_trend() -> None:
    days, values = daily("wp_log_R_outliers1")
    found = [(days[first], days[last]) for first, last in flat_runs(values)]
    assert found == [("2010-01-02", "2010-05-31"), ("2010-06-02", "2010-12-31")]
    clean_days, clean = daily("wp_log_R")
    assert flat_runs(clean) == []
    weeks, level = known_weeks(days, np.exp(values))
    rising = {weeks[at] for at in np.flatnonzero(flags_then(level, "week").rising)}
    clean_weeks, clean_level = weekly(clean_days, np.exp(clean))
    print(
        f"rising weeks of the file with errors in 2010: {sorted(w for w in rising if '2010' in w)}"
    )
    assert not {week for week in rising if "2010" <= week < "2011-02"}
    kept = {clean_weeks[at] for at in np.flatnonzero(index_flags(clean_level, "week").rising)}
    assert rising == kept


def known_weeks(days: list[str], views: Reals) -> tuple[list[str], list[Reals]]:
    """Give the weeks as they were known at the end of each, without looking ahead."""
    weeks, _ = weekly(days, views)
    place = {week: at for at, week in enumerate(weeks)}
    begins = [date.fromisoformat(day) for day in days]
    of = [place[(day - timedelta(days=day.weekday())).isoformat()] for day in begins]
    return weeks, known_then(views, of, len(weeks))


def test_rises_of_page_views_are_flagged_before_their_peak() -> None:
    leads = []
    for name in ("wp_log_R", "wp_log_peyton_manning"):
        days, values = daily(name)
        weeks, level = weekly(days, np.exp(values))
        for first in first_flags(index_flags(level, "week")):
            leads.append(periods_to_peak(level, first))
            print(f"{name}: flagged {weeks[first]}, {leads[-1]} weeks before its peak")
    print(f"median lead {np.median(leads)} weeks over {len(leads)} rises")
    assert min(leads) >= 0
    assert np.median(leads) > 0
    days, values = daily("wp_log_R")
    weeks, level = weekly(days, np.exp(values))
    first = first_flags(index_flags(level, "week"))[0]
    ahead = int(np.argmax(level)) - first
    print(f"the long rise was flagged {weeks[first]}, {ahead} weeks before its highest week")
    assert ahead > 52
