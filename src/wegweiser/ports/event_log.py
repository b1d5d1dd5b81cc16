"""The event log: an ordered, durable list of records, the only truth."""

from collections.abc import Iterator, Sequence
from typing import Protocol


class EventLog(Protocol):
    """Positions rise by one from 1; what `append` returned for is on stable storage."""

    def append(self, payloads: Sequence[bytes]) -> int:
        """Store all payloads in order or none; give the position of the first.

        Blocks until synced. Raises ComeAgain when space is short (nothing was stored) and
        EngineBroken when a sync failed (nothing may be acknowledged any more).
        """

    def read(self, after: int) -> Iterator[tuple[int, bytes]]:
        """Yield (position, payload) above `after` in order, up to the head at the call."""

    def head(self) -> int:
        """Give the position of the newest record, 0 when empty."""

    def trim(self, upto: int) -> None:
        """Forget whole segments of records at or below `upto`."""

    def close(self) -> None:
        """Release files; the log may be opened again."""
