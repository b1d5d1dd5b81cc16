"""Makes room in a WAL before it is written: a sync that must also lengthen a file takes longer."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

# A fill holds up who appends, for some five milliseconds, once for hundreds of small commits.
ROOM_BYTES = 2 << 20
# The length of the WAL is looked at so many times per room.
_LOOKS = 16
_FEW_PAGES = 10
# Commits in close order leave gaps of some ten microseconds.
_PATIENCE_S = 1.0
_PAUSE_S = 0.0001


class Room:
    """Lengthens a WAL that grows while it is written; one fill at a time, in a thread of its own.

    A fill is a transaction that is rolled back: its pages go to the WAL since the cache has no
    place for them, the next commits write over them, and the file keeps its length.
    """

    def __init__(self, path: Path, room_bytes: int = ROOM_BYTES) -> None:
        self._path = path
        self._room_bytes = room_bytes
        self._wal = path.with_name(f"{path.name}-wal")
        self._length_bytes = 0
        self._unseen_bytes = 0
        self._thread: Thread | None = None

    @property
    def is_idle(self) -> bool:
        """True while no fill is on its way."""
        return self._thread is None or not self._thread.is_alive()

    def written(self, size_bytes: int) -> None:
        """Take note of a commit of about so many bytes, and fill where the WAL grew with them."""
        self._unseen_bytes += size_bytes
        if self._unseen_bytes * _LOOKS < self._room_bytes or not self.is_idle:
            return
        self._unseen_bytes = 0
        length_bytes = _length_bytes(self._wal)
        if length_bytes > self._length_bytes:
            self._begin()

    def end(self) -> None:
        """Wait for the end of a fill, if there is one."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _begin(self) -> None:
        thread = Thread(target=self._run, name="room", daemon=True)
        with suppress(RuntimeError):  # no thread is to be had: commits lengthen the file themselves
            thread.start()
            self._thread = thread

    def _run(self) -> None:
        # Short of space, or while another program writes: commits do without the room.
        with suppress(sqlite3.Error, OSError):
            _fill(self._path, self._wal, self._room_bytes)
        self._length_bytes = _length_bytes(self._wal)


def _fill(path: Path, wal: Path, room_bytes: int) -> None:
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute(f"PRAGMA cache_size={_FEW_PAGES}")
        _begin_between_commits(connection)
        connection.execute("CREATE TABLE room (filled BLOB)")
        connection.execute("INSERT INTO room VALUES (zeroblob(?))", (room_bytes,))
        # Synced before others write again, who would else wait for all of it.
        with open(wal, "rb+") as file:
            os.fsync(file.fileno())
        connection.execute("ROLLBACK")


def _begin_between_commits(connection: sqlite3.Connection) -> None:
    until_s = monotonic() + _PATIENCE_S
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            if monotonic() >= until_s:
                raise
            sleep(_PAUSE_S)
        else:
            return


def _length_bytes(wal: Path) -> int:
    try:
        return wal.stat().st_size
    except FileNotFoundError:
        return 0
