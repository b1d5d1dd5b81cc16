"""The line of records that wait for the log: decisions go first, and a group has a limit."""

import asyncio
from collections import deque

import msgspec

from wegweiser.terms.record import Decided, Record, Verdict

# What is synced and folded at once: enough to share a sync, few enough not to hold up the next.
GROUP_BYTES = 512 * 1024


class Landed(msgspec.Struct, frozen=True):
    """A record that is on disk and folded; `record` is what was kept of what was handed in."""

    position: int
    verdict: Verdict
    record: Record


class Waiting(msgspec.Struct):
    """A record with its bytes, and where its sender waits."""

    record: Record
    payload: bytes
    landed: "asyncio.Future[Landed]"


class Line:
    """Records in the order of arrival, but a visitor who waits for a decision goes before all."""

    def __init__(self) -> None:
        self._decided: list[Waiting] = []
        self._others: deque[Waiting] = deque()
        self.size_bytes = 0

    def __bool__(self) -> bool:
        return bool(self._decided or self._others)

    def join(self, waiting: Waiting) -> None:
        """Put a record into the line."""
        (self._decided if isinstance(waiting.record, Decided) else self._others).append(waiting)
        self.size_bytes += len(waiting.payload)

    def take(self, most_bytes: int = GROUP_BYTES) -> list[Waiting]:
        """Take the next group: all decisions, and as many others as fit, at least one."""
        group, self._decided = self._decided, []
        size_bytes = sum(len(waiting.payload) for waiting in group)
        while self._others and (not group or size_bytes < most_bytes):
            waiting = self._others.popleft()
            size_bytes += len(waiting.payload)
            group.append(waiting)
        self.size_bytes -= size_bytes
        return group

    def leave(self) -> list[Waiting]:
        """Take everybody out."""
        return self.take(self.size_bytes + 1)
