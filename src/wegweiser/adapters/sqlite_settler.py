"""Moves most of a WAL into its file beside the one who writes, who then waits for little."""

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread


class Settler:
    """One run at a time, in a thread and with a connection of its own.

    The writer ends it before it moves or empties the WAL itself: two that do so at once may lose
    pages in versions of SQLite before 3.51.3 (its release notes: the WAL-reset bug).
    """

    def __init__(self, path: Path, failed: Callable[[sqlite3.Error], object]) -> None:
        """`failed` is told of an error, in that thread."""
        self._path = path
        self._failed = failed
        self._thread: Thread | None = None

    @property
    def is_idle(self) -> bool:
        """True before a run, and after `end`."""
        return self._thread is None

    @property
    def is_done(self) -> bool:
        """True once a run is over that nobody has taken note of."""
        return self._thread is not None and not self._thread.is_alive()

    def begin(self) -> None:
        """Begin a run; where no thread is to be had, the next write tries again."""
        thread = Thread(target=self._run, name="settler", daemon=True)
        with suppress(RuntimeError):
            thread.start()
            self._thread = thread

    def end(self) -> None:
        """Wait for the end of a run, if there is one, and take note of it."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        try:
            with closing(sqlite3.connect(self._path, isolation_level=None)) as connection:
                connection.execute("PRAGMA wal_autocheckpoint=0")
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error as error:
            self._failed(error)
