"""The archive port on Delta tables: appended exactly once, partitioned by the day received."""

import re
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake

from wegweiser.terms.errors import InputRefused

PARTITION = "received_day"
FILES_PER_DAY = 16
# A reader may still hold the list of files from before a compaction.
KEEP_REPLACED_HOURS = 24
_APPLICATION = "wegweiser"
_ENCODED = re.compile("%[0-9a-fA-F]{2}")
_POSITIONS_AT_ONCE = 1_000
# By themselves Delta tables note the smallest and greatest value of each column in their log,
# where names of persons would outlive their rows.
_QUIET = {"delta.dataSkippingStatsColumns": "position"}
_ORDER = ("leaf", "unit_id", "decision_id", "outcome_id", "occurred_at")


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
            write_deltalake(
                str(self._folder / table) if stored is None else stored,
                rows.sort_by([(name, "ascending") for name in _order_of(rows)]),
                mode="append",
                partition_by=[PARTITION],
                schema_mode=None if stored is None else "merge",
                configuration=_QUIET if stored is None else None,
                commit_properties=CommitProperties(
                    app_transactions=[Transaction(_APPLICATION, upto)]
                ),
            )
            self._compact(table)

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

    def _compact(self, table: str) -> None:
        stored = self._open(table)
        if stored is None:
            return
        days = Counter(_day_in(uri) for uri in stored.file_uris())
        crowded = sorted(day for day, count in days.items() if count > FILES_PER_DAY)
        for day in crowded:
            columns = [field.name for field in stored.schema().fields]
            order = [name for name in _ORDER if name in columns]
            stored.optimize.z_order(order, partition_filters=[(PARTITION, "=", day)])
        if crowded:
            stored.vacuum(
                retention_hours=KEEP_REPLACED_HOURS,
                enforce_retention_duration=False,
                dry_run=False,
            )


def _overwrite(stored: DeltaTable, positions: Sequence[int], rows: pa.Table) -> None:
    chosen = rows.filter(pc.is_in(rows["position"], pa.array(positions, pa.int64())))
    predicate = f"position in ({', '.join(map(str, positions))})"
    if chosen.num_rows == 0:
        stored.delete(predicate)
        return
    ordered = chosen.sort_by([(name, "ascending") for name in _order_of(chosen)])
    write_deltalake(
        stored, ordered, mode="overwrite", predicate=predicate, partition_by=[PARTITION]
    )


def _position(stored: DeltaTable | None) -> int:
    version = None if stored is None else stored.transaction_version(_APPLICATION)
    return version or 0


def _order_of(rows: pa.Table) -> list[str]:
    return [name for name in _ORDER if name in rows.column_names] or [PARTITION]


def _path(uri: str) -> str:
    return unquote(uri.removeprefix("file://"))


def _day_in(uri: str) -> str:
    return _path(uri).rpartition(f"{PARTITION}=")[2].partition("/")[0]
