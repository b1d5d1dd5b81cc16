"""The period before: by the calendar of the zone, and changes with honest intervals."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wegweiser
from wegweiser.measure.change.days import whole_days
from wegweiser.measure.change.traffic import change_of_counts, weekday_pairs
from wegweiser.query.earlier import earlier
from wegweiser.query.period import Period, read_period
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import JsonObject
from wegweiser.terms.result import AskedPeriod

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland")
WEEK = (1.3, 1.2, 1.1, 1.1, 1.0, 0.5, 0.4)
DAYS = st.dates(date(2001, 1, 1), date(2030, 1, 1))


@given(DAYS, st.integers(1, 400), st.sampled_from(ZONES))
def test_the_period_before_ends_where_the_period_begins_and_has_as_many_days(
    first: date, days: int, zone: str
) -> None:
    end = first + timedelta(days=days)
    period = read_period(first.isoformat(), end.isoformat(), 0, zone)
    before = earlier(period, "previous")
    assert before.end == period.start
    known = whole_days(AskedPeriod(before.start, before.end, zone))
    assert known == [first - timedelta(days=back) for back in range(days, 0, -1)]


@given(DAYS, st.sampled_from(ZONES))
def test_a_year_ago_is_the_same_day_of_the_calendar(first: date, zone: str) -> None:
    period = read_period(first.isoformat(), (first + timedelta(days=9)).isoformat(), 0, zone)
    began = datetime.fromtimestamp(earlier(period, "year").start / 1000, UTC)
    local = began.astimezone(ZoneInfo(zone))
    assert local.year == first.year - 1
    assert (local.month, min(local.day, 28)) == (first.month, min(first.day, 28))


def test_a_period_that_is_not_over_is_compared_up_to_the_same_hour() -> None:
    now = Period(10 * DAY_MS, 12 * DAY_MS + 6 * 3_600_000)
    before = earlier(now, "previous")
    assert (before.start, before.end) == (7 * DAY_MS, 9 * DAY_MS + 6 * 3_600_000)


def test_what_has_no_beginning_has_no_period_before() -> None:
    with pytest.raises(InputRefused, match="--from"):
        earlier(Period(0, DAY_MS), "previous")


def draw(mean: np.ndarray, dispersion: float, chance: np.random.Generator) -> list[int]:
    """Draw counts whose variance is `dispersion` times their mean."""
    if dispersion == 1:
        return [int(count) for count in chance.poisson(mean)]
    counts = chance.negative_binomial(mean / (dispersion - 1), 1 / dispersion)
    return [int(count) for count in counts]


def coverage(weeks: int, mean: float, dispersion: float, repeats: int) -> float:
    """Give how often the interval of a change of 20 % covers it."""
    chance = np.random.default_rng(6)
    level = mean * np.tile(np.array(WEEK), weeks)
    covered = 0
    for _ in range(repeats):
        now, before = draw(level * 1.2, dispersion, chance), draw(level, dispersion, chance)
        found = change_of_counts(list(zip(now, before, strict=True)))
        assert found is not None
        covered += found.low <= 0.2 <= found.high
    return covered / repeats


@pytest.mark.parametrize(("weeks", "mean", "dispersion"), [(2, 60, 4), (4, 60, 3), (4, 30, 2)])
def test_the_interval_of_a_change_covers_it(weeks: int, mean: float, dispersion: float) -> None:
    assert 0.91 <= coverage(weeks, mean, dispersion, 300) <= 0.99


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("weeks", "mean", "dispersion"), [(1, 100, 3), (2, 60, 4), (4, 60, 3), (4, 30, 2), (8, 20, 5)]
)
def test_the_interval_of_a_change_covers_it_in_many(
    weeks: int, mean: float, dispersion: float
) -> None:
    assert 0.93 <= coverage(weeks, mean, dispersion, 2_000) <= 0.97


COUNTS = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=30)


@given(COUNTS)
def test_a_change_turns_round_with_its_periods(pairs: Sequence[tuple[int, int]]) -> None:
    there = change_of_counts(pairs)
    back = change_of_counts([(before, now) for now, before in pairs])
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert there.low <= there.estimate <= there.high
        assert (1 + there.low) * (1 + back.high) == pytest.approx(1)


@given(COUNTS)
def test_a_change_does_not_depend_on_the_order_of_days(pairs: list[tuple[int, int]]) -> None:
    found, turned = change_of_counts(pairs), change_of_counts(pairs[::-1])
    assert (found is None) == (turned is None)
    if found is not None and turned is not None:
        assert turned.high == pytest.approx(found.high)


def test_weekdays_are_paired_with_their_like() -> None:
    monday = date(2026, 11, 2)
    now = {monday + timedelta(days=at): 100 + at for at in range(9)}
    before = {monday - timedelta(days=9) + timedelta(days=at): at for at in range(9)}
    pairs = weekday_pairs(now, before)
    days = {count: day.weekday() for day, count in [*now.items(), *before.items()]}
    assert len(pairs) == 7
    assert all(days[one] == days[other] for one, other in pairs)


def views(day: int, many: int) -> list[JsonObject]:
    return [
        {
            "type": "page",
            "userId": f"u-{person}",
            "messageId": f"m-{day}-{person}",
            "name": "Page",
            "timestamp": f"2025-03-{day:02}T09:00:00Z",
        }
        for person in range(many)
    ]


def test_a_measure_says_what_changed_and_knows_quiet_days() -> None:
    with wegweiser.open() as workspace:
        # On three days of the first fortnight nobody came at all.
        for day in range(1, 29):
            many = 0 if day in (1, 8, 14) else 6 + day % 3 if day < 15 else 10 + day % 3
            workspace.load(views(day, many), source="site")
        asked = {"from": "2025-03-15", "to": "2025-03-29", "compare": "previous"}
        answer = workspace.measure("web.visits", **asked)
        both = workspace.measure("message.goals", **asked)
    assert answer.compared is not None
    changes = {one.name: one for one in answer.compared.changes}
    visits = changes["web.visits.visits"]
    before = sum(6 + day % 3 for day in range(1, 15) if day not in (1, 8, 14))
    assert (visits.now, visits.before) == (sum(10 + day % 3 for day in range(15, 29)), before)
    assert visits.estimate == pytest.approx(visits.now / visits.before - 1)
    assert visits.low is not None
    assert visits.sentence["de"].endswith("in 19 von 20 Fällen).")
    assert "Im Zeitraum davor" in visits.sentence["de"]
    # People who came on two days are one person: their sum over days is no figure.
    assert changes["web.visits.visitors"].estimate is None
    assert answer.fresh_until <= answer.as_of < answer.fresh_until + 60_000
    assert both.compared is not None
    assert both.compared.changes == ()


def test_an_unknown_comparison_is_refused() -> None:
    with wegweiser.open() as workspace, pytest.raises(InputRefused, match="previous, year"):
        workspace.measure("web.visits", compare="decade")
