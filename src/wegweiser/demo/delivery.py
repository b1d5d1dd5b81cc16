"""How events reach the collector: mostly at once, some late, some twice."""

from collections.abc import Iterator, Sequence
from random import Random

from wegweiser.demo.acts import Send
from wegweiser.demo.chance import log_between
from wegweiser.demo.element import Timed
from wegweiser.terms.instant import HOUR_MS, MINUTE_MS, SECOND_MS, format_instant
from wegweiser.terms.json import JsonObject

LATE_SHARE = 0.05
REPEATED_SHARE = 0.04
LARGEST_BATCH = 100


def deliver(
    luck: Random, events: Sequence[Timed], end: int, *, may_be_late: bool
) -> Iterator[Send]:
    """Draw the deliveries of one browser flush; nothing is lost, nothing comes after `end`."""
    if not events:
        return
    at = events[-1].at + SECOND_MS
    late, again = luck.random() < LATE_SHARE, luck.random() < REPEATED_SHARE
    delay = int(log_between(luck, 2 * HOUR_MS, 120 * HOUR_MS))
    gap = int(log_between(luck, MINUTE_MS, 48 * HOUR_MS))
    if late and may_be_late:
        at = max(at, min(at + delay, end - SECOND_MS))
    yield Send(at, stamped(events, at), trusted=False)
    if again and at + gap < end:
        yield Send(at + gap, stamped(events, at + gap), trusted=False)


def report(events: Sequence[Timed]) -> Iterator[Send]:
    """Deliver what the company's own systems state, at once and in batches."""
    for first in range(0, len(events), LARGEST_BATCH):
        batch = events[first : first + LARGEST_BATCH]
        yield Send(batch[-1].at, stamped(batch, batch[-1].at), trusted=True)


def stamped(events: Sequence[Timed], sent_at: int) -> tuple[JsonObject, ...]:
    """Write the moment of sending on each element."""
    text = format_instant(sent_at)
    return tuple({**event.element, "sentAt": text} for event in events)
