"""When people may be contacted, per jurisdiction: data with a version, to be reviewed by counsel.

These spans are a careful starting point, no legal advice: have the countries that you write to
reviewed by counsel, and keep your own rules where they are stricter (`kind: quiet_hours`).
"""

import msgspec

VERSION = "2026-11-1"
REVIEWED_BY_COUNSEL = False
MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
MONDAY_TO_SATURDAY = (0, 1, 2, 3, 4, 5)
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


class Span(msgspec.Struct, frozen=True):
    """Allowed minutes of the local day, from `opens` up to `closes`, on some days (Monday is 0)."""

    opens: int
    closes: int
    days: tuple[int, ...] = EVERY_DAY


def _span(opens: str, closes: str, days: tuple[int, ...] = EVERY_DAY) -> Span:
    return Span(minute_of(opens), minute_of(closes), days)


def minute_of(text: str) -> int:
    """Read a time of day as minutes; 24:00 is the end of the day.

    >>> minute_of("08:30"), minute_of("24:00")
    (510, 1440)
    """
    hours, colon, minutes = text.partition(":")
    if not (colon and hours.isdigit() and minutes.isdigit() and len(minutes) == 2):
        raise ValueError(f"{text!r} is no time of day such as 08:00")
    minute = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or minute > 24 * 60:
        raise ValueError(f"{text!r} is no time of day such as 08:00")
    return minute


# By country (ISO 3166-1) and channel; a country or channel that is not here has no span of its own.
PACKS: dict[str, dict[str, Span]] = {
    "AT": {"phone": _span("09:00", "18:00", MONDAY_TO_FRIDAY)},
    "AU": {
        "phone": _span("09:00", "20:00", MONDAY_TO_FRIDAY),
        "sms": _span("09:00", "20:00", MONDAY_TO_SATURDAY),
    },
    "BR": {"phone": _span("09:00", "20:00", MONDAY_TO_SATURDAY)},
    "CA": {"phone": _span("10:00", "18:00"), "sms": _span("09:00", "20:00")},
    "CH": {"phone": _span("08:00", "20:00", MONDAY_TO_FRIDAY)},
    "DE": {"phone": _span("09:00", "18:00", MONDAY_TO_FRIDAY)},
    "ES": {"phone": _span("09:00", "20:00", MONDAY_TO_FRIDAY)},
    "FR": {
        "phone": _span("10:00", "20:00", MONDAY_TO_FRIDAY),
        "sms": _span("08:00", "20:00", MONDAY_TO_SATURDAY),
    },
    "GB": {"phone": _span("09:00", "20:00", MONDAY_TO_SATURDAY)},
    "IN": {"phone": _span("10:00", "19:00"), "sms": _span("10:00", "20:00")},
    "IT": {"phone": _span("09:00", "20:00", MONDAY_TO_SATURDAY)},
    "US": {"phone": _span("09:00", "20:00"), "sms": _span("09:00", "20:00")},
}


def strictest(channel: str) -> Span:
    """Give the hours that every pack allows on a channel, for people of unknown country.

    >>> strictest("phone").opens, strictest("phone").closes
    (600, 1080)
    """
    spans = [pack[channel] for pack in PACKS.values() if channel in pack]
    return Span(
        max((span.opens for span in spans), default=0),
        min((span.closes for span in spans), default=24 * 60),
        tuple(day for day in EVERY_DAY if all(day in span.days for span in spans)),
    )


def span_of(country: str, channel: str) -> Span:
    """Give the span of a country (two letters, "" unknown) for a channel; all day without one."""
    if not country:
        return strictest(channel)
    return PACKS.get(country, {}).get(channel, Span(0, 24 * 60))
