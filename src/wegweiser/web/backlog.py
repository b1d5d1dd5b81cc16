"""Work of requests that waits for its turn, so that no round of the event loop is long."""

import asyncio
from collections import deque
from collections.abc import Callable
from time import monotonic

# For so long a round works on requests; whoever else wants the loop waits no longer for them.
ROUND_S = 0.005
# Bodies that are on their way into the log. More would not be faster, but keep decisions waiting;
# only while a disk syncs, as much more as can be folded meanwhile, or it would be what limits all.
UNDER_WAY_BYTES = 64 * 1024
UNDER_WAY_BYTES_PER_SYNC_S = 16 * 1024 * 1024
LONGEST_SYNC_S = 0.1
# For so long work waits while somebody waits for a decision; then it goes on all the same.
GIVES_WAY_S = 0.02
# The loop wakes up at whole milliseconds.
LEAST_SLEEP_S = 0.001
# When so much waits, nothing more may be added.
FULL_BYTES = 64 * 1024 * 1024

# What is given ends when the work has left the line to the log; None when it never entered it.
Work = Callable[[], "asyncio.Future[object] | None"]


class Backlog:
    """Does work at once while a round of the loop has time left, and in order of arrival after it.

    Where many senders are heard in one round, each of them would otherwise make all others wait:
    answers, decisions, syncs and the writing of the derived state. What waits does so here, before
    it was begun, and not in the line to the log, where decisions would have to wait behind it.

    >>> async def scenario():
    ...     backlog, done = Backlog(), []
    ...     backlog.add(lambda: done.append("at once"), 100)
    ...     return done, backlog.waited_s
    >>> asyncio.run(scenario())
    (['at once'], 0.0)
    """

    def __init__(self, sync_s: Callable[[], float] = lambda: 0.0) -> None:
        """`sync_s` tells in how many seconds the disk of the log syncs."""
        self._sync_s = sync_s
        self._waiting: deque[tuple[float, Work, int]] = deque()
        self._waiting_bytes = 0
        self._under_way_bytes = 0
        self._urgent = 0
        self._spent_s = 0.0
        self._is_round_due = False
        self._clock: asyncio.TimerHandle | None = None

    @property
    def waited_s(self) -> float:
        """For how many seconds the oldest work has waited for its turn; 0 without any."""
        return monotonic() - self._waiting[0][0] if self._waiting else 0.0

    @property
    def is_full(self) -> bool:
        """Tell whether so much waits that nothing more may be added."""
        return self._waiting_bytes >= FULL_BYTES

    def add(self, work: Work, size_bytes: int) -> None:
        """Do work now or in a later round; it may not raise."""
        if self._waiting or not self._may_go_on:
            self._waiting.append((monotonic(), work, size_bytes))
            self._waiting_bytes += size_bytes
            self._set_clock()
        else:
            self._do(work, size_bytes)

    def give_way(self) -> None:
        """Know that somebody waits for a decision, until `go_on`."""
        self._urgent += 1

    def go_on(self) -> None:
        """Know that one of those who waited for a decision has it."""
        self._urgent -= 1
        if self._waiting:
            self._expect_a_round()

    @property
    def _may_go_on(self) -> bool:
        if not self._has_room:
            return False
        return not self._urgent or self.waited_s >= GIVES_WAY_S

    @property
    def _has_room(self) -> bool:
        """Tell whether this round and the line to the log take more; if not, a round follows."""
        if self._spent_s >= ROUND_S:
            return False
        more_bytes = self._under_way_bytes - UNDER_WAY_BYTES
        if more_bytes < 0:
            return True
        return more_bytes < min(self._sync_s(), LONGEST_SYNC_S) * UNDER_WAY_BYTES_PER_SYNC_S

    def _do(self, work: Work, size_bytes: int) -> None:
        began_s = monotonic()
        try:
            leaving = work()
        finally:
            self._spent_s += monotonic() - began_s
            self._expect_a_round()
        if leaving is not None:
            self._under_way_bytes += size_bytes
            leaving.add_done_callback(lambda _: self._left(size_bytes))

    def _left(self, size_bytes: int) -> None:
        self._under_way_bytes -= size_bytes
        if self._waiting:
            self._expect_a_round()

    def _expect_a_round(self) -> None:
        if not self._is_round_due:
            self._is_round_due = True
            asyncio.get_running_loop().call_soon(self._next_round)

    def _next_round(self) -> None:
        self._is_round_due = False
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
        self._spent_s = 0.0
        while self._waiting and self._may_go_on:
            _, work, size_bytes = self._waiting.popleft()
            self._waiting_bytes -= size_bytes
            self._do(work, size_bytes)
        self._set_clock()

    def _set_clock(self) -> None:
        """Look again when the oldest work has given way for long enough."""
        if self._clock is None and self._waiting and self._urgent and self._has_room:
            left_s = max(GIVES_WAY_S - self.waited_s, LEAST_SLEEP_S)
            self._clock = asyncio.get_running_loop().call_later(left_s, self._next_round)
