"""Periods are half-open, follow the zone, and say what is wrong with them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.query.period import read_period
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS, HOUR_MS

ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu"])


@given(st.dates(date(1980, 1, 1), date(2090, 1, 1)), ZONES)
def test_neighbouring_days_meet_without_gap_or_overlap(day: date, zone: str) -> None:
    days = [(day + timedelta(days=passed)).isoformat() for passed in range(3)]
    first = read_period(days[0], days[1], 0, zone)
    second = read_period(days[1], days[2], 0, zone)
    assert first.end == second.start
    assert 22 <= first.days * 24 <= 26


def test_nothing_stated_is_everything_known() -> None:
    period = read_period("", "", as_of=5 * DAY_MS)
    assert (period.start, period.end) == (0, 5 * DAY_MS + 1)


def test_moments_may_be_stated() -> None:
    period = read_period("1970-01-01T01:00:00Z", "1970-01-01T02:00:00Z", 0)
    assert (period.start, period.end) == (HOUR_MS, 2 * HOUR_MS)


@pytest.mark.parametrize(
    ("start", "end", "zone", "code"),
    [
        ("2026-01-02", "2026-01-02", "UTC", "bad_period"),
        ("yesterday", "", "UTC", "bad_time"),
        ("2026-02-30", "", "UTC", "bad_time"),
        ("", "", "Europe/Nowhere", "bad_zone"),
        ("", "", "../etc/passwd", "bad_zone"),
        ("", "", "", "bad_zone"),
    ],
)
def test_what_is_wrong_is_said(start: str, end: str, zone: str, code: str) -> None:
    with pytest.raises(InputRefused) as refused:
        read_period(start, end, DAY_MS, zone)
    assert refused.value.code == code
