"""Moments as whole milliseconds since 1970 in UTC, and their text forms."""

import re
from datetime import UTC, datetime, timedelta, timezone

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
YEAR_2000_MS = 946_684_800_000
YEAR_2100_MS = 4_102_444_800_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHAPE = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?)?"
    r"\s*([Zz]|[+-]\d\d:?\d\d)?"
)


def format_instant(at_ms: int) -> str:
    """Write a moment as ISO 8601 in UTC with milliseconds.

    >>> format_instant(1795340467000)
    '2026-11-22T09:41:07.000Z'
    """
    moment = _EPOCH + timedelta(milliseconds=at_ms)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at_ms % 1000:03d}Z"


def parse_instant(claim: object) -> int | None:
    """Read a claimed time (ISO 8601 text, or milliseconds as a number); None if unreadable.

    No zone means UTC; offsets beyond ±14:00 and impossible dates are unreadable.

    >>> parse_instant("2020-05-17 12:00") == parse_instant("2020-05-17T14:00:00+02:00")
    True
    >>> parse_instant("2020-02-30T12:00:00Z") is None
    True
    """
    if isinstance(claim, str):
        return _parse_text(claim.strip())
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        return None
    return int(claim) if 1e11 <= claim <= 1e14 else None


def _parse_text(text: str) -> int | None:
    found = _SHAPE.fullmatch(text)
    if found is None or not text.isascii():
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        moment = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=_zone(zone),
        )
    except (ValueError, OverflowError):
        return None
    whole_ms = (moment - _EPOCH) // timedelta(milliseconds=1)
    return whole_ms + int(((fraction or "") + "000")[:3])


def _zone(text: str | None) -> timezone:
    if text is None or text in "Zz":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    if minutes > 14 * 60 or int(text[-2:]) > 59:
        raise ValueError(text)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def day_of(at_ms: int) -> int:
    """Give the UTC day of a moment, counted from 1970-01-01 as day 0."""
    return at_ms // DAY_MS


def format_day(day: int) -> str:
    """Write a day number as an ISO date.

    >>> format_day(0)
    '1970-01-01'
    """
    return (_EPOCH + timedelta(days=day)).strftime("%Y-%m-%d")
