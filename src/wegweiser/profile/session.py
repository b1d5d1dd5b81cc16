"""Sessions: intervals of activity, joined when the gap between them is short."""

from bisect import bisect_left
from collections.abc import Iterable

from wegweiser.terms.event import Event
from wegweiser.terms.instant import HOUR_MS, MINUTE_MS

JOIN_GAP_MS = 30 * MINUTE_MS
LONGEST_DWELL_MS = 4 * HOUR_MS
ENGAGED_TIME = "Engaged Time"

Interval = tuple[int, int]


def dwell_ms(event: Event) -> int:
    """Give how long an event says that somebody stayed, at most four hours.

    >>> dwell_ms(Event(type="track", message_id="m", at=0, event=ENGAGED_TIME,
    ...                properties={"seconds": 30}))
    30000
    """
    if event.event != ENGAGED_TIME:
        return 0
    seconds = event.properties.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return 0
    # A comparison that NaN fails keeps it out as well.
    return min(int(seconds * 1000), LONGEST_DWELL_MS) if 0 < seconds < 1e9 else 0


def add_interval(intervals: list[Interval], start: int, end: int) -> None:
    """Join one interval into a sorted list of separate ones, in place.

    >>> day = [(0, 10)]
    >>> add_interval(day, JOIN_GAP_MS, JOIN_GAP_MS + 5); day
    [(0, 1800005)]
    """
    if intervals:
        last_start, last_end = intervals[-1]
        if last_start <= start <= last_end + JOIN_GAP_MS:
            if end > last_end:
                intervals[-1] = (last_start, end)
            return
    first = bisect_left(intervals, start - JOIN_GAP_MS, key=lambda interval: interval[1])
    after = first
    while after < len(intervals) and intervals[after][0] <= end + JOIN_GAP_MS:
        start, end = min(start, intervals[after][0]), max(end, intervals[after][1])
        after += 1
    intervals[first:after] = [(start, end)]


def merge_intervals(*parts: Iterable[Interval]) -> list[Interval]:
    """Join sorted lists of intervals of the same or of different cells into one list."""
    joined: list[Interval] = []
    for start, end in sorted(interval for part in parts for interval in part):
        if joined and start <= joined[-1][1] + JOIN_GAP_MS:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
