"""Visitors per day from two answers: the period, and the days that it is compared with."""

from datetime import date, timedelta

import msgspec

from wegweiser.terms.result import Answer
from wegweiser.terms.role import SMALLEST_CELL
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.period import day_a_year_before
from wegweiser.web.pages.rows import number_in, rows_of, text_in
from wegweiser.web.pages.today.charts import Daily, days_between
from wegweiser.web.text import Reader

SPARK_DAYS = 60


def daily_of(visits: Answer | None, before: Answer | None, view: View) -> tuple[Daily, ...]:
    """Pair each whole day of the period with the same day of the time before.

    The present day is left out while others stand beside it: it is not over yet.
    """
    counts, earlier, span = _by_day(visits), _by_day(before), view.span
    if not counts:
        return ()
    days = [day for day in days_between(span.first, span.end) if day < span.today]
    if not any(day in counts for day in days):
        days = [day for day in days_between(span.first, span.end) if day <= span.today]
    return tuple(
        Daily(day, counts.get(day, 0), earlier.get(_day_before(day, view), 0) if earlier else None)
        for day in days
    )


def _day_before(day: date, view: View) -> date:
    """Give the day that a day is compared with."""
    if view.compare == "year":
        return day_a_year_before(day)
    return day - timedelta(days=view.span.days)


def told_days(reader: Reader, days: tuple[Daily, ...]) -> tuple[Daily, ...]:
    """Leave out days of few visitors for who sees counts of ten persons or more only.

    >>> few = Daily(date(2026, 11, 2), 3, None)
    >>> told_days(Reader("en", "UTC", 0, "counts"), (few,)), few in told_days(
    ...     Reader("en", "UTC", 0), (few,))
    ((), True)
    """
    if reader.sight != "counts":
        return days
    return tuple(
        msgspec.structs.replace(one, before=None if _is_few(one.before) else one.before)
        for one in days
        if not _is_few(one.count)
    )


def _is_few(count: int | None) -> bool:
    return count is not None and 0 < count < SMALLEST_CELL


def _by_day(answer: Answer | None) -> dict[date, int]:
    return {
        date.fromisoformat(text_in(row, "day")): int(number_in(row, "visitors"))
        for row in rows_of(answer)
    }


def spark_of(answer: Answer | None, column: str) -> tuple[float, ...]:
    """Give the values of the small line beside a figure."""
    return tuple(number_in(row, column) for row in list(rows_of(answer))[-SPARK_DAYS:])
