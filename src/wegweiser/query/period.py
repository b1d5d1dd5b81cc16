"""The stretch of time that a question is about: half-open, in the tenant's zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS, format_instant, parse_instant
from wegweiser.terms.wrong import wrong

FIRST_MS = 0


class Period(msgspec.Struct, frozen=True):
    """Moments from `start` up to, not including, `end` (ms UTC); days are cut in `zone`."""

    start: int
    end: int
    zone: str = "UTC"

    @property
    def days(self) -> float:
        """Give the length in days of 24 hours.

        >>> Period(0, 36 * 3_600_000).days
        1.5
        """
        return (self.end - self.start) / DAY_MS


def read_period(start: str, end: str, as_of: int, zone: str = "UTC") -> Period:
    """Read a period from ISO dates or moments; the end date itself is not in the period.

    An empty `start` means since ever, an empty `end` means up to `as_of`. A date stands for
    its midnight in `zone`, so that days that are 23 or 25 hours long come out whole. Raises
    InputRefused for an unknown zone, an unreadable time, or an end that is not after the start.

    >>> period = read_period("2026-03-29", "2026-03-30", as_of=0, zone="Europe/Berlin")
    >>> period.days * 24
    23.0
    """
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputRefused(
            "bad_zone",
            wrong("unknown_zone", zone=repr(zone)),
            422,
            "zone",
        ) from None
    first = FIRST_MS if not start else _moment(start, place, "from")
    last = as_of + 1 if not end else _moment(end, place, "to")
    if last <= first:
        raise InputRefused(
            "bad_period",
            wrong("backwards", last=format_instant(last), first=format_instant(first)),
            422,
            "to",
        )
    return Period(first, last, zone)


def _moment(text: str, place: ZoneInfo, field: str) -> int:
    try:
        local = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=place)
    except ValueError:
        stated = parse_instant(text)
        if stated is None:
            raise InputRefused("bad_time", wrong("no_date", given=repr(text)), 422, field) from None
        return stated
    return (local - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
