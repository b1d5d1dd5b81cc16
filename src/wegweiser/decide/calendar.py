"""Local days, weeks and months as moments, over every change of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=1_024)
def zone_of(name: str) -> ZoneInfo | None:
    """Find a zone by its IANA name; None where there is none.

    >>> zone_of("Europe/Berlin").key, zone_of("Mars/Olympus")
    ('Europe/Berlin', None)
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # A name that is no file name at all raises what the file system says.
        return None


def local_moment(day: date, minute: int, zone: ZoneInfo) -> int:
    """Give the moment (ms) of a minute of a local day; 1440 is the end of it.

    A local time that does not exist moves forward, one that exists twice is the later one.

    >>> berlin = ZoneInfo("Europe/Berlin")
    >>> hour = lambda at: at // 3_600_000 % 24
    >>> hour(local_moment(date(2027, 3, 28), 150, berlin))  # 02:30 does not exist
    1
    >>> hour(local_moment(date(2027, 10, 31), 150, berlin))  # 02:30 exists twice
    1
    """
    whole = datetime.combine(day, time.min) + timedelta(minutes=minute)
    early = whole.replace(tzinfo=zone, fold=0)
    late = whole.replace(tzinfo=zone, fold=1)
    missing = early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != whole
    # In a gap the offset from before it leads behind it.
    return round((early if missing else late).timestamp() * 1000)


def local_day(at: int, zone: ZoneInfo) -> date:
    """Give the local day of a moment (ms)."""
    return datetime.fromtimestamp(at / 1000, zone).date()


def beginning(calendar: str, zone: str, as_of: int) -> int:
    """Give the last moment (ms) before the local day, week (Monday) or month of `as_of`."""
    there = zone_of(zone) or ZoneInfo("UTC")
    return local_moment(_first_day(calendar, local_day(as_of, there)), 0, there) - 1


def next_beginning(calendar: str, zone: str, as_of: int) -> int:
    """Give the moment (ms) at which the next local day, week or month begins."""
    there = zone_of(zone) or ZoneInfo("UTC")
    first = _first_day(calendar, local_day(as_of, there))
    if calendar == "month":
        following = _first_day("month", first + timedelta(days=31))
    else:
        following = first + timedelta(days=7 if calendar == "week" else 1)
    return local_moment(following, 0, there)


def _first_day(calendar: str, day: date) -> date:
    if calendar == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if calendar == "month" else day
