"""The log in SQLite keeps the contract, and never serves what is damaged."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from time import monotonic

import pytest

from tests.contracts.event_log import EventLogContract
from wegweiser.adapters import sqlite_writer
from wegweiser.adapters.sqlite_log import SqliteEventLog
from wegweiser.adapters.sqlite_writer import SqliteWriter, StorageBusy
from wegweiser.terms.errors import EngineBroken

SMALL_SEGMENT_BYTES = 64 << 10

FOLLOW = """
import sys
from pathlib import Path
from wegweiser.adapters.sqlite_log import SqliteEventLog
log = SqliteEventLog(Path(sys.argv[1]), read_only=True)
seen, upto = 0, int(sys.argv[2])
print("ready", flush=True)
while seen < upto:
    for position, payload in log.read(seen):
        assert position == seen + 1, (seen, position)
        assert payload == b"%d" % position * 300
        seen = position
print(seen, flush=True)
"""


class TestSqliteEventLog(EventLogContract):
    def open_log(self, folder):
        return SqliteEventLog(folder, segment_bytes=SMALL_SEGMENT_BYTES)


@pytest.fixture
def folder(tmp_path):
    """A closed log of 200 records in several segments."""
    log = SqliteEventLog(tmp_path / "log", segment_bytes=SMALL_SEGMENT_BYTES)
    for first in range(1, 201, 10):
        log.append([b"%03d" % position * 400 for position in range(first, first + 10)])
    log.close()
    return tmp_path / "log"


def segments(folder):
    return sorted(folder.glob("*.log.db"))


def test_segments_are_named_by_their_first_position(folder):
    names = [path.name for path in segments(folder)]
    assert names[0] == "00000000000000000001.log.db"
    assert len(names) > 2
    with sqlite3.connect(segments(folder)[1]) as connection:
        first = connection.execute("SELECT min(position) FROM record").fetchone()[0]
    connection.close()
    assert names[1] == f"{first:020d}.log.db"


@pytest.mark.parametrize("left", [b"{}", b"x" * 5000])
def test_nothing_of_a_rewritten_record_is_on_disk(tmp_path, left):
    log = SqliteEventLog(tmp_path / "log", segment_bytes=SMALL_SEGMENT_BYTES)
    for first in range(1, 201, 10):
        log.append([b"canary-%03d " % at * 130 for at in range(first, first + 10)])
    erased = [3, 4, 5, 50, 117, 118, 199, 200]
    log.rewrite(dict.fromkeys(erased, left))
    for path in (tmp_path / "log").iterdir():
        content = path.read_bytes()
        assert not [at for at in erased if b"canary-%03d" % at in content], path.name
    assert len(list(log.read(0))) == 200
    log.close()


def test_full_segments_need_no_other_file_to_be_read(folder):
    beside = {path.name.partition(".log.db")[0] for path in folder.iterdir()} - {
        path.name.partition(".log.db")[0] for path in segments(folder)[-1:]
    }
    assert not [path for path in folder.iterdir() if path.name.endswith(("-wal", "-shm"))]
    assert len(beside) == len(segments(folder)) - 1


def test_a_reader_in_a_segment_does_not_stop_the_next_one(tmp_path):
    log = SqliteEventLog(tmp_path / "log", segment_bytes=SMALL_SEGMENT_BYTES)
    log.append([b"x" * 1000] * 60)
    records = log.read(0)
    assert next(records)[0] == 1
    log.append([b"x" * 1000] * 60)
    log.append([b"y"])
    assert len(segments(tmp_path / "log")) > 1
    assert [position for position, _ in records] == list(range(2, 61))
    assert log.head() == len(list(log.read(0))) == 121
    log.close()


def test_trimming_deletes_whole_segments_only(folder):
    log = SqliteEventLog(folder)
    second = int(segments(folder)[1].name.partition(".")[0])
    log.trim(second - 2)
    assert next(log.read(0))[0] == 1
    log.trim(second - 1)
    assert next(log.read(0))[0] == second
    log.trim(10_000)
    assert len(segments(folder)) == 1
    log.close()


def test_a_reader_that_trimming_overtakes_goes_on_with_what_is_left(folder):
    log = SqliteEventLog(folder)
    records = log.read(0)
    assert next(records)[0] == 1
    log.trim(10_000)
    positions = [position for position, _ in records]
    assert positions[-1] == 200
    log.close()


def test_a_reader_in_another_process_never_sees_a_gap(tmp_path):
    log = SqliteEventLog(tmp_path / "log", segment_bytes=SMALL_SEGMENT_BYTES)
    command = [sys.executable, "-c", FOLLOW, str(tmp_path / "log"), "900"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as follower:
        assert follower.stdout.readline() == "ready\n"
        for first in range(1, 901, 3):
            log.append([b"%d" % position * 300 for position in range(first, first + 3)])
        assert follower.communicate(timeout=60)[0] == "900\n"
        assert follower.returncode == 0
    log.close()


def test_a_log_opened_for_reading_takes_nothing(folder):
    log = SqliteEventLog(folder, read_only=True)
    with pytest.raises(EngineBroken, match="reading only"):
        log.append([b"x"])
    assert log.head() == 200


def test_reading_where_nothing_was_written_is_empty(tmp_path):
    log = SqliteEventLog(tmp_path / "absent", read_only=True)
    assert (log.head(), list(log.read(0))) == (0, [])


def test_an_append_of_anything_but_bytes_leaves_the_log_usable(tmp_path):
    log = SqliteEventLog(tmp_path / "log")
    with pytest.raises(TypeError):
        log.append([b"fine", "text"])
    assert log.append([b"x"]) == 1
    log.close()


def read_all(folder):
    return list(SqliteEventLog(folder, read_only=True).read(0))


def test_a_flipped_bit_in_a_payload_is_named_by_its_position(folder):
    path = segments(folder)[0]
    content = bytearray(path.read_bytes())
    content[content.index(b"005005005") + 100] ^= 0x10
    path.write_bytes(content)
    served = []
    with pytest.raises(EngineBroken, match=r"record 5 in .* damaged"):
        served.extend(SqliteEventLog(folder, read_only=True).read(0))
    with pytest.raises(EngineBroken):
        read_all(folder)


def test_a_cut_last_page_is_detected(folder):
    path = segments(folder)[0]
    content = path.read_bytes()
    path.write_bytes(content[:-4096])
    with pytest.raises(EngineBroken):
        read_all(folder)


def test_no_flipped_bit_is_ever_served(folder):
    path = segments(folder)[0]
    whole = path.read_bytes()
    expected = read_all(folder)
    detected = 0
    for place in range(0, len(whole), 1499):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        served = []
        try:
            served.extend(SqliteEventLog(folder, read_only=True).read(0))
        except EngineBroken:
            detected += 1
            continue
        assert served == expected
    assert detected > 20


def test_a_missing_segment_is_detected(folder):
    segments(folder)[1].unlink()
    with pytest.raises(EngineBroken, match="missing"):
        read_all(folder)


def test_damage_at_the_end_is_found_when_opening(folder):
    path = segments(folder)[-1]
    content = bytearray(path.read_bytes())
    content[content.index(b"200200200") + 500] ^= 1
    path.write_bytes(content)
    with pytest.raises(EngineBroken, match="record 200"):
        SqliteEventLog(folder)


def test_an_append_at_once_waits_for_nothing_but_a_sync(tmp_path):
    log = SqliteEventLog(tmp_path / "log", segment_bytes=11 << 20)
    assert log.append_at_once([b"a"]) is None  # a segment has to be begun
    assert log.append([b"a"]) == 1
    assert log.append_at_once([b"b"]) == 2
    with log._lock:  # as long as records are rewritten
        assert log.append_at_once([b"c"]) is None
    last = log.append_at_once([bytes(9 << 20)])
    assert last == 3
    # Another thread moves the WAL; what came meanwhile is moved by the next append.
    deadline = monotonic() + 60
    while (position := log.append_at_once([b"c"])) is not None:
        last = position
        assert monotonic() < deadline
    assert log.append([b"c"]) == last + 1
    assert log.append_at_once([b"c"]) == last + 2
    assert log.append([bytes(2 << 20)]) == last + 3
    assert log.append_at_once([b"d"]) is None  # the segment is full
    assert log.append([b"d"]) == last + 4
    assert log.append_at_once([b"e"]) == last + 5
    assert [position for position, _ in log.read(0)] == list(range(1, last + 6))
    log.close()


def test_while_another_program_writes_an_append_at_once_gives_up_and_an_append_waits(
    tmp_path, monkeypatch
):
    log = SqliteEventLog(tmp_path / "log")
    log.append([b"a"])
    (path,) = (tmp_path / "log").glob("*.log.db")
    pauses: list[float] = []
    with closing(sqlite3.connect(path, isolation_level=None)) as other:

        def end(pause_s: float) -> None:
            pauses.append(pause_s)
            other.execute("ROLLBACK")

        monkeypatch.setattr(sqlite_writer, "sleep", end)
        other.execute("BEGIN IMMEDIATE")
        assert log.append_at_once([b"b"]) is None
        assert not pauses
        assert log.append([b"b"]) == 2
        assert len(pauses) == 1
    assert log.append_at_once([b"c"]) == 3
    assert [payload for _, payload in log.read(0)] == [b"a", b"b", b"c"]
    log.close()


def test_a_write_gives_up_where_another_program_never_ends(tmp_path):
    path = tmp_path / "one.db"
    writer = SqliteWriter(path)
    writer.write(lambda connection: connection.execute("CREATE TABLE t (x)"), 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for patience_s in (0.0, 0.02):
            with pytest.raises(StorageBusy):
                writer.write(lambda connection: connection.execute("DROP TABLE t"), 1, patience_s)
        other.execute("ROLLBACK")
    writer.write(lambda connection: connection.execute("INSERT INTO t VALUES (1)"), 1)
    writer.close()


def test_after_a_failed_append_at_once_nothing_is_stored_again(tmp_path, monkeypatch):
    log = SqliteEventLog(tmp_path / "log")
    log.append([b"a"])

    def fail(work, size_bytes, patience_s):
        raise EngineBroken("fdatasync: Input/output error")

    monkeypatch.setattr(log._writer, "write", fail)
    with pytest.raises(EngineBroken):
        log.append_at_once([b"b"])
    monkeypatch.undo()
    for again in (log.append_at_once, log.append):
        with pytest.raises(EngineBroken, match="fdatasync"):
            again([b"c"])
    assert [payload for _, payload in log.read(0)] == [b"a"]
    log.close()
