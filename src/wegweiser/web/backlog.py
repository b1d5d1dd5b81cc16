"""Work of requests that waits for its turn, so that no round of the event loop is long."""

import asyncio
from collections import deque
from collections.abc import Callable
from time import monotonic

# For so long a round works on requests; whoever else wants the loop waits no longer for them.
ROUND_S = 0.005

Work = Callable[[], None]


class Backlog:
    """Does work at once while a round of the loop has time left, and in order of arrival after it.

    Where many senders are heard in one round, each of them would otherwise make all others wait:
    answers, decisions, syncs and the writing of the derived state.

    >>> async def scenario():
    ...     backlog, done = Backlog(), []
    ...     backlog.add(lambda: done.append("at once"))
    ...     return done, backlog.waited_s
    >>> asyncio.run(scenario())
    (['at once'], 0.0)
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[float, Work]] = deque()
        self._spent_s = 0.0
        self._counting = False

    @property
    def waited_s(self) -> float:
        """For how many seconds the oldest work has waited for its turn; 0 without any."""
        return monotonic() - self._waiting[0][0] if self._waiting else 0.0

    def add(self, work: Work) -> None:
        """Do work now or in a later round; it may not raise."""
        if not self._counting:
            self._counting = True
            asyncio.get_running_loop().call_soon(self._next_round)
        if self._waiting or self._spent_s >= ROUND_S:
            self._waiting.append((monotonic(), work))
        else:
            self._do(work)

    def _do(self, work: Work) -> None:
        began_s = monotonic()
        work()
        self._spent_s += monotonic() - began_s

    def _next_round(self) -> None:
        self._spent_s = 0.0
        while self._waiting and self._spent_s < ROUND_S:
            self._do(self._waiting.popleft()[1])
        self._counting = self._spent_s > 0.0
        if self._counting:
            asyncio.get_running_loop().call_soon(self._next_round)
