"""The engines of a workspace: embedded ones in a folder, or plain memory."""

from pathlib import Path

import msgspec

from wegweiser.adapters.machine import MachineClock
from wegweiser.adapters.memory import MemoryArchive, MemoryEventLog, MemoryStore
from wegweiser.adapters.sqlite_log import SqliteEventLog
from wegweiser.adapters.sqlite_store import SqliteStore
from wegweiser.ports.clock import Clock
from wegweiser.ports.event_log import EventLog
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.settings import Settings
from wegweiser.workspace.folder import Folder


class Engines(msgspec.Struct, frozen=True):
    """What a workspace stands on; `folder` is None in memory, `archive` only used there."""

    log: EventLog
    store: OperationalStore
    clock: Clock
    folder: Folder | None
    archive: MemoryArchive | None = None

    def close(self) -> None:
        """Release all files."""
        self.log.close()
        self.store.close()


def embedded(root: Path, settings: Settings) -> Engines:
    """Open or make the embedded engines of a data folder."""
    folder = Folder(root)
    folder.make()
    return Engines(
        log=SqliteEventLog(folder.log, settings.segment_bytes),
        store=SqliteStore(folder.store),
        clock=MachineClock(),
        folder=folder,
    )


def in_memory(clock: Clock | None = None) -> Engines:
    """Make engines that live as long as the process."""
    return Engines(
        log=MemoryEventLog(),
        store=MemoryStore(),
        clock=clock or MachineClock(),
        folder=None,
        archive=MemoryArchive(),
    )
