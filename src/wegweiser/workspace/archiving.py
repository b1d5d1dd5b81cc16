"""The archive's upkeep: close behind the log, and in few files, while nobody is kept waiting."""

from wegweiser.flow.archive_pace import ArchivePace
from wegweiser.flow.clockwork import Job
from wegweiser.flow.intake import Intake
from wegweiser.ports.clock import Clock
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.analyst import Analyst

COMPACTION_SECONDS = 15.0


class Archiving:
    """Brings the archive up to the log, and merges its small files when the worker is idle."""

    def __init__(self, intake: Intake, analyst: Analyst, clock: Clock, every_seconds: float):
        self._intake = intake
        self._analyst = analyst
        self._clock = clock
        self.pace = ArchivePace(clock.now_ms())
        self.merged_files = 0
        self.jobs = [
            Job("archive", every_seconds, self.bring),
            Job("compaction", COMPACTION_SECONDS, self._merge_when_idle),
        ]

    async def bring(self) -> None:
        """Bring the archive up to everything acknowledged before this call."""
        began_ms = self._clock.now_ms()
        upto = await self._intake.checkpoint()
        await self._analyst.catch_up(upto)
        self.pace.brought(upto, began_ms)

    async def merge_all(self) -> int:
        """Merge files until none is left that should be; gives how many were merged."""
        before = self.merged_files
        while await self._merge():
            pass
        return self.merged_files - before

    def told(self, head: int) -> JsonObject:
        """Say how far the archive is behind the log's newest position."""
        return {
            "log_position": head,
            "archive_position": self.pace.position,
            "archive_behind_seconds": self.behind_s(head),
            "archive_files_merged": self.merged_files,
        }

    def behind_s(self, head: int) -> float:
        """Give the seconds by which the archive is behind the log's newest position."""
        return self.pace.behind_s(head, self._clock.now_ms())

    async def _merge_when_idle(self) -> None:
        # Steps are short: a report that comes in the middle waits for one of them.
        while not self._analyst.busy and await self._merge():
            pass

    async def _merge(self) -> int:
        merged = await self._analyst.compact()
        self.merged_files += merged
        return merged
