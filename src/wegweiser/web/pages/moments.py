"""Moments of profiles, written as people do."""

from wegweiser.terms.instant import parse_instant
from wegweiser.web.text import Reader


def seen_ago(reader: Reader, written: str | None) -> str:
    """Say how long ago an ISO moment is; empty for none.

    >>> seen_ago(Reader("en", "UTC", 7_200_000), "1970-01-01T00:00:00.000Z")
    '2 hours ago'
    """
    at = None if written is None else parse_instant(written)
    return "" if at is None else reader.ago(at)


def date_of(reader: Reader, written: str | None) -> str:
    """Say the day and time of an ISO moment; empty for none."""
    at = None if written is None else parse_instant(written)
    return "" if at is None else reader.moment(at)
