"""Periods: every form of the address, and the period before with the same length."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.terms.errors import InputRefused
from wegweiser.web.pages.period import read_span

NOW = int(datetime(2026, 11, 22, 9, 41, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("", date(2026, 10, 23), date(2026, 11, 22)),
        ("7d", date(2026, 11, 15), date(2026, 11, 22)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-10-05..2026-10-05", date(2026, 10, 5), date(2026, 10, 5)),
    ],
)
def test_forms(written: str, first: date, last: date) -> None:
    span = read_span(written, NOW, "UTC")
    assert (span.first, span.last) == (first, last)


@pytest.mark.parametrize(
    "written",
    ["x", "0d", "99999d", "2026-13", "2026-10-05", "2026-10-05..2026-10-01", "9999-12", "0001-01"],
)
def test_what_cannot_be_read_is_refused(written: str) -> None:
    with pytest.raises(InputRefused):
        read_span(written, NOW, "UTC")


@given(st.integers(min_value=1, max_value=3000))
def test_the_period_before_touches_and_has_the_same_length(days: int) -> None:
    span = read_span(f"{days}d", NOW, "Europe/Berlin")
    assert span.before.end == span.first
    assert span.before.days == span.days


def test_an_open_period_is_compared_up_to_the_same_hour() -> None:
    span = read_span("7d", NOW, "UTC")
    assert span.options == {"from": "2026-11-15", "to": "2026-11-23"}
    assert span.options_before == {"from": "2026-11-07", "to": "2026-11-14T09:00:00+00:00"}


def test_a_closed_period_is_compared_with_whole_days() -> None:
    span = read_span("2026-10", NOW, "UTC")
    assert span.options_before == {"from": "2026-08-31", "to": "2026-10-01"}


@given(st.integers(min_value=0, max_value=23))
def test_the_period_before_never_ends_before_it_begins(hour: int) -> None:
    now = int(datetime(2026, 11, 22, hour, tzinfo=UTC).timestamp() * 1000)
    span = read_span("2026-11-22..2026-11-22", now, "UTC")
    assert span.options_before["to"] > span.options_before["from"]


def test_in_the_first_hour_of_a_month_there_is_something_to_compare_with() -> None:
    now = int(datetime(2026, 11, 1, 0, 20, tzinfo=UTC).timestamp() * 1000)
    span = read_span("2026-11", now, "UTC")
    assert span.options_before == {"from": "2026-10-02", "to": "2026-10-02T01:00:00+00:00"}


def test_an_open_period_is_compared_with_the_year_before_up_to_the_same_hour() -> None:
    span = read_span("7d", NOW, "UTC")
    assert span.options_year_before == {"from": "2025-11-15", "to": "2025-11-22T09:00:00+00:00"}
    closed = read_span("2026-10", NOW, "UTC")
    assert closed.options_year_before == {"from": "2025-10-01", "to": "2025-11-01"}


DAYS = st.dates(date(1980, 1, 1), date(2099, 1, 1))
ZONES = st.sampled_from(["UTC", "Pacific/Kiritimati", "Pacific/Niue"])


@given(DAYS, st.integers(min_value=0, max_value=20_000), ZONES)
def test_a_period_has_one_before_also_when_it_lies_ahead(first: date, more: int, zone: str) -> None:
    span = read_span(f"{first}..{first + timedelta(days=more)}", NOW, zone)
    assert span.before.days == span.days
    assert span.options_before["to"] > span.options_before["from"]


@given(st.dates(max_value=date(1899, 12, 31)) | st.dates(min_value=date(2200, 1, 1)))
def test_what_lies_outside_all_moments_is_refused(day: date) -> None:
    with pytest.raises(InputRefused):
        read_span(f"{day}..{day}", NOW, "UTC")
