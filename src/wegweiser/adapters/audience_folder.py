"""Leaves files for receivers in the outbox: each appears whole, under its name, or not at all."""

import asyncio
import os
from pathlib import Path

from wegweiser.adapters.files import make_folder, sync_folder


class AudienceFolder:
    """The folders below an outbox."""

    def __init__(self, outbox: Path):
        self._outbox = outbox

    async def put(self, folder: str, name: str, content: bytes) -> None:
        """Write beside, sync, rename, sync the folder."""
        await asyncio.to_thread(_put, self._outbox / Path(folder).name, Path(name).name, content)

    async def remove(self, folder: str, name: str) -> None:
        """Take a file away; none is as good."""
        path = self._outbox / Path(folder).name / Path(name).name
        await asyncio.to_thread(path.unlink, missing_ok=True)


class MemoryFolder:
    """Files by folder and name, for a workspace without a folder."""

    def __init__(self) -> None:
        self.files: dict[tuple[str, str], bytes] = {}

    async def put(self, folder: str, name: str, content: bytes) -> None:
        """Keep a file."""
        self.files[folder, name] = content

    async def remove(self, folder: str, name: str) -> None:
        """Forget a file."""
        self.files.pop((folder, name), None)


def _put(folder: Path, name: str, content: bytes) -> None:
    make_folder(folder)
    beside = folder / f".{name}.part"
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / name)
    sync_folder(folder)
