"""What was acknowledged survives kills, full disks and failed syncs; nothing else is promised."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from wegweiser.adapters.sqlite_log import SqliteEventLog
from wegweiser.adapters.sqlite_store import SqliteStore
from wegweiser.ports.operational_store import Change
from wegweiser.terms.errors import ComeAgain

SEGMENT_BYTES = 256 << 10

# Appends until it is killed, and says after each append up to where it was told "stored".
APPEND = """
import random, sys
from pathlib import Path
from wegweiser.adapters.sqlite_log import SqliteEventLog
chance = random.Random(int(sys.argv[2]))
log = SqliteEventLog(Path(sys.argv[1]), segment_bytes=256 << 10)
print("ready", flush=True)
while True:
    first, count = log.head() + 1, chance.choice([1, 1, 7, 60])
    log.append([b"%d." % (first + step) * chance.randrange(1, 400) for step in range(count)])
    print(log.head(), flush=True)
"""

# Appends until the engine breaks, then says whether it refuses for good.
BREAK = """
import resource, sys
from pathlib import Path
from wegweiser.adapters.sqlite_log import SqliteEventLog
from wegweiser.terms.errors import EngineBroken
log = SqliteEventLog(Path(sys.argv[1]))
repeats, limit_bytes = int(sys.argv[2]), int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, -1))
try:
    for number in range(1, 2000):
        log.append([b"%d." % number * repeats])
        print("stored", number, flush=True)
except EngineBroken as error:
    print("broken", error, flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))
for _ in range(3):
    try:
        log.append([b"again"])
        print("stored again", flush=True)
    except EngineBroken:
        print("refused", flush=True)
print("read", sum(1 for _ in log.read(0)), flush=True)
"""


def kept(folder):
    """Open the log as after a restart; check that it is whole, and give its head."""
    log = SqliteEventLog(folder, segment_bytes=SEGMENT_BYTES)
    positions = []
    for position, payload in log.read(0):
        assert set(payload.split(b".")) == {b"%d" % position, b""}
        positions.append(position)
    assert positions == list(range(1, log.head() + 1))
    log.close()
    return len(positions)


@pytest.mark.slow
def test_every_acknowledged_record_survives_kill_9(tmp_path):
    chance = random.Random(20)
    told = 0
    for round_number in range(20):
        command = [sys.executable, "-c", APPEND, str(tmp_path / "log"), str(round_number)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout.readline() == b"ready\n"
            kill_at = time.monotonic() + chance.uniform(0, 0.15)
            while time.monotonic() < kill_at:
                told = int(writer.stdout.readline())
            writer.kill()
            rest = writer.stdout.read().split(b"\n")[:-1]
        told = int(rest[-1]) if rest else told
        assert kept(tmp_path / "log") >= told
    assert told > 100
    assert len(list((tmp_path / "log").glob("*.log.db"))) > 1


@pytest.fixture
def small_disk():
    """A disk of 8 MB."""
    folder = Path(tempfile.mkdtemp())
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        folder.rmdir()
        pytest.skip("a small disk cannot be mounted here: it needs root and tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
    folder.rmdir()


def fill_up(store):
    """Store until the disk is full; give how many times it went well."""
    for number in range(10_000):
        try:
            store(number)
        except ComeAgain as again:
            if again.reason == "disk full" and 1 <= again.retry_after_s <= 60:
                return number
            raise
    raise AssertionError("the disk was never full")


@pytest.mark.parametrize("size_bytes", [700, 30_000, 900_000])
@pytest.mark.parametrize("segment_bytes", [1 << 20, 256 << 20])
def test_a_full_disk_asks_to_come_again_and_loses_nothing(small_disk, size_bytes, segment_bytes):
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(2 << 20))
    log = SqliteEventLog(small_disk / "log", segment_bytes)
    payload = os.urandom(size_bytes)
    stored = fill_up(lambda _: log.append([payload]))
    for _ in range(3):
        with pytest.raises(ComeAgain):
            log.append([payload, os.urandom(3 << 20)])
    assert log.head() >= stored
    before = log.head()
    assert [position for position, _ in log.read(0)] == list(range(1, before + 1))
    ballast.unlink()
    assert log.append([payload]) == before + 1
    assert log.append([b"small", b"ones"]) == before + 2
    assert sum(found == payload for _, found in log.read(0)) == before + 1
    log.close()
    again = SqliteEventLog(small_disk / "log", segment_bytes)
    assert again.head() == before + 3
    again.close()


def test_a_disk_that_is_full_from_the_start_is_no_end(small_disk):
    log = SqliteEventLog(small_disk / "log")
    with (small_disk / "ballast").open("wb", buffering=0) as ballast:
        while ballast.write(bytes(4096)) if room(small_disk) else 0:
            pass
    with pytest.raises(ComeAgain):
        log.append([b"x"])
    (small_disk / "ballast").unlink()
    assert log.append([b"x"]) == 1
    log.close()


def room(folder):
    return os.statvfs(folder).f_bavail


def test_a_store_on_a_full_disk_changes_nothing_and_goes_on_later(small_disk):
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(2 << 20))
    store = SqliteStore(small_disk / "state.db")
    body = os.urandom(40_000)

    def commit(number):
        count = Change("count", b"n", b"%d" % number)
        store.commit([Change("cell", b"%06d" % number, body), count])

    stored = fill_up(commit)
    assert store.get("count", [b"n"]) == [b"%d" % (stored - 1)]
    assert [key for key, _ in store.scan("cell")] == [b"%06d" % n for n in range(stored)]
    ballast.unlink()
    commit(stored)
    assert store.get("count", [b"n"]) == [b"%d" % stored]
    store.close()


def run_until_broken(command):
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    lines = result.stdout.splitlines()
    assert any(line.startswith("broken ") for line in lines), result
    assert lines.count("refused") == 3
    assert "stored again" not in lines
    stored = sum(line.startswith("stored ") for line in lines)
    # The record of the append that failed may or may not be there: nobody was told.
    assert int(lines[-1].removeprefix("read ")) - stored in (0, 1)
    return stored, next(line for line in lines if line.startswith("broken "))


def test_a_failed_write_ends_all_acknowledgements(tmp_path):
    command = [sys.executable, "-c", BREAK, str(tmp_path / "log"), "300", "200000"]
    stored, reason = run_until_broken(command)
    assert "SQLITE_IOERR_WRITE" in reason
    assert stored > 0
    assert kept_after_break(tmp_path / "log") >= stored


def can_trace():
    probe = ["strace", "-o", "/dev/null", "true"]
    return shutil.which("strace") and not subprocess.run(probe, check=False).returncode


def break_syncs(folder, repeats, when, *only):
    """Run the appender with syncs that fail from the `when`-th on, `only` of one file."""
    if not can_trace():
        pytest.skip("strace cannot trace here: it makes a sync fail")
    inject = f"inject=fdatasync:error=EIO:when={when}"
    strace = ["strace", "-f", "-qq", "-o", "/dev/null", *only, "-e", "trace=fdatasync"]
    program = [sys.executable, "-c", BREAK, str(folder), repeats, "-1"]
    return run_until_broken([*strace, "-e", inject, *program])


@pytest.mark.parametrize("when", [4, 9, 30])
def test_a_failed_sync_ends_all_acknowledgements(tmp_path, when):
    stored, reason = break_syncs(tmp_path / "log", "300", when)
    assert "SQLITE_IOERR_FSYNC" in reason
    assert kept_after_break(tmp_path / "log") >= stored


def test_a_failed_sync_of_a_checkpoint_is_not_hidden(tmp_path):
    segment = tmp_path / "log" / "00000000000000000001.log.db"
    stored, reason = break_syncs(tmp_path / "log", "20000", "4+", "-P", str(segment))
    assert "Checkpointing" in reason
    assert "SQLITE_IOERR_FSYNC" in reason
    assert kept_after_break(tmp_path / "log") >= stored > 0


def kept_after_break(folder):
    log = SqliteEventLog(folder)
    count = sum(1 for _ in log.read(0))
    assert log.append([b"after restart"]) == count + 1
    log.close()
    return count
