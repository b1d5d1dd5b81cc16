"""The warehouse port on an in-memory DuckDB that reaches nothing but the archive's folder."""

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from wegweiser.terms.json import Json

SPILL = ".spill"
LEAST_MEMORY_MB = 1024
_LACKING = "_lacking"
_PARTITION = re.compile(r"([a-z_]+)=")


class DuckDBWarehouse:
    """Answers questions over Parquet files below `folders` and over offered rows.

    Nothing is downloaded, no other file is read or written, and settings cannot be changed by a
    question. Memory is in megabytes, without a number a quarter of the machine's. What does not
    fit is written below the first folder for as long as the question takes; without folders such
    a question fails by itself.

    >>> DuckDBWarehouse().ask("select $n + 1 as n", {"n": 1}).to_pylist()
    [{'n': 2}]
    """

    def __init__(self, folders: Sequence[Path | str] = (), memory_mb: int = 0, threads: int = 2):
        spill = str(Path(folders[0]).resolve() / SPILL) if folders else ""
        if spill:
            # Whatever a crash left behind.
            shutil.rmtree(spill, ignore_errors=True)
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "memory_limit": f"{memory_mb or _quarter_of_memory_mb()}MB",
                "temp_directory": spill,
                "threads": str(threads),
            },
        )
        self._lock = Lock()
        self._connection.execute("set TimeZone = 'UTC'")
        allowed = ", ".join(_quoted(str(Path(folder).resolve())) for folder in folders)
        self._connection.execute(f"set allowed_directories = [{allowed}]")
        # A question must not see the variables of this program.
        self._connection.execute("set python_enable_replacements = false")
        self._connection.execute("set enable_external_access = false")
        self._connection.execute("set lock_configuration = true")

    def offer(self, view: str, rows: pa.Table) -> None:
        """Make rows readable under the name of a view, replacing what was there."""
        with self._lock:
            self._forget(view)
            self._connection.register(view, rows)

    def offer_files(self, view: str, files: list[str], columns: pa.Schema | None = None) -> None:
        """Make Parquet files readable as one view; columns that a file lacks are null.

        So are those of `columns` that no file has, such as what older versions did not write.
        Raises ValueError for no files at all, since nothing would say which columns there are.
        """
        if not files:
            raise ValueError(f"no files to offer as {view}")
        lacking = _lacking(columns, files) if columns is not None else []
        with self._lock:
            self._forget(view)
            paths = ", ".join(_quoted(file) for file in files)
            more = ""
            if lacking and columns is not None:
                empty = pa.schema([columns.field(name) for name in lacking]).empty_table()
                self._connection.register(f"{view}{_LACKING}", empty)
                more = f' union all by name select * from "{view}{_LACKING}"'
            self._connection.execute(
                f'create view "{view}" as select * from read_parquet('
                f"[{paths}], hive_partitioning = true, union_by_name = true){more}"
            )

    def ask(self, sql: str, parameters: Mapping[str, Json]) -> pa.Table:
        """Answer one SELECT."""
        with self._lock:
            found = self._connection.sql(sql, params=dict(parameters))
            return found.to_arrow_table()

    def close(self) -> None:
        """Give memory back."""
        with self._lock:
            self._connection.close()

    def _forget(self, view: str) -> None:
        self._connection.unregister(view)
        self._connection.execute(f'drop view if exists "{view}"')
        self._connection.unregister(f"{view}{_LACKING}")


def _lacking(columns: pa.Schema, files: Sequence[str]) -> list[str]:
    """Name the columns that no file has; the last written ones usually have all."""
    lacking = [*columns.names]
    for file in reversed(files):
        held = {*pq.read_schema(file).names, *_PARTITION.findall(file)}
        lacking = [name for name in lacking if name not in held]
        if not lacking:
            break
    return lacking


def _quarter_of_memory_mb() -> int:
    """Give a quarter of the machine's memory, and the least where the system does not tell."""
    try:
        found = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return LEAST_MEMORY_MB
    return max(LEAST_MEMORY_MB, found // 4_000_000)


def _quoted(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"
