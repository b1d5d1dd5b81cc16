"""The period before a period, and the same one a year ago, by the calendar of its zone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from wegweiser.query.period import FIRST_MS, Period
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wrong import wrong

COMPARED = ("previous", "year")


def earlier(period: Period, to: str) -> Period:
    """Give the period to compare with; the clock of the zone decides, so that midnights stay.

    `previous` lies as many calendar days back as the period touches: whole days end where the
    period begins, and one that is not over yet is cut at the same time of day. Raises
    InputRefused for a period without a beginning.

    >>> from wegweiser.query.period import read_period
    >>> from wegweiser.terms.instant import format_instant
    >>> march = read_period("2026-03-15", "2026-04-01", 0, "Europe/Berlin")
    >>> format_instant(earlier(march, "previous").start), format_instant(march.start)
    ('2026-02-25T23:00:00.000Z', '2026-03-14T23:00:00.000Z')
    >>> format_instant(earlier(march, "year").end)
    '2025-03-31T22:00:00.000Z'
    """
    if period.start == FIRST_MS:
        told = wrong("compare_begins")
        raise InputRefused("bad_option", told, 422, "compare")
    place = ZoneInfo(period.zone)
    start, end = _local(period.start, place), _local(period.end, place)
    back: Callable[[datetime], datetime]
    if to == "year":
        back = _year_before
    else:
        days = (end - timedelta(milliseconds=1)).date() - start.date() + timedelta(days=1)

        def back(moment: datetime) -> datetime:
            return moment - days

    return msgspec.structs.replace(
        period, start=_moment(back(start), place), end=_moment(back(end), place)
    )


def _year_before(moment: datetime) -> datetime:
    try:
        return moment.replace(year=moment.year - 1)
    except ValueError:
        return moment.replace(year=moment.year - 1, day=28)


def _local(at_ms: int, place: ZoneInfo) -> datetime:
    moment = datetime.fromtimestamp(at_ms // 1000, UTC) + timedelta(milliseconds=at_ms % 1000)
    return moment.astimezone(place).replace(tzinfo=None)


def _moment(local: datetime, place: ZoneInfo) -> int:
    passed = local.replace(tzinfo=place) - datetime(1970, 1, 1, tzinfo=UTC)
    return passed // timedelta(milliseconds=1)
