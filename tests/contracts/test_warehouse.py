"""DuckDB keeps the contract of a warehouse, and reaches nothing that it was not given."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.contracts.warehouse import WarehouseContract
from wegweiser.adapters.duckdb import DuckDBWarehouse


class TestDuckDBWarehouse(WarehouseContract):
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "archive's"
        folder.mkdir()
        return folder

    @pytest.fixture
    def warehouse(self, folder: Path) -> Iterator[DuckDBWarehouse]:
        warehouse = DuckDBWarehouse([folder])
        yield warehouse
        warehouse.close()

    def test_other_files_are_out_of_reach(self, warehouse: DuckDBWarehouse, tmp_path: Path) -> None:
        pq.write_table(pa.table({"size": [1]}), tmp_path / "other.parquet")
        with pytest.raises(duckdb.PermissionException):
            warehouse.ask(
                "select * from read_parquet($file)", {"file": str(tmp_path / "other.parquet")}
            )
        with pytest.raises(duckdb.PermissionException):
            warehouse.ask("select * from read_text('/etc/hostname')", {})

    @pytest.mark.parametrize(
        "sql",
        [
            "set enable_external_access = true",
            "set memory_limit = '64GB'",
            "install httpfs",
            "load httpfs",
        ],
    )
    def test_settings_and_extensions_are_locked(self, warehouse: DuckDBWarehouse, sql: str) -> None:
        with pytest.raises(duckdb.Error):
            warehouse.ask(sql, {})

    def test_variables_of_the_program_are_no_tables(self, warehouse: DuckDBWarehouse) -> None:
        secret = pa.table({"word": ["hidden"]})
        with pytest.raises(duckdb.CatalogException):
            warehouse.ask("select * from secret", {})
        assert secret.num_rows == 1

    def test_no_files_are_refused(self, warehouse: DuckDBWarehouse) -> None:
        with pytest.raises(ValueError, match="no files to offer as shoes"):
            warehouse.offer_files("shoes", [])

    def test_a_file_written_anew_is_read_as_it_is_now(
        self, warehouse: DuckDBWarehouse, folder: Path
    ) -> None:
        for rows in (2, 3, 5):
            pq.write_table(pa.table({"size": range(rows)}), folder / "shoes.parquet")
            warehouse.offer_files("shoes", [str(folder / "shoes.parquet")])
            [told] = warehouse.ask(
                "select count(*) n, max(size) as last from shoes", {}
            ).to_pylist()
            assert told == {"n": rows, "last": rows - 1}
