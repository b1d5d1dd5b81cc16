"""The warehouse: any engine that answers SQL with Arrow."""

from collections.abc import Mapping
from typing import Protocol

import pyarrow as pa

from wegweiser.terms.json import Json


class Warehouse(Protocol):
    """Questions are in DuckDB dialect with $name parameters."""

    def offer(self, view: str, rows: pa.Table) -> None:
        """Make rows readable under the name of a view, replacing what was there."""

    def offer_files(self, view: str, files: list[str], columns: pa.Schema | None = None) -> None:
        """Make Parquet files readable as one view; it also has `columns` that no file has."""

    def ask(self, sql: str, parameters: Mapping[str, Json]) -> pa.Table:
        """Answer one SELECT."""
