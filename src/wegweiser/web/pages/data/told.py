"""Words of Data: durations, shares, and what an operation gave, read without surprises."""

from datetime import timedelta

from babel import dates

from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import JsonObject
from wegweiser.web.text import Reader


def word_in(row: JsonObject, name: str) -> str:
    """Read a text; empty where there is none."""
    value = row.get(name)
    return value if isinstance(value, str) else ""


def whole_in(row: JsonObject, name: str) -> int:
    """Read a whole number; 0 where there is none."""
    value = row.get(name)
    return value if isinstance(value, int) else 0


def moment_in(row: JsonObject, name: str) -> int | None:
    """Read a moment in ms; None where there is none."""
    return parse_instant(row.get(name)) if row.get(name) else None


def lasting(reader: Reader, duration_ms: int) -> str:
    """Write a duration in the largest unit that fits.

    >>> lasting(Reader("de", "UTC", 0), 120_000)
    '2 Minuten'
    """
    passed = timedelta(milliseconds=duration_ms)
    return dates.format_timedelta(passed, threshold=1, granularity="second", locale=reader.locale)


def ago(reader: Reader, at_ms: int) -> str:
    """Write how long ago a moment is, to the second.

    >>> ago(Reader("en", "UTC", 4_000), 0)
    '4 seconds ago'
    """
    passed = timedelta(milliseconds=max(0, reader.now - at_ms))
    if passed < timedelta(seconds=1):
        return reader.say("just now")
    return dates.format_timedelta(
        -passed, add_direction=True, threshold=1, granularity="second", locale=reader.locale
    )


def share(reader: Reader, part: int, whole: int) -> str:
    """Write a share in per cent; a dash of nothing."""
    return reader.percent(part / whole) if whole else "–"
