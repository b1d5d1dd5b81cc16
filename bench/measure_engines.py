"""Both engines of `make bench-measure`: ours as in the worker of reports, and chDB beside it."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pyarrow.parquet as pq

from bench.measure_questions import AS_OF_MS, START_MS, Asked, Rows
from bench.measure_rows import rows_of, who_is_who
from bench.measure_world import DAY_MS, make_world
from wegweiser.adapters.delta import DeltaArchive
from wegweiser.adapters.duckdb import DuckDBWarehouse
from wegweiser.flow.archive import offer_archive, offer_identity
from wegweiser.measure.registry import find
from wegweiser.measure.views import with_views
from wegweiser.query.offered import IMPORTED
from wegweiser.query.period import Period

RIVAL_PYTHON = Path(".venv-bench/bin/python")


class Taken(msgspec.Struct, frozen=True):
    """What an engine answered, and the seconds that went by and that processors worked."""

    seconds: float
    busy_seconds: float
    rows: Rows


def write_archive(folder: Path, events: int) -> Iterator[int]:
    """Write a world's events day by day, as our code writes them, and who is who beside them.

    What an interrupted run left behind is thrown away. Yields how many are written.
    """
    shutil.rmtree(folder / "archive", ignore_errors=True)
    world = make_world(events)
    archive = DeltaArchive(folder / "archive")
    days = world.received // DAY_MS
    start = 0
    for day in range(int(days[0]), int(days[-1]) + 1):
        end = int(days.searchsorted(day, "right"))
        if end > start:
            archive.append("events", rows_of(world, start, end), end)
            yield end
        start = end
    for name, rows in who_is_who(world.leaves).items():
        pq.write_table(rows, folder / f"{name}.parquet")


class Ours:
    """The warehouse over the archive, opened as reports open it."""

    def __init__(self, folder: Path):
        self._archive = DeltaArchive(folder / "archive")
        self._warehouse = DuckDBWarehouse([folder / "archive"])
        offer_archive(self._archive, self._warehouse)
        names = ("leaves", "accounts", "memberships")
        offer_identity(
            self._warehouse, {name: pq.read_table(folder / f"{name}.parquet") for name in names}
        )
        for relation in IMPORTED:
            self._warehouse.offer(relation.name, relation.rows([]))

    def tables(self) -> list[str]:
        """Give the files with the events."""
        return self._archive.files("events")

    def answer(self, asked: Asked, times: int) -> Taken:
        """Ask so many times and give the fastest answer."""
        runs = [self._once(asked) for _ in range(times)]
        return min(runs, key=lambda taken: taken.seconds)

    def _once(self, asked: Asked) -> Taken:
        wall, busy = time.perf_counter(), time.process_time()
        rows = self._measured(asked) if asked.measure else self._bare(asked.sql)
        return Taken(time.perf_counter() - wall, time.process_time() - busy, rows)

    def _bare(self, sql: str) -> Rows:
        found = self._warehouse.ask(with_views(sql), {})
        return [list(row.values()) for row in found.to_pylist()]

    def _measured(self, asked: Asked) -> Rows:
        measure = find(asked.measure)
        wish = measure.ask(asked.options, Period(START_MS, asked.end_ms), AS_OF_MS)
        question = measure.question(wish)
        table = self._warehouse.ask(with_views(question.sql), question.parameters)
        answer = measure.answer(table, question, wish)
        assert asked.figures is not None
        return asked.figures(answer)


class Rival:
    """chDB in a process of its own, over the same files."""

    def __init__(self, process: "subprocess.Popen[bytes]", folder: Path, files: list[str]):
        self._process = process
        held = folder / "archive" / "events"
        paths = f"{held}/{{{','.join(str(Path(file).relative_to(held)) for file in files)}}}"
        self._tables = {
            "events": f"file('{paths}', 'Parquet')",
            "leaves": f"file('{folder / 'leaves.parquet'}', 'Parquet')",
        }

    def answer(self, asked: Asked, times: int) -> Taken:
        """Ask so many times and give the fastest answer."""
        sql = f"{asked.rival.format(**self._tables)} settings prefer_column_name_to_alias = 1"
        told = {"sql": sql, "times": times}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(told) + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"chDB ended at {asked.name}")
        return msgspec.json.decode(line, type=Taken)


@contextmanager
def rival(folder: Path, files: list[str]) -> Iterator[Rival | None]:
    """Start chDB, or give None where it is not installed."""
    if not RIVAL_PYTHON.exists():
        print("chDB is not installed: make bench-measure installs it", file=sys.stderr)
        yield None
        return
    command = [str(RIVAL_PYTHON), "bench/rival_measure.py"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield Rival(process, folder, files)
        finally:
            process.terminate()
