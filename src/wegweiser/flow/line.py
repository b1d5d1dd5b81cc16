"""The line of records that wait for the log: who waits for it alone goes first."""

import asyncio
from collections import deque

import msgspec

from wegweiser.terms.errors import ComeAgain
from wegweiser.terms.record import Record, Verdict

# What is synced and folded at once: enough to share a sync, few enough not to hold up the next.
GROUP_BYTES = 512 * 1024


class Landed(msgspec.Struct, frozen=True):
    """A record that is on disk and folded; `record` is what was kept of what was handed in."""

    position: int
    verdict: Verdict
    record: Record


class Waiting(msgspec.Struct):
    """A record with its bytes, and where its sender waits: for the fold, or for the disk alone."""

    record: Record
    payload: bytes
    landed: "asyncio.Future[Landed]"
    synced: "asyncio.Future[None] | None" = None

    def sync(self) -> None:
        """Tell that the record is on disk."""
        if self.synced is not None and not self.synced.done():
            self.synced.set_result(None)

    def land(self, position: int, verdict: Verdict) -> None:
        """Tell that the record is folded."""
        if not self.landed.done():
            self.landed.set_result(Landed(position, verdict, self.record))

    def fail(self, error: ComeAgain) -> None:
        """Tell that nothing more becomes of the record in this process."""
        if self.synced is not None and not self.synced.done():
            self.synced.set_exception(error)
        if not self.landed.done():
            self.landed.set_exception(error)
        if self.synced is not None:
            self.landed.exception()  # whoever waited for the disk alone never asks for it


class Unlanded:
    """Records that were taken and are not folded, in the order of arrival."""

    def __init__(self) -> None:
        self._line: deque[tuple[float, asyncio.Future[Landed]]] = deque()

    def note(self, now_s: float, landed: "asyncio.Future[Landed]") -> None:
        """Know of one more, until it is done."""
        self._forget_landed()
        self._line.append((now_s, landed))

    def waited_s(self, now_s: float) -> float:
        """For how many seconds the oldest of them has waited; 0 without one."""
        self._forget_landed()
        return now_s - self._line[0][0] if self._line else 0.0

    def now(self) -> "set[asyncio.Future[Landed]]":
        """Give what is done once those of now have landed."""
        return {landed for _, landed in self._line if not landed.done()}

    def _forget_landed(self) -> None:
        while self._line and self._line[0][1].done():
            self._line.popleft()


class Line:
    """Records in the order of arrival, but who waits for the disk alone goes before all."""

    def __init__(self) -> None:
        self._urgent: list[Waiting] = []
        self._others: deque[Waiting] = deque()
        self._was_alone = False
        self.size_bytes = 0

    def __bool__(self) -> bool:
        return bool(self._urgent or self._others)

    @property
    def has_urgent(self) -> bool:
        """True while somebody waits for the disk alone."""
        return bool(self._urgent)

    def join(self, waiting: Waiting) -> None:
        """Put a record into the line."""
        (self._others if waiting.synced is None else self._urgent).append(waiting)
        self.size_bytes += len(waiting.payload)

    def take(self, most_bytes: int = GROUP_BYTES, alone: bool = False) -> list[Waiting]:
        """Take the next group: all who go first, and as many others as fit, at least one.

        With `alone` who goes first has every other group for itself.
        """
        group, self._urgent = self._urgent, []
        size_bytes = sum(len(waiting.payload) for waiting in group)
        self._was_alone = alone and bool(group) and not self._was_alone
        while self._others and not self._was_alone and (not group or size_bytes < most_bytes):
            waiting = self._others.popleft()
            size_bytes += len(waiting.payload)
            group.append(waiting)
        self.size_bytes -= size_bytes
        return group

    def take_urgent(self) -> list[Waiting]:
        """Take those who go first, and nobody else."""
        group, self._urgent = self._urgent, []
        self.size_bytes -= sum(len(waiting.payload) for waiting in group)
        return group

    def leave(self) -> list[Waiting]:
        """Take everybody out."""
        return self.take(self.size_bytes + 1)
