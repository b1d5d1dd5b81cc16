"""When a person may be contacted: local hours in all zones where that person may be."""

from datetime import timedelta
from functools import lru_cache

from wegweiser.decide.block import Block
from wegweiser.decide.calendar import local_day, local_moment, zone_of
from wegweiser.decide.country_zones import zones_of
from wegweiser.decide.quiet_packs import EVERY_DAY, VERSION, Span, minute_of, span_of
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.policy import QuietHours

# How far ahead an opening is looked for; a fortnight has every weekday twice.
_AHEAD_DAYS = 14
ZONE_UNKNOWN = "zone_unknown"
QUIET = "quiet_hours"

Interval = tuple[int, int]


def quiet(rules: QuietHours, channel: str, zone: str, country: str, as_of: int) -> Block | None:
    """Give what keeps an outbound channel quiet at a moment (ms), None where it may speak.

    A zone that is unknown is every main zone of the country; a country that is unknown has the
    strictest pack.

    >>> rules = QuietHours(enabled=True)
    >>> night = 1_795_302_000_000  # 2026-11-21T23:00Z
    >>> quiet(rules, "email", "Europe/Berlin", "DE", night).until - night == 8 * 3_600_000
    True
    >>> quiet(rules, "email", "", "AQ", night).reason, quiet(rules, "web", "", "", night)
    ('zone_unknown', None)
    """
    if not rules.enabled or channel not in rules.channels:
        return None
    known = country.upper()
    zones = (zone,) if zone_of(zone) else zones_of(known or rules.country)
    if not zones:
        return Block(ZONE_UNKNOWN, 1, spares="urgent", detail=known)
    span = _allowed(rules, known, channel)
    until = opens_at(zones, span, as_of)
    if until == as_of:
        return None
    detail = f"{','.join(zones[:3])} {_written(span)} pack {VERSION}"
    return Block(QUIET if until else ZONE_UNKNOWN, 1, until, spares="urgent", detail=detail)


def _allowed(rules: QuietHours, country: str, channel: str) -> Span:
    opens, _, closes = rules.allowed.partition("-")
    own = Span(minute_of(opens), minute_of(closes), EVERY_DAY)
    if not rules.packs:
        return own
    law = span_of(country, channel)
    return Span(max(own.opens, law.opens), min(own.closes, law.closes), law.days)


def _written(span: Span) -> str:
    return (
        f"{span.opens // 60:02d}:{span.opens % 60:02d}-"
        f"{span.closes // 60:02d}:{span.closes % 60:02d}"
    )


def opens_at(zones: tuple[str, ...], span: Span, as_of: int) -> int | None:
    """Give the first moment (ms) from `as_of` on that is allowed in all zones; None if none is."""
    day = as_of // DAY_MS
    for begins, ends in _open_together(zones, span, day):
        if as_of < ends:
            return max(begins, as_of)
    return None


@lru_cache(maxsize=4_096)
def _open_together(zones: tuple[str, ...], span: Span, day: int) -> tuple[Interval, ...]:
    """Give the intervals (ms) that are allowed in all zones, around and after a UTC day."""
    shared: list[Interval] | None = None
    for name in zones:
        own = _open_in(name, span, day)
        shared = own if shared is None else _both(shared, own)
    return tuple(shared or ())


def _open_in(name: str, span: Span, day: int) -> list[Interval]:
    zone = zone_of(name)
    if zone is None or span.opens >= span.closes:
        return []
    first = local_day(day * DAY_MS, zone) - timedelta(days=1)
    days = (first + timedelta(days=number) for number in range(_AHEAD_DAYS + 2))
    return [
        (local_moment(one, span.opens, zone), local_moment(one, span.closes, zone))
        for one in days
        if one.weekday() in span.days
    ]


def _both(left: list[Interval], right: list[Interval]) -> list[Interval]:
    return sorted(
        (max(a, c), min(b, d)) for a, b in left for c, d in right if max(a, c) < min(b, d)
    )
