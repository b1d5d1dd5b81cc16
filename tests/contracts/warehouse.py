"""What every warehouse must keep: a test case for adapters to inherit."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from wegweiser.ports.warehouse import Warehouse


class WarehouseContract:
    """Inherit and give fixtures `warehouse` and `folder`, a folder that it may read."""

    def test_rows_are_readable_by_name(self, warehouse: Warehouse) -> None:
        warehouse.offer("shoes", pa.table({"size": [41, 43]}))
        assert warehouse.ask("select max(size) as size from shoes", {}).to_pylist() == [
            {"size": 43}
        ]

    def test_offering_again_replaces(self, warehouse: Warehouse, folder: Path) -> None:
        warehouse.offer("shoes", pa.table({"size": [41]}))
        warehouse.offer("shoes", pa.table({"size": [44]}))
        assert count(warehouse) == [44]
        pq.write_table(pa.table({"size": [45]}), folder / "shoes.parquet")
        warehouse.offer_files("shoes", [str(folder / "shoes.parquet")])
        assert count(warehouse) == [45]
        warehouse.offer("shoes", pa.table({"size": [46]}))
        assert count(warehouse) == [46]

    def test_files_are_one_view_and_lacking_columns_are_null(
        self, warehouse: Warehouse, folder: Path
    ) -> None:
        (folder / "received_day=2026-01-02").mkdir()
        old = folder / "received_day=2026-01-02" / "it's old.parquet"
        new = folder / "received_day=2026-01-02" / "new.parquet"
        pq.write_table(pa.table({"size": [41]}), old)
        pq.write_table(pa.table({"size": [42], "colour": ["red"]}), new)
        warehouse.offer_files("shoes", [str(old), str(new)])
        asked = "select size, colour, received_day::varchar as day from shoes order by size"
        assert warehouse.ask(asked, {}).to_pylist() == [
            {"size": 41, "colour": None, "day": "2026-01-02"},
            {"size": 42, "colour": "red", "day": "2026-01-02"},
        ]

    def test_columns_that_no_file_has_are_null(self, warehouse: Warehouse, folder: Path) -> None:
        pq.write_table(pa.table({"size": [41]}), folder / "old.parquet")
        wanted = pa.schema([("size", pa.int64()), ("colour", pa.string())])
        for _ in range(2):
            warehouse.offer_files("shoes", [str(folder / "old.parquet")], wanted)
            asked = warehouse.ask("select size, colour from shoes where colour is null", {})
            assert asked.to_pylist() == [{"size": 41, "colour": None}]

    def test_parameters_are_values_and_never_text(self, warehouse: Warehouse) -> None:
        nasty = "'; drop table shoes; --"
        answer = warehouse.ask(
            "select $a as a, $b + 1 as b, $c::double as c", {"a": nasty, "b": 2, "c": None}
        )
        assert answer.to_pylist() == [{"a": nasty, "b": 3, "c": None}]

    def test_moments_are_utc(self, warehouse: Warehouse) -> None:
        answer = warehouse.ask("select '2026-01-01T10:00:00+02:00'::timestamptz as moment", {})
        assert answer.schema.field("moment").type == pa.timestamp("us", tz="UTC")
        assert answer["moment"][0].value == 1_767_254_400_000_000


def count(warehouse: Warehouse) -> list[int]:
    """Give the sizes on offer."""
    return [row["size"] for row in warehouse.ask("select size from shoes", {}).to_pylist()]
