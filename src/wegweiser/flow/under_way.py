"""Decisions on their way: who asks the same meanwhile waits for the one answer."""

import asyncio
from functools import partial

from wegweiser.flow.unfolded import Landing
from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import ComeAgain

Key = tuple[str, str]
_CUT_OFF = "the same request was cut off on its way"


class UnderWay:
    """Knows by source and request id what is being decided, up to when the fold has it."""

    def __init__(self) -> None:
        self._running: dict[Key, asyncio.Future[Decision]] = {}
        self._alone: set[Key] = set()

    def __contains__(self, key: Key) -> bool:
        return key in self._running

    async def of(self, key: Key) -> Decision | None:
        """Wait for what is decided about a request; None where nothing is. Raises what it does."""
        running = self._running.get(key)
        return None if running is None else await asyncio.shield(running)

    def begin(self, key: Key) -> None:
        """Know of a request from now on."""
        self._running[key] = asyncio.get_running_loop().create_future()

    def decided(self, key: Key, decision: Decision, landing: Landing | None) -> None:
        """Tell who waits; the next who ask find the decision here until it has landed."""
        self._running[key].set_result(decision)
        if landing is None:
            del self._running[key]
        else:
            landing.add_done_callback(partial(self._landed, key))

    def failed(self, key: Key, error: BaseException) -> None:
        """Tell who waits that there is no decision; whoever asks again begins anew.

        Nothing, where somebody else took over.
        """
        if key in self._alone:
            return
        self._tell(key, error)

    def _tell(self, key: Key, error: BaseException) -> None:
        running = self._running.pop(key)
        cut_off = isinstance(error, asyncio.CancelledError)
        running.set_exception(ComeAgain(_CUT_OFF, 1) if cut_off else error)
        running.exception()

    def left_alone(self, key: Key, decision: Decision, landing: Landing) -> None:
        """Take over from an asker who is gone while the record was on its way to the disk."""
        self._alone.add(key)
        landing.add_done_callback(partial(self._landed_alone, key, decision))

    def _landed(self, key: Key, landing: Landing) -> None:
        if error_of(landing) is None:
            self._running.pop(key, None)

    def _landed_alone(self, key: Key, decision: Decision, landing: Landing) -> None:
        self._alone.remove(key)
        if (error := error_of(landing)) is not None:
            self._tell(key, error)
        else:
            self._running.pop(key).set_result(decision)


def error_of(landing: Landing) -> BaseException | None:
    """Give why nothing more becomes of a record in this process; None of one that is folded."""
    return None if landing.cancelled() else landing.exception()
