"""The WAL is moved beside the one who writes: it stays small, and a failure is not hidden."""

import sqlite3
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import pytest

from wegweiser.adapters import sqlite_settler
from wegweiser.adapters.sqlite_writer import MOST_BEHIND, SqliteWriter
from wegweiser.terms.errors import EngineBroken

ROW_BYTES = 4_000
SETTLE_BYTES = 200_000
PATIENCE_S = 60.0


def opened(path: Path) -> SqliteWriter:
    writer = SqliteWriter(path, SETTLE_BYTES, beside=True)
    writer.write(
        lambda connection: connection.execute("CREATE TABLE t (k INTEGER PRIMARY KEY, v BLOB)"), 0
    )
    return writer


def put(writer: SqliteWriter, number: int) -> None:
    writer.write(
        lambda connection: connection.execute(
            "INSERT INTO t VALUES (?, ?)", (number, number.to_bytes(4, "big") * (ROW_BYTES // 4))
        ),
        ROW_BYTES,
    )


def put_all(writer: SqliteWriter, count: int) -> None:
    for number in range(count):
        put(writer, number)


def test_what_is_written_meanwhile_stays_and_the_wal_begins_again(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    writer = opened(path)
    wal = path.with_name("t.db-wal")
    put_all(writer, 2_000)
    # Eight megabytes went through it.
    assert wal.stat().st_size < (MOST_BEHIND + 2) * 2 * SETTLE_BYTES
    assert path.stat().st_size > 1_000 * ROW_BYTES
    writer.close()
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT k, v FROM t ORDER BY k").fetchall()
    assert rows == [
        (number, number.to_bytes(4, "big") * (ROW_BYTES // 4)) for number in range(2_000)
    ]


def test_a_write_settles_the_rest_itself_once_the_other_is_done_or_far_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = opened(tmp_path / "t.db")
    for number in range(SETTLE_BYTES // ROW_BYTES):
        assert not writer.settles_after(ROW_BYTES)
        put(writer, number)
    deadline = monotonic() + PATIENCE_S
    while not writer.settles_after(ROW_BYTES):
        assert monotonic() < deadline
        sleep(0.001)
    put(writer, 1_000)
    assert not writer.settles_after(ROW_BYTES)
    # One that never ends is waited for only when it is far behind.
    monkeypatch.setattr(sqlite_settler.Settler, "is_done", False)
    held = 0
    while not writer.settles_after(ROW_BYTES):
        held += 1
        put(writer, 2_000 + held)
    assert held >= (MOST_BEHIND - 1) * SETTLE_BYTES // ROW_BYTES
    writer.close()


def test_where_no_thread_is_to_be_had_the_writer_settles_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(thread: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(sqlite_settler.Thread, "start", none_left)
    path = tmp_path / "t.db"
    writer = opened(path)
    put_all(writer, 2_000)
    assert path.stat().st_size > 1_000 * ROW_BYTES
    writer.close()


def test_a_failure_of_the_other_ends_the_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = opened(tmp_path / "t.db")
    connect = sqlite3.connect

    def broken(path: Path, **options: object) -> sqlite3.Connection:
        connect(path, **options).close()  # type: ignore[call-overload]
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
        error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
        raise error

    monkeypatch.setattr(sqlite_settler.sqlite3, "connect", broken)
    with pytest.raises(EngineBroken, match="IOERR_FSYNC"):
        put_all(writer, 10 * SETTLE_BYTES // ROW_BYTES)
    with pytest.raises(EngineBroken):
        put(writer, 5_000)
    monkeypatch.undo()
    writer.close()
