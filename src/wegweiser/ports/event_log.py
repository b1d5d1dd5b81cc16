"""The event log: an ordered, durable list of records, the only truth."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol


class EventLog(Protocol):
    """Positions rise by one from 1; what `append` returned for is on stable storage."""

    def append(self, payloads: Sequence[bytes]) -> int:
        """Store all payloads in order or none; give the position of the first.

        Blocks until synced. Raises ComeAgain when space is short (nothing was stored) and
        EngineBroken when a sync failed (nothing may be acknowledged any more).
        """

    def append_at_once(self, payloads: Sequence[bytes]) -> int | None:
        """Append as above where that takes no longer than a sync.

        Gives None, and nothing is stored, where more is due or somebody else is at work on the
        log; `append` waits for that.
        """

    def read(self, after: int) -> Iterator[tuple[int, bytes]]:
        """Yield (position, payload) above `after` in order, up to the head at the call."""

    def head(self) -> int:
        """Give the position of the newest record, 0 when empty."""

    def rewrite(self, payloads: Mapping[int, bytes]) -> None:
        """Put other payloads at positions of the log; nothing of the old ones is left on storage.

        Synced; a reader sees the old payload or the new one. Positions that are not there are
        passed over. Raises ComeAgain when space is short or a reader is in the way for long:
        then some of it may be done, and all of it can be done again.
        """

    def trim(self, upto: int) -> None:
        """Forget whole segments of records at or below `upto`."""

    def close(self) -> None:
        """Release files; the log may be opened again."""
