"""Who holds a data folder: the lock, and the address that a server leaves in it."""

import os
from pathlib import Path

import msgspec

from wegweiser.adapters.files import FolderLock, LockHeld, write_json
from wegweiser.terms.errors import WegweiserError
from wegweiser.workspace.folder import Folder


class FolderUnusable(WegweiserError):
    """The data folder cannot be used; the message says why and what to do."""


class FolderBusy(FolderUnusable):
    """Another process holds the data folder."""


class Presence(msgspec.Struct, frozen=True):
    """Where a server listens, the token for its admin routes, and its process id."""

    address: str
    token: str
    pid: int


def read_presence(root: Path) -> Presence | None:
    """Read what a server left in the folder; None when nothing readable is there."""
    path = Folder(root).server
    try:
        return msgspec.json.decode(path.read_bytes(), type=Presence)
    except (OSError, msgspec.DecodeError):
        return None


def leave_presence(root: Path, presence: Presence) -> None:
    """Leave address and token for commands of the same user."""
    write_json(Folder(root).server, msgspec.to_builtins(presence), mode=0o600)


def remove_presence(root: Path) -> None:
    """Take address and token away again."""
    Folder(root).server.unlink(missing_ok=True)


def take_folder(root: Path) -> FolderLock:
    """Make the folder if need be, close it to other users and lock it.

    From now on this process makes all its files for their owner only (umask): the engines make
    theirs at any time. Raises FolderBusy when another process holds the folder.
    """
    os.umask(0o077)
    folder = Folder(root)
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock = FolderLock(folder.lock)
        lock.acquire()
        _close(folder, lock)
    except LockHeld as held:
        raise FolderBusy(str(held)) from held
    except OSError as error:
        raise FolderUnusable(f"The folder {root} cannot be used: {error.strerror}.") from error
    return lock


def _close(folder: Folder, lock: FolderLock) -> None:
    try:
        folder.close_to_others()
    except BaseException:
        lock.release()
        raise
