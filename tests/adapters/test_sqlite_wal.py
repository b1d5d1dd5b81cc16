"""Damage in the write-ahead log is told from a torn last transaction."""

import shutil
import struct
from threading import enumerate as enumerate_threads
from time import monotonic, sleep

import pytest

from wegweiser.adapters.sqlite_log import SqliteEventLog
from wegweiser.adapters.sqlite_room import ROOM_BYTES
from wegweiser.adapters.sqlite_wal import refuse_damaged_wal
from wegweiser.terms.errors import EngineBroken

NAME = "00000000000000000001.log.db"
FRAME_BYTES = 4096 + 24


def wait_for_room(wal):
    """The last fill, which a thread makes, is over."""
    deadline = monotonic() + 60
    while any(thread.name == "room" for thread in enumerate_threads()):
        assert monotonic() < deadline
        sleep(0.001)
    assert wal.stat().st_size > ROOM_BYTES


@pytest.fixture
def crashed(tmp_path):
    """The files of a log as a kill leaves them: 30 commits, all in the WAL."""
    log = SqliteEventLog(tmp_path / "live")
    for position in range(1, 31):
        log.append([b"%d" % position * 2000])
    wait_for_room(tmp_path / "live" / f"{NAME}-wal")
    shutil.copytree(tmp_path / "live", tmp_path / "crashed")
    log.close()
    return tmp_path / "crashed"


def wal_of(folder):
    return folder / f"{NAME}-wal"


def used_bytes(wal):
    """Give where the last commit ends; what stands behind it is room for the next ones."""
    content = wal.read_bytes()
    frames = range(32, len(content) - FRAME_BYTES + 1, FRAME_BYTES)
    commits = [start for start in frames if struct.unpack_from(">I", content, start + 4)[0]]
    return commits[-1] + FRAME_BYTES


def flip(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 4
    path.write_bytes(content)


def test_an_intact_log_opens_whole(crashed):
    assert wal_of(crashed).stat().st_size > 20 * FRAME_BYTES
    log = SqliteEventLog(crashed)
    assert log.head() == 30
    log.close()


@pytest.mark.parametrize("part", [0.1, 0.5, 0.8])
def test_a_flipped_bit_before_the_last_commits_is_refused(crashed, part):
    flip(wal_of(crashed), int(used_bytes(wal_of(crashed)) * part))
    with pytest.raises(EngineBroken, match="commits behind the damage"):
        SqliteEventLog(crashed)


def test_a_flipped_bit_in_the_header_is_refused(crashed):
    flip(wal_of(crashed), 9)
    with pytest.raises(EngineBroken, match="header"):
        SqliteEventLog(crashed)


@pytest.mark.parametrize("cut_bytes", [1, 100, 4096])
def test_a_torn_last_transaction_is_cut_and_the_rest_is_kept(crashed, cut_bytes):
    wal = wal_of(crashed)
    wal.write_bytes(wal.read_bytes()[: used_bytes(wal) - cut_bytes])
    log = SqliteEventLog(crashed)
    assert log.head() == 29
    assert log.append([b"next"]) == 30
    log.close()


@pytest.mark.parametrize("torn_bytes", [1, 100, 4096])
def test_a_tear_before_the_room_for_the_next_is_cut_as_well(crashed, torn_bytes):
    wal = wal_of(crashed)
    content, end = bytearray(wal.read_bytes()), used_bytes(wal)
    assert len(content) > end + ROOM_BYTES // 2
    content[end - torn_bytes : end] = bytes(torn_bytes)
    # A payload of digits has no zeros where it was torn.
    assert bytes(content) != wal.read_bytes()
    wal.write_bytes(content)
    log = SqliteEventLog(crashed)
    assert log.head() == 29
    assert log.append([b"next"]) == 30
    log.close()
    assert [payload for _, payload in SqliteEventLog(crashed).read(28)] == [b"29" * 2000, b"next"]


def test_leftovers_of_an_older_round_are_no_damage(tmp_path):
    log = SqliteEventLog(tmp_path / "live")
    for _ in range(12):
        log.append([bytes(1 << 20)])
    log.append([b"short"])
    shutil.copytree(tmp_path / "live", tmp_path / "copy")
    log.close()
    refuse_damaged_wal(tmp_path / "copy" / NAME)
    again = SqliteEventLog(tmp_path / "copy")
    assert again.head() == 13
    again.close()


def test_no_wal_is_no_damage(tmp_path):
    refuse_damaged_wal(tmp_path / "absent.db")
