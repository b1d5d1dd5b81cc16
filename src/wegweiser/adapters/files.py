"""Plain files: a folder held by one process, documents replaced whole, parcels appended."""

import asyncio
import errno
import fcntl
import os
import socket
from pathlib import Path
from threading import Lock
from types import TracebackType

import msgspec

from wegweiser.ports.channel import Parcel, Receipt
from wegweiser.terms.errors import WegweiserError
from wegweiser.terms.instant import day_of, format_day, format_instant
from wegweiser.terms.json import Json

_DAYS_REMEMBERED = 3


def make_folder(folder: Path) -> None:
    """Create a folder and what leads to it, so that its name survives a power cut."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on stable storage."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_json(path: Path, document: Json, mode: int = 0o644) -> None:
    """Replace a file by a JSON document: readers see the old or the new one, never a part."""
    content = msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)


class LockHeld(WegweiserError):
    """Another process holds the folder; the message says which one and what to do."""


class FolderLock:
    """Holds a folder, by a lock file in it, until released or until the process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle = -1

    def acquire(self) -> None:
        """Take the folder; raises LockHeld at once when somebody else has it."""
        if self._handle >= 0:
            return
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.pread(handle, 200, 0).decode(errors="replace").strip()
            os.close(handle)
            raise LockHeld(
                f"The folder {self._path.parent} is in use by {owner or 'another process'}. "
                "Stop it first, or choose another folder."
            ) from error
        self._handle = handle
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)

    def release(self) -> None:
        """Let others have the folder; once is enough."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __enter__(self) -> "FolderLock":
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


class FileChannel:
    """Appends each parcel once, as one line of JSON, to the file of its UTC day in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = Path(folder)
        self._seen: dict[int, set[str]] = {}
        self._lock = Lock()

    async def hand_over(self, parcel: Parcel) -> Receipt:
        """Append and sync; a parcel id that is in the file already is delivered as it is."""
        return await asyncio.to_thread(self._append, parcel)

    def _append(self, parcel: Parcel) -> Receipt:
        with self._lock:
            try:
                return self._append_once(parcel)
            except OSError as error:
                return Receipt(parcel.parcel_id, "failed", 0, f"file: {error.strerror}")

    def _append_once(self, parcel: Parcel) -> Receipt:
        day = day_of(parcel.at)
        make_folder(self._folder)
        path = self._folder / f"{format_day(day)}.ndjson"
        seen = self._seen_on(day, path)
        if parcel.parcel_id in seen:
            return Receipt(parcel.parcel_id, "delivered", 200, f"already in {path.name}")
        created = not path.exists()
        _append_line(path, _line(parcel))
        if created:
            sync_folder(self._folder)
        seen.add(parcel.parcel_id)
        return Receipt(parcel.parcel_id, "delivered", 200, f"appended to {path.name}")

    def _seen_on(self, day: int, path: Path) -> set[str]:
        if day not in self._seen:
            if len(self._seen) >= _DAYS_REMEMBERED:
                del self._seen[min(self._seen)]
            self._seen[day] = _ids_in(path) if path.exists() else set()
        return self._seen[day]


class _Known(msgspec.Struct):
    id: str


def _line(parcel: Parcel) -> bytes:
    document = {
        "id": parcel.parcel_id,
        "type": parcel.type,
        "timestamp": format_instant(parcel.at),
        "data": parcel.data,
    }
    return msgspec.json.encode(document) + b"\n"


def _ids_in(path: Path) -> set[str]:
    """Read the ids in a file and cut off a last line that a crash left unfinished."""
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(path, whole)
    decode = msgspec.json.Decoder(_Known).decode
    return {decode(line).id for line in content[:whole].splitlines()}


def _append_line(path: Path, line: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        size = os.fstat(handle).st_size
        try:
            if os.write(handle, line) < len(line):
                raise OSError(errno.ENOSPC, "No space left on device")
            os.fdatasync(handle)
        except OSError:
            os.ftruncate(handle, size)
            raise
    finally:
        os.close(handle)
