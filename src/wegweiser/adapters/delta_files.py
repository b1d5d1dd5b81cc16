"""The data files of a Delta table: how rows lie in them, and which of them are to be merged."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TypedDict

import msgspec
import pyarrow as pa
from deltalake import ColumnProperties, DeltaTable, WriterProperties

PARTITION = "received_day"
FILES_PER_DAY = 16
# Large enough to be read in one go, small enough to be put in order in a worker's memory.
MERGED_ROWS = 250_000
_ORDER = ("leaf", "unit_id", "decision_id", "outcome_id", "occurred_at")


class _Writing(TypedDict):
    target_file_size: int
    writer_properties: WriterProperties


# Engines count and join by the numbers of a dictionary. That of a day's leaves is larger than a
# page usually may be, and names of events are all different.
DICTIONARY_BYTES = 16 << 20
PLAIN = ("event_id", "message_id")
# Moments and places in the log are written as steps from one row to the next.
STEPS = ("occurred_at", "received_at", "position")
_PLAIN = ColumnProperties(dictionary_enabled=False)
_STEPS = ColumnProperties(dictionary_enabled=False, encoding="DELTA_BINARY_PACKED")
WRITING: _Writing = {
    "target_file_size": 1 << 30,
    "writer_properties": WriterProperties(
        compression="SNAPPY",
        dictionary_page_size_limit=DICTIONARY_BYTES,
        max_row_group_size=MERGED_ROWS,
        column_properties={
            **dict.fromkeys(PLAIN, _PLAIN),
            **dict.fromkeys(STEPS, _STEPS),
        },
    ),
}


class DataFile(msgspec.Struct, frozen=True, order=True):
    """A file of one day with its first and last log position and how many rows it holds."""

    day: str
    first: int
    last: int
    rows: int


def in_order(rows: pa.Table) -> pa.Table:
    """Put rows in the order in which they lie in a file: by leaf or unit, then by time."""
    names = [name for name in _ORDER if name in rows.column_names] or [PARTITION]
    return rows.sort_by([(name, "ascending") for name in names])


def data_files(stored: DeltaTable) -> list[DataFile]:
    """List the files that hold rows, by day and position."""
    added = pa.table(stored.get_add_actions(flatten=True)).to_pylist()
    return sorted(
        DataFile(
            day=str(one[f"partition.{PARTITION}"]),
            first=one["min.position"],
            last=one["max.position"],
            rows=one["num_records"],
        )
        for one in added
        if one["num_records"]
    )


def crowded_files_to_merge(files: Iterable[DataFile]) -> tuple[DataFile, ...]:
    """Choose the newest files of a day that has too many small ones; empty where none has.

    An older file joins only when it is no more than twice as large as all newer ones together,
    so that a row is written again a few times a day and not with each of thousands of appends.

    >>> small = [DataFile("2026-01-01", place, place, 1) for place in range(FILES_PER_DAY + 1)]
    >>> len(crowded_files_to_merge(small))
    17
    """
    for _, of_day in groupby(files, key=lambda one: one.day):
        open_files = [one for one in of_day if one.rows <= MERGED_ROWS // 2]
        if len(open_files) > FILES_PER_DAY:
            chosen = [open_files[-1]]
            for older in reversed(open_files[:-1]):
                rows = sum(one.rows for one in chosen)
                if older.rows > 2 * rows or older.rows + rows > MERGED_ROWS:
                    break
                chosen.append(older)
            if len(chosen) > 1:
                return tuple(reversed(chosen))
    return ()


def closed_files_to_merge(files: Sequence[DataFile]) -> tuple[DataFile, ...]:
    """Choose neighbouring files, together not too large, of a day that is not the newest.

    >>> first, second = DataFile("2026-01-01", 1, 4, 9), DataFile("2026-01-01", 5, 9, 9)
    >>> closed_files_to_merge([first, second])
    ()
    >>> closed_files_to_merge([first, second, DataFile("2026-01-02", 10, 11, 3)]) == (first, second)
    True
    """
    newest = files[-1].day if files else ""
    for day, of_day in groupby(files, key=lambda one: one.day):
        chosen: list[DataFile] = []
        for one in of_day if day != newest else ():
            if sum(each.rows for each in chosen) + one.rows > MERGED_ROWS:
                if len(chosen) > 1:
                    break
                chosen = []
            chosen.append(one)
        if len(chosen) > 1:
            return tuple(chosen)
    return ()
