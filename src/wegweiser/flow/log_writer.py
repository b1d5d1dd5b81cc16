"""Appends to the log: by the loop itself where storage answers at once, else by a thread."""

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from wegweiser.flow.at_once import AtOnce
from wegweiser.ports.event_log import EventLog
from wegweiser.terms.errors import ComeAgain

# The quickest of so many syncs tells what the disk takes, without what held up the others.
SYNCS_REMEMBERED = 64


class LogWriter:
    """One append after the other; knows how long the disk takes."""

    def __init__(self, log: EventLog, in_threads: bool):
        """Engines in memory never block, so that threads would only cost time."""
        self._log = log
        self._thread = ThreadPoolExecutor(1, "log-writer") if in_threads else None
        self._at_once = AtOnce()
        self._syncs_s: deque[float] = deque(maxlen=SYNCS_REMEMBERED)

    @property
    def sync_s(self) -> float:
        """In how many seconds a sync ends at the quickest; 0 before the first."""
        return min(self._syncs_s, default=0.0)

    async def append(self, payloads: Sequence[bytes]) -> int:
        """Store all payloads or none, synced; give the position of the first.

        Without the thread where that holds the loop for hardly longer than the hand-over to it.
        Raises what the log raises.
        """
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        first = self.append_now(payloads)
        if first is None:
            first = await loop.run_in_executor(self._thread, self._log.append, payloads)
        self._syncs_s.append(loop.time() - began_s)
        return first

    def append_now(self, payloads: Sequence[bytes]) -> int | None:
        """Do the same without a thread; None, and nothing is stored, where one should do it."""
        if self._thread is None:
            return self._log.append(payloads)
        time = asyncio.get_running_loop().time
        began_s = time()
        if not self._at_once.may(sum(map(len, payloads)), began_s):
            return None
        try:
            first = self._log.append_at_once(payloads)
        except ComeAgain:
            # What refuses may hold the loop for long before it does.
            self._at_once.took(began_s, time())
            raise
        if first is not None:
            self._at_once.took(began_s, time())
        return first

    def release(self) -> None:
        """End the thread."""
        if self._thread is not None:
            self._thread.shutdown()
