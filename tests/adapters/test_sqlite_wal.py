"""Damage in the write-ahead log is told from a torn last transaction."""

import shutil

import pytest

from wegweiser.adapters.sqlite_log import SqliteEventLog
from wegweiser.adapters.sqlite_wal import refuse_damaged_wal
from wegweiser.terms.errors import EngineBroken

NAME = "00000000000000000001.log.db"
FRAME_BYTES = 4096 + 24


@pytest.fixture
def crashed(tmp_path):
    """The files of a log as a kill leaves them: 30 commits, all in the WAL."""
    log = SqliteEventLog(tmp_path / "live")
    for position in range(1, 31):
        log.append([b"%d" % position * 2000])
    shutil.copytree(tmp_path / "live", tmp_path / "crashed")
    log.close()
    return tmp_path / "crashed"


def wal_of(folder):
    return folder / f"{NAME}-wal"


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
    flip(wal_of(crashed), int(wal_of(crashed).stat().st_size * part))
    with pytest.raises(EngineBroken, match="commits behind the damage"):
        SqliteEventLog(crashed)


def test_a_flipped_bit_in_the_header_is_refused(crashed):
    flip(wal_of(crashed), 9)
    with pytest.raises(EngineBroken, match="header"):
        SqliteEventLog(crashed)


@pytest.mark.parametrize("cut_bytes", [1, 100, 4096])
def test_a_torn_last_transaction_is_cut_and_the_rest_is_kept(crashed, cut_bytes):
    wal = wal_of(crashed)
    wal.write_bytes(wal.read_bytes()[:-cut_bytes])
    log = SqliteEventLog(crashed)
    assert log.head() == 29
    assert log.append([b"next"]) == 30
    log.close()


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
