"""The event log in SQLite: one file per segment, one row per record, synced per append."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from threading import Lock
from zlib import crc32

from wegweiser.adapters.files import make_folder
from wegweiser.adapters.sqlite_wal import refuse_damaged_wal
from wegweiser.adapters.sqlite_writer import (
    BUSY_TIMEOUT_S,
    SqliteWriter,
    StorageBusy,
    connect_reader,
    judge,
)
from wegweiser.terms.errors import EngineBroken, WegweiserError

SEGMENT_BYTES = 256 << 20
# So long before the end of a segment its WAL is moved, so that little is left to do at the end.
LAST_BYTES = 8 << 20
_SUFFIX = ".log.db"
_ROWS_PER_READ = 64
_ROW_BYTES = 4096

_CREATE = (
    "CREATE TABLE IF NOT EXISTS record "
    "(position INTEGER PRIMARY KEY, crc INTEGER NOT NULL, payload BLOB NOT NULL)"
)
_READ = (
    "SELECT position, crc, payload FROM record "
    "WHERE position > ? AND position <= ? ORDER BY position LIMIT ?"
)
# A place is [position, crc, first byte from 1, bytes].
_APPEND = """
INSERT INTO record (position, crc, payload)
SELECT value ->> 0, value ->> 1, substr(?1, value ->> 2, value ->> 3) FROM json_each(?2)
"""
_LENGTH = "SELECT length(payload) FROM record WHERE position = ?"
_REPLACE = "UPDATE record SET crc = ?, payload = ? WHERE position = ?"
_NEWEST = "SELECT position, crc, payload FROM record ORDER BY position DESC LIMIT 1"


class SqliteEventLog:
    """A log in a folder: one thread appends, any thread or process reads.

    A process that only reads opens it with `read_only=True`, also while another one writes.
    """

    def __init__(
        self, folder: Path, segment_bytes: int = SEGMENT_BYTES, read_only: bool = False
    ) -> None:
        """Open or create; raises EngineBroken when the end of the log is damaged."""
        self._folder = Path(folder)
        self._segment_bytes = segment_bytes
        self._read_only = read_only
        self._writer: SqliteWriter | None = None
        self._written_bytes = 0
        self._broken = ""
        self._lock = Lock()
        if not read_only:
            make_folder(self._folder)
            for path in self._segments()[-1:]:
                refuse_damaged_wal(path)
        self._head = self._stored_head()

    def append(self, payloads: Sequence[bytes]) -> int:
        """Store all payloads in order or none, synced; give the position of the first."""
        with self._lock:
            return self._append(payloads)

    def append_at_once(self, payloads: Sequence[bytes]) -> int | None:
        """Append where nothing but a sync is due; None, and nothing is stored, elsewhere."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            return self._append(payloads, 0.0) if self._is_prompt(payloads) else None
        except StorageBusy:
            return None  # another program, such as one that makes copies, has the file
        finally:
            self._lock.release()

    def _is_prompt(self, payloads: Sequence[bytes]) -> bool:
        """Tell whether an append needs no new segment and settles nothing."""
        if self._writer is None or self._written_bytes >= self._segment_bytes:
            return False
        return not self._writer.settles_after(_size_bytes(payloads))

    def _append(self, payloads: Sequence[bytes], patience_s: float = BUSY_TIMEOUT_S) -> int:
        if self._broken:
            raise EngineBroken(self._broken)
        if self._read_only:
            raise EngineBroken("This log was opened for reading only.")
        first = self._head + 1
        rows = [
            (position, _checksum(position, payload), payload)
            for position, payload in enumerate(payloads, first)
        ]
        try:
            self._write(rows, _size_bytes(payloads), patience_s)
        except EngineBroken as error:
            self._broken = str(error)
            raise
        self._head += len(rows)
        return first

    def read(self, after: int) -> Iterator[tuple[int, bytes]]:
        """Yield (position, payload) above `after` in order, up to the head at the call.

        Raises EngineBroken, naming the position, at the first damaged or missing record.
        """
        head = self.head()
        return self._rows(after, head)

    def head(self) -> int:
        """Give the position of the newest record, 0 when empty."""
        return self._stored_head() if self._read_only else self._head

    def rewrite(self, payloads: Mapping[int, bytes]) -> None:
        """Put other payloads at positions of the log; nothing of the old ones is left on disk.

        A record keeps its length where it can, filled up with blanks, which mean nothing in
        JSON: then its pages stay as they are, and no copy of it is left between others.
        """
        with self._lock:
            if self._read_only:
                raise EngineBroken("This log was opened for reading only.")
            segments = self._segments()
            ends = [*map(_first_of, segments[1:]), self._head + 1]
            for path, end in zip(segments, ends, strict=False):
                part = {at: payloads[at] for at in payloads if _first_of(path) <= at < end}
                if part:
                    self._rewrite_in(path, part)

    def _rewrite_in(self, path: Path, payloads: Mapping[int, bytes]) -> None:
        writer = self._writer
        if writer is not None and writer.path == path:
            _rewrite(writer, payloads)
            return
        sealed = _open_segment(path)
        try:
            _rewrite(sealed, payloads)
        finally:
            sealed.seal()

    def trim(self, upto: int) -> None:
        """Delete the segments that hold nothing above `upto`; the newest segment stays."""
        with self._lock:
            segments = self._segments()
            for path, following in pairwise(segments):
                if _first_of(following) > upto + 1:
                    break
                for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                    path.with_name(name).unlink(missing_ok=True)

    def close(self) -> None:
        """Release files; the log may be opened again."""
        with self._lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def _write(
        self, rows: list[tuple[int, int, bytes]], size_bytes: int, patience_s: float
    ) -> None:
        writer = self._writer_for_next()
        writer.write(lambda connection: _insert(connection, rows), size_bytes, patience_s)
        nearly_full = self._segment_bytes - LAST_BYTES
        if self._written_bytes < nearly_full <= self._written_bytes + size_bytes:
            writer.settle_soon()
        self._written_bytes += size_bytes

    def _writer_for_next(self) -> SqliteWriter:
        if self._writer is not None and self._written_bytes >= self._segment_bytes:
            self._writer.seal()
            self._writer = None
        if self._writer is None:
            path = self._path_for_next()
            self._writer = _open_segment(path)
            self._written_bytes = path.stat().st_size
        return self._writer

    def _path_for_next(self) -> Path:
        segments = self._segments()
        if segments and segments[-1].stat().st_size < self._segment_bytes:
            return segments[-1]
        return self._folder / f"{self._head + 1:020d}{_SUFFIX}"

    def _segments(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{_SUFFIX}"))

    def _oldest(self) -> int:
        segments = self._segments()
        return _first_of(segments[0]) if segments else 1

    def _stored_head(self) -> int:
        segments = self._segments()
        if not segments:
            return 0
        newest = segments[-1]
        try:
            return _newest_position(newest)
        except sqlite3.Error as error:
            raise _unreadable(error, newest, "at its end") from error

    def _rows(self, after: int, head: int) -> Iterator[tuple[int, bytes]]:
        for path in self._needed(after, head):
            after = max(after, self._oldest() - 1)
            try:
                for position, crc, payload in _stored_rows(path, after, head):
                    _refuse_damage(position, crc, payload, after, path)
                    yield position, payload
                    after = position
            except sqlite3.Error as error:
                if path.exists():  # else it was trimmed while this reader was on its way
                    raise _unreadable(error, path, f"after record {after}") from error
        if max(after + 1, self._oldest()) <= head:
            raise EngineBroken(f"Log record {after + 1} is missing; the log reaches to {head}.")

    def _needed(self, after: int, head: int) -> list[Path]:
        segments = [path for path in self._segments() if _first_of(path) <= head]
        ends = [*map(_first_of, segments[1:]), head + 1]
        # An empty log has an end, but no segment.
        return [path for path, end in zip(segments, ends, strict=False) if end > after + 1]


def _open_segment(path: Path) -> SqliteWriter:
    writer = SqliteWriter(path, beside=True)
    try:
        writer.write(lambda connection: connection.execute(_CREATE), _ROW_BYTES)
    except WegweiserError:
        writer.close()
        raise
    return writer


def _rewrite(writer: SqliteWriter, payloads: Mapping[int, bytes]) -> None:
    grown: list[int] = []

    def work(connection: sqlite3.Connection) -> None:
        for position, payload in sorted(payloads.items()):
            found = connection.execute(_LENGTH, (position,)).fetchone()
            if found is None:
                continue
            if len(payload) > found[0]:
                grown.append(position)
            left = payload.ljust(found[0])
            crc = _checksum(position, left)
            connection.execute(_REPLACE, (crc, left, position))

    writer.write(work, sum(map(len, payloads.values())) + _ROW_BYTES)
    writer.scrub(rewrite_all=bool(grown))


def _insert(connection: sqlite3.Connection, rows: list[tuple[int, int, bytes]]) -> None:
    """Insert all rows by one statement, since each one more asks for the interpreter again."""
    places: list[tuple[int, int, int, int]] = []
    start = 1
    for position, crc, payload in rows:
        places.append((position, crc, start, len(payload)))
        start += len(payload)
    connection.execute(_APPEND, (b"".join(payload for _, _, payload in rows), json.dumps(places)))


def _size_bytes(payloads: Sequence[bytes]) -> int:
    """Give about how much an append writes."""
    return sum(map(len, payloads)) + _ROW_BYTES


def _stored_rows(path: Path, after: int, head: int) -> Iterator[tuple[int, int, bytes]]:
    with closing(connect_reader(path)) as connection:
        while after < head:
            # Short queries: an open one would keep the writer from reusing the WAL.
            rows = connection.execute(_READ, (after, head, _ROWS_PER_READ)).fetchall()
            yield from rows
            if len(rows) < _ROWS_PER_READ:
                return
            after = rows[-1][0]


def _newest_position(path: Path) -> int:
    with closing(connect_reader(path)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'record'").fetchone():
            newest = connection.execute(_NEWEST).fetchone()
            if newest is not None:
                position, crc, payload = newest
                _refuse_damage(position, crc, payload, position - 1, path)
                return int(position)
    return _first_of(path) - 1


def _refuse_damage(position: int, crc: int, payload: bytes, after: int, path: Path) -> None:
    if position != after + 1:
        raise EngineBroken(f"Log record {after + 1} is missing in {path.name}.")
    if crc != _checksum(position, payload):
        raise EngineBroken(f"Log record {position} in {path.name} is damaged (wrong checksum).")


def _unreadable(error: sqlite3.Error, path: Path, place: str) -> WegweiserError:
    return judge(error, f"Reading {path.name} {place}")


def _checksum(position: int, payload: bytes) -> int:
    return crc32(payload, position & 0xFFFFFFFF)


def _first_of(path: Path) -> int:
    return int(path.name.removesuffix(_SUFFIX))
