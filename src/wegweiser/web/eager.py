"""Coroutines that begin at once: who needs to wait for nothing needs no task."""

import asyncio
from collections.abc import Coroutine, Generator
from typing import Any

_TOLD = object()


def begin(work: Coroutine[Any, None, None]) -> "asyncio.Task[None] | None":
    """Run a coroutine up to where it first has to wait; gives the task of the rest, else None.

    Until then no task is the current one, so that nothing before it may ask for one, as
    `asyncio.timeout` does. Raises what the coroutine raises before it waits.

    >>> async def scenario(seconds):
    ...     async def work():
    ...         if seconds:
    ...             await asyncio.sleep(seconds)
    ...     task = begin(work())
    ...     return None if task is None else await task
    >>> asyncio.run(scenario(0)), asyncio.run(scenario(0.001))
    (None, None)
    """
    try:
        awaited = work.send(None)
    except StopIteration:
        return None
    _mark(awaited, False)
    return asyncio.get_running_loop().create_task(_Begun(work, awaited))


def _mark(awaited: object, is_awaited: bool) -> None:
    """Set what tasks expect of whoever awaits a future; between two tasks it is not set."""
    if asyncio.isfuture(awaited):
        awaited._asyncio_future_blocking = is_awaited


class _Begun(Coroutine[Any, None, None]):
    """A coroutine that waits for something already: a task hears of that first."""

    def __init__(self, work: Coroutine[Any, None, None], awaited: object) -> None:
        self._work = work
        self._awaited = awaited

    def send(self, value: None) -> object:
        """Go on; the first time with what is already waited for."""
        awaited, self._awaited = self._awaited, _TOLD
        if awaited is _TOLD:
            return self._work.send(value)
        _mark(awaited, True)
        return awaited

    def throw(self, *error: Any) -> object:
        """Raise an error where the coroutine waits."""
        self._awaited = _TOLD
        return self._work.throw(*error)

    def close(self) -> None:
        """End the coroutine."""
        self._work.close()

    def __await__(self) -> Generator[Any, None, None]:
        """Wait as part of another coroutine."""
        yield from self._work.__await__()
