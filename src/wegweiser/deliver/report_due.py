"""Says when a report is due, and which days it is about."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from wegweiser.deliver.report_document import Schedule, Weekday

_DAYS_IN_WEEK = 7


def last_due(schedule: Schedule, now: int) -> int:
    """Give the last moment (ms UTC) up to now at which the report was due.

    >>> from wegweiser.terms.instant import format_instant
    >>> weekly = Schedule("week", "07:30", "monday", zone="Europe/Berlin")
    >>> format_instant(last_due(weekly, 1_795_361_026_000))
    '2026-11-16T06:30:00.000Z'
    """
    day = datetime.fromtimestamp(now / 1000, UTC).astimezone(ZoneInfo(schedule.zone)).date()
    while (due := due_on(schedule, day)) is None or due > now:
        day -= timedelta(days=1)
    return due


def next_due(schedule: Schedule, now: int) -> int:
    """Give the next moment (ms UTC) after now at which the report is due."""
    day = datetime.fromtimestamp(now / 1000, UTC).astimezone(ZoneInfo(schedule.zone)).date()
    while (due := due_on(schedule, day)) is None or due <= now:
        day += timedelta(days=1)
    return due


def due_on(schedule: Schedule, day: date) -> int | None:
    """Give the moment (ms UTC) at which the report is due on a day, None when it is not."""
    if schedule.every == "week" and get_args(Weekday)[day.weekday()] != schedule.weekday:
        return None
    if schedule.every == "month" and day.day != schedule.day:
        return None
    hour, minute = schedule.hour_and_minute
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(schedule.zone))
    return round(local.timestamp() * 1000)


def days_of(schedule: Schedule, due: int) -> dict[str, str]:
    """Give the whole days before a due moment that the report is about, as options of a measure.

    A daily report is about the day before, a weekly one about the seven days before, a monthly one
    about the month before.

    >>> days_of(Schedule("month"), 1_795_361_026_000)
    {'from': '2026-10-01', 'to': '2026-11-01', 'zone': 'UTC'}
    """
    end = datetime.fromtimestamp(due / 1000, UTC).astimezone(ZoneInfo(schedule.zone)).date()
    if schedule.every == "month":
        end = end.replace(day=1)
        start = (end - timedelta(days=1)).replace(day=1)
    else:
        days = _DAYS_IN_WEEK if schedule.every == "week" else 1
        start = end - timedelta(days=days)
    return {"from": start.isoformat(), "to": end.isoformat(), "zone": schedule.zone}
