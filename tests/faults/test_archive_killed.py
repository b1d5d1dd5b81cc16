"""An archive whose writer is killed in the middle of a merge: nothing is lost, nothing doubled."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from wegweiser.adapters.delta import DeltaArchive
from wegweiser.adapters.delta_files import FILES_PER_DAY

FIRST = date(2026, 3, 1)
ROWS = 400
# Appends one after the other, each of which merges the files of its day, then compacts.
WORK = f"""
import sys
from tests.faults.test_archive_killed import rows_at
from wegweiser.adapters.delta import DeltaArchive

archive = DeltaArchive(sys.argv[1])
after = archive.position("events")
print("begin", flush=True)
for position in range(after + 1, after + 1 + {2 * FILES_PER_DAY}):
    archive.append("events", rows_at(position), position)
    print(position, flush=True)
    while position % 8 == 0 and archive.compact("events"):
        print(position, flush=True)
print("end", flush=True)
"""


def rows_at(position: int) -> pa.Table:
    """Give the rows of one log position; a day has more appends than files it may have."""
    day = FIRST + timedelta(days=position // (FILES_PER_DAY + 2))
    return pa.table(
        {
            "position": pa.array([position] * ROWS, pa.int64()),
            "idx": pa.array(range(ROWS), pa.int32()),
            "leaf": [f"user_id:{(position * 7 + idx) % 97}" for idx in range(ROWS)],
            "received_day": pa.array([day] * ROWS, pa.date32()),
        }
    )


@contextmanager
def working(folder: Path) -> "Iterator[subprocess.Popen[str]]":
    """Let a process of its own append and merge."""
    command = [sys.executable, "-c", WORK, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def held(archive: DeltaArchive) -> list[tuple[int, int]]:
    """Give position and index of every row, in order."""
    found = archive.read("events")
    assert found is not None
    places = zip(found["position"].to_pylist(), found["idx"].to_pylist(), strict=True)
    return sorted((int(position), int(idx)) for position, idx in places)


def kill_once(folder: Path, luck: random.Random) -> None:
    """Kill the writer some way into its work, at no chosen point."""
    with working(folder) as process:
        assert process.stdout is not None
        for _ in range(luck.randint(1, 2 * FILES_PER_DAY)):
            if process.stdout.readline() == "end\n":
                break
        time.sleep(luck.random() * 0.03)


def check(folder: Path) -> int:
    """Check that exactly what was noted as written is there; gives its position."""
    archive = DeltaArchive(folder)
    upto = archive.position("events")
    expected = [(position, idx) for position in range(1, upto + 1) for idx in range(ROWS)]
    assert (held(archive) if upto else []) == expected
    return upto


def killed(folder: Path, times: int, seed: int) -> None:
    luck = random.Random(seed)
    before = 0
    for _ in range(times):
        kill_once(folder, luck)
        after = check(folder)
        assert after >= before
        before = after
    archive = DeltaArchive(folder)
    while archive.compact("events"):
        check(folder)
    assert check(folder) == before > 0


def test_a_writer_killed_while_it_merges_loses_and_doubles_nothing(tmp_path: Path) -> None:
    killed(tmp_path / "archive", 3, seed=3)


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(5))
def test_a_writer_killed_many_times_loses_and_doubles_nothing(tmp_path: Path, seed: int) -> None:
    killed(tmp_path / "archive", 20, seed)
