"""Room is made in a WAL before it is needed: nobody sees it, and nobody fails for want of it."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import pytest

from wegweiser.adapters import sqlite_room
from wegweiser.adapters.sqlite_log import SqliteEventLog
from wegweiser.adapters.sqlite_room import ROOM_BYTES, Room

PATIENCE_S = 60.0
WAL = "00000000000000000001.log.db-wal"


def finished(room: Room) -> None:
    deadline = monotonic() + PATIENCE_S
    while not room.is_idle:
        assert monotonic() < deadline
        sleep(0.001)


@pytest.fixture
def file(tmp_path):
    """A file in WAL mode whose one row is in the WAL, and the connection that wrote it."""
    path = tmp_path / "t.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("CREATE TABLE t (v BLOB)")
        yield path, connection


def wal_bytes(path: Path) -> int:
    return path.with_name(f"{path.name}-wal").stat().st_size


def test_a_wal_that_grew_gets_room_and_commits_then_leave_its_length_alone(file):
    path, connection = file
    room = Room(path)
    connection.execute("INSERT INTO t VALUES (zeroblob(100))")
    before = wal_bytes(path)
    room.written(ROOM_BYTES)
    finished(room)
    length = wal_bytes(path)
    assert 0.95 * ROOM_BYTES < length - before < 1.05 * ROOM_BYTES
    for _ in range(100):
        connection.execute("INSERT INTO t VALUES (zeroblob(2000))")
        room.written(2_000)
    assert wal_bytes(path) == length
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (101,)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("t",)]
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_little_makes_no_room(file):
    path, _ = file
    before = wal_bytes(path)
    room = Room(path)
    room.written(ROOM_BYTES // 20)
    finished(room)
    assert wal_bytes(path) == before


def test_who_finds_the_file_taken_or_the_disk_full_does_without(file, monkeypatch):
    path, connection = file
    room = Room(path)
    monkeypatch.setattr(sqlite_room, "_PATIENCE_S", 0.05)
    connection.execute("BEGIN IMMEDIATE")
    before = wal_bytes(path)
    room.written(ROOM_BYTES)
    finished(room)
    assert wal_bytes(path) == before
    connection.execute("INSERT INTO t VALUES (zeroblob(100))")
    connection.execute("COMMIT")
    monkeypatch.setattr(sqlite_room.os, "fsync", _full)
    room = Room(path)
    room.written(ROOM_BYTES)
    finished(room)
    monkeypatch.undo()
    connection.execute("INSERT INTO t VALUES (zeroblob(100))")
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (2,)


def _full(descriptor: int) -> None:
    raise OSError(28, "No space left on device")


_APPENDING = """
import sys
from pathlib import Path
from wegweiser.adapters.sqlite_log import SqliteEventLog
log = SqliteEventLog(Path(sys.argv[1]))
while True:
    print(log.append([b"x" * 4000]), flush=True)
"""


def test_a_kill_while_room_is_made_loses_nothing_that_was_acknowledged(tmp_path):
    for attempt in range(8):
        folder = tmp_path / str(attempt)
        with subprocess.Popen(
            [sys.executable, "-c", _APPENDING, str(folder)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            told = _killed_beside_a_fill(process, folder, attempt)
        log = SqliteEventLog(folder)
        assert log.head() >= told > 0
        assert [at for at, _ in log.read(0)] == list(range(1, log.head() + 1))
        log.close()


def _killed_beside_a_fill(process, folder, attempt):
    """Kill as soon as the WAL has jumped, a little later each time; give the last told record."""
    told, length = 0, 0
    for line in process.stdout:
        told = int(line)
        before, length = length, (folder / WAL).stat().st_size
        if length > before + 100_000 and told > 1:
            sleep(attempt * 0.002)
            break
    os.kill(process.pid, signal.SIGKILL)
    return max([told, *(int(line) for line in process.stdout.read().split())])
