"""What runs again and again: checkpoints, archive, learning, sending."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from wegweiser.terms.errors import ComeAgain

_log = logging.getLogger(__name__)


class Job(msgspec.Struct, frozen=True):
    """One job and the pause in seconds between its runs."""

    name: str
    every_s: float
    run: Callable[[], Awaitable[None]]


class Clockwork:
    """Runs each job in a task of its own; a run that fails is told and tried again."""

    def __init__(self, jobs: Sequence[Job]):
        self._jobs = jobs
        self._tasks: list[asyncio.Task[None]] = []
        self.failures: dict[str, int] = {}

    @property
    def running(self) -> bool:
        """True between start and stop."""
        return bool(self._tasks)

    def start(self) -> None:
        """Begin all jobs."""
        self._tasks = [asyncio.create_task(self._repeat(job), name=job.name) for job in self._jobs]

    async def stop(self) -> None:
        """End all jobs and wait for their end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _repeat(self, job: Job) -> None:
        while True:
            await asyncio.sleep(job.every_s)
            try:
                await job.run()
            except ComeAgain as full:
                self._count(job)
                _log.warning("%s waits: %s", job.name, full.reason)
            except Exception:  # noqa: BLE001 - a job must run again whatever happened
                self._count(job)
                _log.exception("%s failed and will be tried again", job.name)

    def _count(self, job: Job) -> None:
        self.failures[job.name] = self.failures.get(job.name, 0) + 1
