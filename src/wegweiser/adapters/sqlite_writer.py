"""One writing SQLite connection whose transactions are on disk when they return."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from wegweiser.adapters.files import sync_folder
from wegweiser.adapters.sqlite_room import ROOM_BYTES, Room
from wegweiser.adapters.sqlite_settler import Settler
from wegweiser.terms.errors import ComeAgain, EngineBroken, WegweiserError

BUSY_TIMEOUT_S = 5.0
_BUSY_PAUSE_S = 0.005
# Each time the last part of it holds up who appends, so that seldom is better than little.
SETTLE_BYTES = 32 << 20
# Whoever settles beside the writer may fall behind by so many times that size.
MOST_BEHIND = 4
_KEPT_WAL_BYTES = 64 << 20

# Both mean that a file could not grow; the second comes from the index beside the WAL.
_NO_SPACE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)


class StorageBusy(ComeAgain):
    """Somebody else is writing to the file."""

    def __init__(self) -> None:
        super().__init__("storage busy", 1)


def judge(error: sqlite3.Error, doing: str) -> WegweiserError:
    """Tell a passing shortage (full disk, busy file) from damage or a failed sync."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    if code in _NO_SPACE:
        return ComeAgain("disk full")
    if _is_busy(error):
        return StorageBusy()
    name = getattr(error, "sqlite_errorname", "SQLITE_ERROR")
    return EngineBroken(f"{doing} failed with {name}: {error}")


def _is_busy(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def connect_reader(path: Path) -> sqlite3.Connection:
    """Open a file for reading only; raises sqlite3.Error when it is absent or unusable."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA cell_size_check=ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


class SqliteWriter:
    """Writes to one file from one thread at a time; after a failed sync it never writes again."""

    def __init__(self, path: Path, settle_bytes: int = SETTLE_BYTES, beside: bool = False) -> None:
        """Open or create the file; raises ComeAgain or EngineBroken.

        After about `settle_bytes` the WAL is moved into the main file; with `beside` most of it
        by another thread, so that a write waits for the rest only.
        """
        self.path = path
        self._settle_bytes = settle_bytes
        self._settler = Settler(path, self._beside_failed) if beside else None
        self._room = Room(path, min(ROOM_BYTES, settle_bytes)) if beside else None
        self._unsettled_bytes = 0
        self._broken = ""
        self._connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare()
            sync_folder(path.parent)
        except sqlite3.Error as error:
            self._connection.close()
            raise judge(error, f"Opening {path.name}") from error
        except OSError as error:
            self._connection.close()
            raise EngineBroken(f"Opening {path.name} failed: {error}") from error

    def _prepare(self) -> None:
        run = self._connection.execute
        run("PRAGMA auto_vacuum=INCREMENTAL")
        run("PRAGMA journal_mode=WAL")
        run("PRAGMA synchronous=FULL")
        run("PRAGMA secure_delete=ON")
        run("PRAGMA cell_size_check=ON")
        run(f"PRAGMA journal_size_limit={_KEPT_WAL_BYTES}")
        # SQLite hides a failed sync of its own checkpoints, so they are made by hand.
        run("PRAGMA wal_autocheckpoint=0")
        # Leftovers of a torn transaction go now, so that two tears never look like damage.
        run("PRAGMA wal_checkpoint(TRUNCATE)")
        # How long a write waits for others is said with each, see `_begin`.
        run("PRAGMA busy_timeout=0")

    def write(
        self,
        work: Callable[[sqlite3.Connection], object],
        size_bytes: int,
        patience_s: float = BUSY_TIMEOUT_S,
    ) -> None:
        """Run `work` in one transaction and sync it; `size_bytes` says roughly how much it is.

        Raises StorageBusy where another program goes on writing for `patience_s`, ComeAgain
        when space is short (nothing was changed), and EngineBroken on any other failure of
        storage, then and ever after.
        """
        if self._broken:
            raise EngineBroken(self._broken)
        try:
            self._begin(patience_s)
            work(self._connection)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._undo()
            raise self._failure(error, "Writing") from error
        except BaseException:
            self._undo()
            raise
        settles = self.settles_after(size_bytes)
        self._unsettled_bytes += size_bytes
        if settles:
            self.settle()
        else:
            self._go_on_beside(size_bytes)

    def _go_on_beside(self, size_bytes: int) -> None:
        """Begin what a thread may do meanwhile."""
        if self._settler is None or self._room is None or not self._settler.is_idle:
            return
        if self._is_due:
            self._settler.begin()
        else:
            self._room.written(size_bytes)

    def _begin(self, patience_s: float) -> None:
        until_s = monotonic() + patience_s
        while True:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                if not _is_busy(error) or monotonic() >= until_s:
                    raise
                sleep(_BUSY_PAUSE_S)
            else:
                return

    def settles_after(self, size_bytes: int) -> bool:
        """Tell whether a write of about this size would itself settle something."""
        after_bytes = self._unsettled_bytes + size_bytes
        if after_bytes < self._settle_bytes or self._settler is None:
            return after_bytes >= self._settle_bytes
        return self._settler.is_done or after_bytes >= MOST_BEHIND * self._settle_bytes

    def settle_soon(self) -> None:
        """Have what is in the WAL moved from the next write on, however little it is."""
        self._unsettled_bytes = max(self._unsettled_bytes, self._settle_bytes)

    @property
    def _is_due(self) -> bool:
        return self._unsettled_bytes >= self._settle_bytes

    def settle(self) -> bool:
        """Move what is in the WAL into the main file; False when it has to stay for now."""
        self._end_beside()
        try:
            busy, frames, moved = self._connection.execute(
                "PRAGMA wal_checkpoint(PASSIVE)"
            ).fetchone()
        except sqlite3.Error as error:
            failure = self._failure(error, "Checkpointing")
            if isinstance(failure, EngineBroken):
                raise failure from error
            # The records are safe in the WAL; the next write tries again.
            return False
        self._unsettled_bytes = 0
        return bool(busy == 0 and frames == moved)

    def scrub(self, rewrite_all: bool = True) -> None:
        """Leave nothing on disk of what was deleted, in the main file or beside it.

        Pages that were split keep copies of rows that moved away, so all of them are written
        anew unless `rewrite_all` is False. Raises ComeAgain when space is short, or while a
        reader keeps the old pages.
        """
        self._end_beside()
        if self._broken:
            raise EngineBroken(self._broken)
        try:
            with self._waiting_for_readers():
                if rewrite_all:
                    self._connection.execute("VACUUM")
                busy, _, _ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            raise self._failure(error, "Scrubbing") from error
        self._unsettled_bytes = 0
        if busy:
            raise ComeAgain("a reader still needs what is to be erased", 1)

    @contextmanager
    def _waiting_for_readers(self) -> Iterator[None]:
        self._connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000:.0f}")
        try:
            yield
        finally:
            self._connection.execute("PRAGMA busy_timeout=0")

    def seal(self) -> None:
        """Close for good, readable without any other file if no reader is in the way."""
        if self.settle():
            try:
                # Whoever waits for an acknowledgement does not wait for a reader as well.
                self._connection.execute("PRAGMA journal_mode=DELETE")
            except sqlite3.Error as error:
                failure = self._failure(error, "Sealing")
                if isinstance(failure, EngineBroken):
                    raise failure from error
                # A reader is in the file or space is short: it stays readable as it is.
        self.close()

    def close(self) -> None:
        """Release the file."""
        self._end_beside()
        self._connection.close()

    def _end_beside(self) -> None:
        if self._room is not None:
            self._room.end()
        if self._settler is not None:
            self._settler.end()

    def _beside_failed(self, error: sqlite3.Error) -> None:
        # What cannot be moved now stays in the WAL, and the next write or run tries again.
        self._failure(error, "Checkpointing")

    def _undo(self) -> None:
        if not self._connection.in_transaction:
            return
        try:
            self._connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            self._broken = f"Rolling back in {self.path.name} failed: {error}"

    def _failure(self, error: sqlite3.Error, doing: str) -> WegweiserError:
        failure = judge(error, f"{doing} {self.path.name}")
        if isinstance(failure, EngineBroken):
            self._broken = str(failure)
        return EngineBroken(self._broken) if self._broken else failure
