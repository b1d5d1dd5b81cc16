"""What is remembered of the newest requests: numbers only, so that a look at them reads little."""

from collections import deque
from collections.abc import Iterable, Iterator

import msgspec

from wegweiser.terms.record import Collected

MOST_RECORDS = 2_000
MOST_BYTES = 8_000_000


class Glance(msgspec.Struct, frozen=True):
    """One request in the log as it came; what became of its elements is asked elsewhere.

    `delays_ms` are those of its events, by index; `emptied` are the events that were erased
    before it was read. `refused` are the indexes of elements that were set aside, `uncounted` how
    many were neither kept nor set aside, and `rejected` those of them that were bad.
    """

    position: int
    size: int
    source_id: str
    at: int
    delays_ms: tuple[int, ...]
    emptied: frozenset[int]
    refused: tuple[int, ...]
    uncounted: int
    rejected: int


def glance_at(position: int, size: int, record: Collected) -> Glance:
    """Keep of a record of `size` bytes what a source's pulse is told from."""
    return Glance(
        position=position,
        size=size,
        source_id=record.source_id,
        at=record.received_at,
        delays_ms=tuple(max(0, record.received_at - one.at) for one in record.events),
        emptied=frozenset(one.index for one in record.erased),
        refused=tuple(one.index for one in record.refused),
        uncounted=record.rejected + record.dropped + record.suppressed,
        rejected=record.rejected,
    )


class Glances:
    """The newest requests, as many as fit into 2,000 records and 8 MB of the log."""

    def __init__(self) -> None:
        self._kept: deque[Glance] = deque()
        self._bytes = 0
        self.upto = 0

    def __iter__(self) -> Iterator[Glance]:
        """Yield them, the oldest first."""
        return iter(self._kept)

    def add(self, newer: Iterable[Glance], upto: int) -> None:
        """Take those above `self.upto` in order of position; the oldest leave when room is short.

        >>> from functools import partial
        >>> from wegweiser.terms.source import Trust
        >>> glances = Glances()
        >>> sized = partial(glance_at, record=Collected(
        ...     received_at=0, source_id="site", trust=Trust.PUBLIC, kind="live"))
        >>> glances.add([sized(1, 3_000_000), sized(2, 4_000_000)], 2)
        >>> glances.add([sized(3, 2_000_000)], 3)
        >>> [one.position for one in glances]
        [2, 3]
        """
        for one in newer:
            self._kept.append(one)
            self._bytes += one.size
        self.upto = max(self.upto, upto)
        while self._kept and (
            self._bytes > MOST_BYTES or self._kept[0].position <= self.upto - MOST_RECORDS
        ):
            self._bytes -= self._kept.popleft().size
