"""How a source does: when it was last heard, how much it sends, how late, what is refused."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median
from types import MappingProxyType

import msgspec

from wegweiser.terms.instant import HOUR_MS, MINUTE_MS

WINDOW_MS = 60 * MINUTE_MS
HOURS = 24
# Silence is told only where a source was heard so often that a usual pause is known.
LEAST_PAUSES = 5
LEAST_SILENCE_MS = 5 * MINUTE_MS
SILENCE_FACTOR = 10


class Heard(msgspec.Struct, frozen=True):
    """One request of a source: when it came, what was in it, and how late its events were."""

    at: int
    elements: int
    refused: int
    delays_ms: tuple[int, ...] = ()


class Hour(msgspec.Struct, frozen=True):
    """What a source sent in the hour that begins at `at` (ms UTC)."""

    at: int
    elements: int
    refused: int


class Pulse(msgspec.Struct, frozen=True):
    """The state of a source over the requests that were looked at.

    `persons` are the newest people that were looked at, and `known` those who have a name.
    `per_minute` counts elements of the last hour (or since the first request, if that is less);
    `delay_ms` is the median between event and receipt; `usual_ms` the median pause between two
    requests, None where there are too few of them. `hours` are those of the last day in which it
    was heard, the oldest first.
    """

    last_at: int
    elements: int
    per_minute: float
    delay_ms: int | None
    refused: int
    persons: int
    known: int
    usual_ms: int | None = None
    late: bool = False
    hours: tuple[Hour, ...] = ()


def pulse_of(
    heard: Sequence[Heard], now: int, people: Mapping[str, bool] = MappingProxyType({})
) -> Pulse:
    """Sum up the requests of one source, in any order; there is at least one.

    `people` says of each of its newest people whether a name is known.

    >>> rows = [Heard(at=60_000 * minute, elements=2, refused=1) for minute in range(10)]
    >>> pulse = pulse_of(rows, 60_000 * 40)
    >>> pulse.elements, pulse.refused, pulse.usual_ms, pulse.late
    (20, 10, 60000, True)
    """
    times = sorted(one.at for one in heard)
    pauses = [later - earlier for earlier, later in pairwise(times)]
    usual = round(median(pauses)) if len(pauses) >= LEAST_PAUSES else None
    since = max(now - WINDOW_MS, times[0])
    recent = sum(one.elements for one in heard if one.at >= since)
    delays = [delay for one in heard for delay in one.delays_ms]
    return Pulse(
        last_at=times[-1],
        elements=sum(one.elements for one in heard),
        per_minute=recent / max(1.0, (now - since) / MINUTE_MS),
        delay_ms=round(median(delays)) if delays else None,
        refused=sum(one.refused for one in heard),
        persons=len(people),
        known=sum(people.values()),
        usual_ms=usual,
        late=_is_late(now - times[-1], usual),
        hours=_hours(heard, now),
    )


def _hours(heard: Sequence[Heard], now: int) -> tuple[Hour, ...]:
    elements, refused = Counter[int](), Counter[int]()
    for one in heard:
        elements[one.at // HOUR_MS] += one.elements
        refused[one.at // HOUR_MS] += one.refused
    since = now // HOUR_MS - HOURS
    return tuple(
        Hour(hour * HOUR_MS, elements[hour], refused[hour])
        for hour in sorted(elements)
        if hour > since
    )


def _is_late(silent_ms: int, usual_ms: int | None) -> bool:
    if usual_ms is None:
        return False
    return silent_ms > max(LEAST_SILENCE_MS, SILENCE_FACTOR * usual_ms)
