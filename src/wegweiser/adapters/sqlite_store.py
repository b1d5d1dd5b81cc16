"""The operational store in SQLite: one ordered table of keys and values per name."""

import re
import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import cast

from wegweiser.adapters.files import make_folder
from wegweiser.adapters.sqlite_packed import put_rows
from wegweiser.adapters.sqlite_wal import refuse_damaged_wal
from wegweiser.adapters.sqlite_writer import SqliteWriter, connect_reader, judge
from wegweiser.ports.operational_store import Change
from wegweiser.terms.errors import EngineBroken, InputRefused

_NAME = re.compile(r"[a-z_0-9]{1,60}")
_ROWS_AT_ONCE = 256
_ROW_BYTES = 4096

# The last word of each key counts, so a commit is one value or deletion per key of a table.
Outcome = dict[str, dict[bytes, bytes | None]]


class SqliteStore:
    """A store in one file: commits from one thread at a time, reads from any thread or process.

    A process that only reads opens it with `read_only=True`, also while another one commits.
    """

    def __init__(self, path: Path, read_only: bool = False) -> None:
        """Open or create; raises ComeAgain or EngineBroken."""
        self._path = Path(path)
        self._lock = Lock()
        self._idle: list[sqlite3.Connection] = []
        self._idle_lock = Lock()
        self._closed = False
        self._known: set[str] = set()
        self._writer: SqliteWriter | None = None
        if not read_only:
            make_folder(self._path.parent)
            refuse_damaged_wal(self._path)
            self._writer = SqliteWriter(self._path)

    def get(self, table: str, keys: Sequence[bytes]) -> list[bytes | None]:
        """Give the value of each key, None where there is none; all as of one moment."""
        reader = self._borrow()
        try:
            if len(keys) > 1:
                # One question is answered as of one moment anyway.
                reader.execute("BEGIN")
            if not self._has(reader, table):
                return [None] * len(keys)
            query = f'SELECT value FROM "{table}" WHERE key = ?'
            found = (reader.execute(query, (key,)).fetchall() for key in keys)
            return [rows[0][0] if rows else None for rows in found]
        except sqlite3.Error as error:
            raise judge(error, f"Reading {table}") from error
        finally:
            self._give_back(reader)

    def scan(
        self, table: str, prefix: bytes = b"", after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, value) with this prefix and key > after, ascending, as of the call."""
        rows = self._scan(table, prefix, after)
        first = next(rows)
        if len(first) < _ROWS_AT_ONCE:
            rows.close()
            return iter(first)
        return _one_by_one(first, rows)

    def commit(self, changes: Sequence[Change]) -> None:
        """Apply all changes in order, synced, or none of them."""
        self.clear((), changes)

    def clear(self, tables: Sequence[str], changes: Sequence[Change] = ()) -> None:
        """Empty the tables and apply the changes in the same synced commit."""
        outcome = _outcome(changes)
        for table in (*tables, *outcome):
            _check_name(table)
        if not tables and not outcome:
            return
        size_bytes = sum(_size(final) for final in outcome.values())

        def work(connection: sqlite3.Connection) -> None:
            for table in tables:
                connection.execute(_create(table))
                connection.execute(f'DELETE FROM "{table}"')
            for table, final in outcome.items():
                _apply(connection, table, final)

        with self._lock:
            if self._writer is None:
                raise EngineBroken(f"{self._path.name} is closed or was opened for reading only.")
            self._writer.write(work, size_bytes + _ROW_BYTES)

    def scrub(self) -> None:
        """Leave nothing on disk of what was deleted or replaced before."""
        with self._lock:
            if self._writer is None:
                raise EngineBroken(f"{self._path.name} is closed or was opened for reading only.")
            self._writer.scrub()

    def close(self) -> None:
        """Release the file; the store may be opened again."""
        with self._idle_lock:
            self._closed = True
            while self._idle:
                self._idle.pop().close()
        with self._lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def _scan(
        self, table: str, prefix: bytes, after: bytes
    ) -> Generator[list[tuple[bytes, bytes]], None, None]:
        reader = self._borrow()
        try:
            # An open cursor sees the table as it was when it was opened, so no BEGIN is needed.
            if not self._has(reader, table):
                yield []
                return
            condition, bounds = _range(prefix, after)
            query = f'SELECT key, value FROM "{table}" {condition} ORDER BY key'
            with closing(reader.execute(query, bounds)) as cursor:
                while len(rows := cursor.fetchmany(_ROWS_AT_ONCE)) == _ROWS_AT_ONCE:
                    yield rows
                yield rows
        except sqlite3.Error as error:
            raise judge(error, f"Reading {table}") from error
        finally:
            self._give_back(reader)

    def _has(self, reader: sqlite3.Connection, table: str) -> bool:
        _check_name(table)
        if table not in self._known:
            query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
            if reader.execute(query, (table,)).fetchone() is None:
                return False
            self._known.add(table)
        return True

    def _borrow(self) -> sqlite3.Connection:
        with self._idle_lock:
            if self._idle:
                return self._idle.pop()
        try:
            return connect_reader(self._path)
        except sqlite3.Error as error:
            raise judge(error, f"Opening {self._path.name}") from error

    def _give_back(self, reader: sqlite3.Connection) -> None:
        if reader.in_transaction:
            reader.execute("COMMIT")
        with self._idle_lock:
            if not self._closed:
                self._idle.append(reader)
                return
        reader.close()


def _one_by_one(
    rows: list[tuple[bytes, bytes]], following: Iterator[list[tuple[bytes, bytes]]]
) -> Iterator[tuple[bytes, bytes]]:
    yield from rows
    for more in following:
        yield from more


def _outcome(changes: Sequence[Change]) -> Outcome:
    outcome: Outcome = {}
    table = ""
    rows: dict[bytes, bytes | None] = {}
    for change in changes:
        # Changes of a table come in long rows.
        if change.table != table:
            table = change.table
            rows = outcome.setdefault(table, {})
        rows[change.key] = change.value
    return outcome


def _apply(connection: sqlite3.Connection, table: str, final: dict[bytes, bytes | None]) -> None:
    connection.execute(_create(table))
    if None in final.values():
        gone = sorted(key for key, value in final.items() if value is None)
        connection.executemany(f'DELETE FROM "{table}" WHERE key = ?', [(key,) for key in gone])
        final = {key: value for key, value in final.items() if value is not None}
    put_rows(connection, table, cast(dict[bytes, bytes], final))


def _size(final: dict[bytes, bytes | None]) -> int:
    return sum(map(len, final)) + sum(map(len, filter(None, final.values())))


def _create(table: str) -> str:
    return (
        f'CREATE TABLE IF NOT EXISTS "{table}" '
        "(key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
    )


def _range(prefix: bytes, after: bytes) -> tuple[str, list[bytes]]:
    conditions, bounds = [], []
    if after:
        conditions.append("key > ?")
        bounds.append(after)
    if prefix:
        conditions.append("key >= ?")
        bounds.append(prefix)
        ceiling = _above(prefix)
        if ceiling:
            conditions.append("key < ?")
            bounds.append(ceiling)
    return ("WHERE " + " AND ".join(conditions) if conditions else ""), bounds


def _above(prefix: bytes) -> bytes:
    """Give the smallest key above every key with this prefix, empty when there is none."""
    kept = prefix.rstrip(b"\xff")
    return kept[:-1] + bytes([kept[-1] + 1]) if kept else b""


def _check_name(table: str) -> None:
    if not _NAME.fullmatch(table):
        raise InputRefused(
            "bad_table", f"Table name {table!r} is not made of a-z, 0-9 and _ only.", 500
        )
