"""Counts of an answer by day, for every whole day of its period, also those without any."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from wegweiser.terms.result import Answer, AskedPeriod


def daily_counts(answer: Answer, column: str) -> Mapping[date, int]:
    """Read a column of whole numbers by day; empty where the rows are no days.

    Days that the period holds in part only are left out, days without a row are 0.
    """
    if answer.period is None or answer.columns[:1] != ("day",):
        return {}
    at = answer.columns.index(column)
    found = dict.fromkeys(whole_days(answer.period), 0)
    for row in answer.rows:
        count = row[at]
        if not isinstance(count, int) or isinstance(count, bool):
            return {}
        day = date.fromisoformat(str(row[0]))
        if day in found:
            found[day] += count
    return found


def whole_days(period: AskedPeriod) -> list[date]:
    """List the days of the zone that lie in a period from midnight to midnight.

    >>> [day.day for day in whole_days(AskedPeriod(1, 3 * 86_400_000))]
    [2, 3]
    """
    place = ZoneInfo(period.zone)
    first = datetime.fromtimestamp(period.start / 1000, UTC).astimezone(place).date()
    last = datetime.fromtimestamp(period.end / 1000, UTC).astimezone(place).date()
    days = [first + timedelta(days=passed) for passed in range((last - first).days + 1)]
    return [
        day
        for day in days
        if _midnight(day, place) >= period.start
        and _midnight(day + timedelta(days=1), place) <= period.end
    ]


def _midnight(day: date, place: ZoneInfo) -> int:
    moment = datetime(day.year, day.month, day.day, tzinfo=place)
    return round(moment.timestamp() * 1000)
