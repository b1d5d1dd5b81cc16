"""Where everything of one workspace lies inside its data folder, closed to other users."""

import os
import stat
from pathlib import Path

OWNER_ONLY_FOLDER = 0o700
OWNER_ONLY_FILE = 0o600


class Folder:
    """The paths of a data folder; `make` creates what is missing."""

    def __init__(self, root: Path):
        self.root = root
        self.log = root / "log"
        self.store = root / "state.db"
        self.archive = root / "archive"
        self.outbox = root / "outbox"
        self.loads = root / "loads"
        self.uploads = root / "uploads"
        self.lock = root / "lock"
        self.server = root / "server.json"
        self.settings = root / "settings.json"
        self.erasure_key = root / "erasure.key"
        self.receipt_key = root / "receipt.key"
        self.tombstones = root / "erased.list"
        self.factor_key = root / "factor.key"

    @property
    def exists(self) -> bool:
        """True when a workspace was made here before."""
        return self.log.is_dir()

    def make(self) -> None:
        """Create the folder and its parts, readable by the owner only."""
        self.root.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        for part in (self.log, self.archive, self.outbox, self.loads, self.uploads):
            part.mkdir(mode=OWNER_ONLY_FOLDER, exist_ok=True)

    def close_to_others(self) -> None:
        """Take the rights of other users away from the folder, its parts and its files.

        What belongs to somebody else is left as it is, and so is a folder that all users share.
        """
        _limit(self.root, OWNER_ONLY_FOLDER)
        for part in (self.log, self.archive, self.outbox, self.loads, self.uploads):
            if part.is_dir():
                _limit(part, OWNER_ONLY_FOLDER)
        # SQLite gives its side files the mode of the database file.
        files = [self.store.with_name(self.store.name + end) for end in ("", "-wal", "-shm")]
        kept = (self.erasure_key, self.receipt_key, self.tombstones, self.factor_key)
        for file in (*files, self.lock, self.server, self.settings, *kept):
            if file.is_file():
                _limit(file, OWNER_ONLY_FILE)


def _limit(path: Path, mode: int) -> None:
    found = path.stat()
    shared = bool(found.st_mode & stat.S_ISVTX)
    if found.st_uid == os.geteuid() and not shared and stat.S_IMODE(found.st_mode) & ~mode:
        path.chmod(stat.S_IMODE(found.st_mode) & mode)
