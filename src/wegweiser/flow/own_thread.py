"""A thread of its own for foreign code that may block, and that nobody waits for at the end."""

import asyncio
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")
Task = Callable[[], None]


class OwnThread:
    """Runs one call after another; a call that never returns holds up neither loop nor exit."""

    def __init__(self, name: str):
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        # A daemon: the end of the process does not wait for it.
        Thread(target=self._work, name=name, daemon=True).start()

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            task()

    async def run(self, work: Callable[[], T]) -> T:
        """Run a call in the thread and give its result, or raise what it raised."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def told(result: T | None, error: Exception | None) -> None:
            if done.cancelled():
                return
            if error is not None:
                done.set_exception(error)
            else:
                done.set_result(result)  # type: ignore[arg-type]

        def task() -> None:
            result: T | None = None
            failed: Exception | None = None
            try:
                result = work()
            except SystemExit as error:
                # Foreign code may end itself, but nobody else.
                failed = RuntimeError(f"it ended with {error.code}")
            except Exception as error:  # noqa: BLE001 - handed to whoever asked
                failed = error
            if not loop.is_closed():
                loop.call_soon_threadsafe(told, result, failed)

        self._tasks.put(task)
        return await done

    def end(self) -> None:
        """Let the thread end after its present call."""
        self._tasks.put(None)
