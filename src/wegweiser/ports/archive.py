"""The archive: columnar tables of everything that happened, appended exactly once."""

from collections.abc import Sequence
from typing import Protocol

import pyarrow as pa


class Archive(Protocol):
    """Tables by name; each append carries the log position up to which it is complete."""

    def append(self, table: str, rows: pa.Table, upto: int) -> None:
        """Add rows and note `upto` for the table in one atomic step.

        An append whose `upto` is not above the table's position changes nothing.
        """

    def position(self, table: str) -> int:
        """Give the log position up to which the table is complete, 0 when new."""

    def files(self, table: str) -> list[str]:
        """Give the data files of the table, empty when nothing was appended."""

    def read(self, table: str) -> pa.Table | None:
        """Give the whole table, None when nothing was appended."""

    def replace(self, table: str, positions: Sequence[int], rows: pa.Table) -> None:
        """Put rows in place of all rows with these log positions, in one atomic step.

        Nothing of the old ones is left on storage. All positions of `rows` are among
        `positions`; the position of the table stays as it is. A table that is new stays so.
        """

    def compact(self, table: str) -> int:
        """Merge some small files into one, in a short step that no answer can tell.

        Gives how many files were merged, 0 when nothing is left to do.
        """

    def clear(self) -> None:
        """Forget all tables and positions."""
