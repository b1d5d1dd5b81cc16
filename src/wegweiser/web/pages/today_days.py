"""Visitors per day from two answers: the period, and as many days before it."""

from datetime import date

from wegweiser.terms.result import Answer
from wegweiser.web.pages.period import Span
from wegweiser.web.pages.rows import number_in, rows_of, text_in
from wegweiser.web.pages.today_charts import Daily, days_between

SPARK_COLUMNS = ("visitors", "visits", "views")


def daily_of(visits: Answer | None, before: Answer | None, span: Span) -> tuple[Daily, ...]:
    """Pair each whole day of the period with the same day of the period before.

    The present day is left out while others stand beside it: it is not over yet.
    """
    counts, earlier = _by_day(visits), _by_day(before)
    if not counts:
        return ()
    days = [day for day in days_between(span.first, span.end) if day < span.today]
    if not any(day in counts for day in days):
        days = [day for day in days_between(span.first, span.end) if day <= span.today]
    shift = span.first - span.before.first
    return tuple(
        Daily(day, counts.get(day, 0), earlier.get(day - shift, 0) if earlier else None)
        for day in days
    )


def _by_day(answer: Answer | None) -> dict[date, int]:
    return {
        date.fromisoformat(text_in(row, "day")): int(number_in(row, "visitors"))
        for row in rows_of(answer)
    }


def sparks_of(visits: Answer | None) -> dict[str, tuple[float, ...]]:
    """Give the values of the small lines beside the figures, by column."""
    rows = list(rows_of(visits))[-60:]
    return {name: tuple(number_in(row, name) for row in rows) for name in SPARK_COLUMNS}
