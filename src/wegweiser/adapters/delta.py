"""The archive port on Delta tables: appended exactly once, partitioned by the day received."""

import re
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from threading import Lock
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake

from wegweiser.adapters.delta_append import append_rows, has_schema
from wegweiser.adapters.delta_files import (
    PARTITION,
    WRITING,
    DataFile,
    closed_files_to_merge,
    crowded_files_to_merge,
    data_files,
    in_order,
)
from wegweiser.terms.errors import InputRefused

# A reader may still hold the list of files from before a compaction.
KEEP_REPLACED_HOURS = 24
_APPLICATION = "wegweiser"
_ENCODED = re.compile("%[0-9a-fA-F]{2}")
_POSITIONS_AT_ONCE = 1_000
# By themselves Delta tables note the smallest and greatest value of each column in their log,
# where names of persons would outlive their rows.
_QUIET = {"delta.dataSkippingStatsColumns": "position"}
# Ten thousand commits a day would stay for a month otherwise.
_BRIEF = {"delta.logRetentionDuration": "interval 1 days"}


class DeltaArchive:
    """Delta tables below a folder, one per name.

    The log position travels in the commit itself, as the version of an application transaction,
    so that rows and position can never differ. There must be one writer at a time. Raises
    InputRefused for a folder whose name the Delta library would misread.
    """

    def __init__(self, folder: Path | str):
        self._folder = Path(folder).absolute()
        # The Delta library reads such a sign as an encoded character and looks elsewhere.
        if _ENCODED.search(str(self._folder)):
            raise InputRefused(
                "bad_folder",
                f"{self._folder} cannot hold the archive: rename the folder so that no % stands"
                " before two hexadecimal digits.",
            )
        self._tables: dict[str, DeltaTable] = {}
        self._lock = Lock()

    def append(self, table: str, rows: pa.Table, upto: int) -> None:
        """Add rows and note `upto` in one commit; rows need the column `received_day`."""
        with self._lock:
            stored = self._open(table)
            if upto <= _position(stored):
                return
            noted = CommitProperties(app_transactions=[Transaction(_APPLICATION, upto)])
            if stored is not None and has_schema(stored, rows):
                append_rows(stored, self._folder / table, in_order(rows), noted)
            else:
                write_deltalake(
                    str(self._folder / table) if stored is None else stored,
                    in_order(rows),
                    mode="append",
                    partition_by=[PARTITION],
                    schema_mode=None if stored is None else "merge",
                    configuration=_QUIET | _BRIEF if stored is None else None,
                    **WRITING,
                    commit_properties=noted,
                )
            stored = self._open(table)
            assert stored is not None
            crowded = crowded_files_to_merge(data_files(stored))
            if crowded:
                _merge(stored, crowded)

    def compact(self, table: str) -> int:
        """Merge neighbouring small files of one day that is over, each row in its place by leaf.

        Gives how many files became one, 0 when nothing is left to do. What was replaced stays for
        a day, for readers that hold the old list of files.
        """
        with self._lock:
            stored = self._open(table)
            small = () if stored is None else closed_files_to_merge(data_files(stored))
            if stored is None or not small:
                return 0
            _merge(stored, small)
            stored.create_checkpoint()
            stored.cleanup_metadata()
            return len(small)

    def position(self, table: str) -> int:
        """Give the log position up to which the table is complete, 0 when new."""
        with self._lock:
            return _position(self._open(table))

    def files(self, table: str) -> list[str]:
        """Give the data files of the table, empty when nothing was appended."""
        with self._lock:
            stored = self._open(table)
            return [] if stored is None else sorted(_path(uri) for uri in stored.file_uris())

    def read(self, table: str) -> pa.Table | None:
        """Give the whole table, None when nothing was appended."""
        with self._lock:
            stored = self._open(table)
            return None if stored is None else stored.to_pyarrow_table()

    def replace(self, table: str, positions: Sequence[int], rows: pa.Table) -> None:
        """Put rows in place of all rows with these log positions, in one commit.

        Whoever still holds the old list of files finds them gone. A table whose log names values
        of its rows is dropped as a whole, and complete up to position 0.
        """
        with self._lock:
            stored = self._open(table)
            if stored is None or not positions:
                return
            if any(stored.metadata().configuration.get(key) != _QUIET[key] for key in _QUIET):
                del self._tables[table]
                shutil.rmtree(self._folder / table)
                return
            for start in range(0, len(positions), _POSITIONS_AT_ONCE):
                part = positions[start : start + _POSITIONS_AT_ONCE]
                _overwrite(stored, part, rows)
            stored.vacuum(
                retention_hours=0, enforce_retention_duration=False, dry_run=False, full=True
            )

    def clear(self) -> None:
        """Forget all tables and positions."""
        with self._lock:
            self._tables.clear()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _open(self, table: str) -> DeltaTable | None:
        path = str(self._folder / table)
        if table in self._tables:
            self._tables[table].update_incremental()
        elif DeltaTable.is_deltatable(path):
            self._tables[table] = DeltaTable(path)
        return self._tables.get(table)


def _merge(stored: DeltaTable, files: Sequence[DataFile]) -> None:
    """Write the rows of neighbouring files of one day anew, in one commit, as one file."""
    day, first, last = files[0].day, files[0].first, max(one.last for one in files)
    rows = stored.to_pyarrow_table(
        filters=[
            (PARTITION, "=", date.fromisoformat(day)),
            ("position", ">=", first),
            ("position", "<=", last),
        ],
    )
    write_deltalake(
        stored,
        in_order(rows),
        mode="overwrite",
        predicate=f"{PARTITION} = '{day}' and position >= {first} and position <= {last}",
        partition_by=[PARTITION],
        **WRITING,
    )
    stored.vacuum(
        retention_hours=KEEP_REPLACED_HOURS, enforce_retention_duration=False, dry_run=False
    )


def _overwrite(stored: DeltaTable, positions: Sequence[int], rows: pa.Table) -> None:
    chosen = rows.filter(pc.is_in(rows["position"], pa.array(positions, pa.int64())))
    predicate = f"position in ({', '.join(map(str, positions))})"
    if chosen.num_rows == 0:
        stored.delete(predicate)
        return
    write_deltalake(
        stored,
        in_order(chosen),
        mode="overwrite",
        predicate=predicate,
        partition_by=[PARTITION],
        **WRITING,
    )


def _position(stored: DeltaTable | None) -> int:
    version = None if stored is None else stored.transaction_version(_APPLICATION)
    return version or 0


def _path(uri: str) -> str:
    return unquote(uri.removeprefix("file://"))
