"""What does not fit into memory goes below the archive's folder, and away again."""

from pathlib import Path

import duckdb
import pytest

from wegweiser.adapters.duckdb import SPILL, DuckDBWarehouse

_LARGE = """
select count(*) as n
from (select row_number() over (order by md5(i::varchar)) as place, md5(i::varchar) as name
      from range($rows::bigint) t(i))
where place > 0 and name <> ''
"""


def test_a_question_larger_than_memory_is_answered_below_the_folder(tmp_path: Path) -> None:
    (tmp_path / SPILL).mkdir()
    (tmp_path / SPILL / "left-by-a-crash").write_text("somebody", encoding="utf-8")
    warehouse = DuckDBWarehouse([tmp_path], memory_mb=24, threads=1)
    found = warehouse.ask(_LARGE, {"rows": 400_000}).to_pylist()
    assert found == [{"n": 400_000}]
    warehouse.close()
    left = [path for path in (tmp_path / SPILL).rglob("*") if path.is_file()]
    assert left == []


def test_without_a_folder_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(duckdb.OutOfMemoryException):
        DuckDBWarehouse(memory_mb=24, threads=1).ask(_LARGE, {"rows": 400_000})
    assert list(tmp_path.iterdir()) == []
