"""Rows of every file format come out alike."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wegweiser.adapters.rows import RowFile
from wegweiser.terms.errors import InputRefused

ROWS = [{"id": "1", "city": "Köln"}, {"id": "2", "city": "Bonn"}]


def written(folder: Path, kind: str) -> Path:
    """Write the same rows in one of the formats."""
    path = folder / f"rows.{kind}"
    text = "id;city\r\n1;Köln\r\n2;Bonn\r\n"
    lines = "".join(json.dumps(row) + "\n\n" for row in ROWS)
    match kind:
        case "csv":
            path.write_bytes(b"\xef\xbb\xbf" + text.encode())
        case "csv.gz":
            path.write_bytes(gzip.compress(text.encode()))
        case "ndjson":
            path.write_text(lines, encoding="utf-8")
        case "ndjson.gz":
            path.write_bytes(gzip.compress(lines.encode()))
        case "json":
            path.write_text(json.dumps(ROWS), encoding="utf-8")
        case _:
            pq.write_table(pa.Table.from_pylist(ROWS), path)
    return path


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "ndjson", "ndjson.gz", "json", "parquet"])
def test_all_formats_give_the_same_rows(tmp_path: Path, kind: str) -> None:
    file = RowFile(written(tmp_path, kind))
    assert list(file.rows()) == ROWS
    assert 0 <= file.share_read <= 1


def test_an_empty_cell_is_absent_and_a_broken_line_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,city\n1,\n", encoding="utf-8")
    assert list(RowFile(tmp_path / "a.csv").rows()) == [{"id": "1"}]
    (tmp_path / "a.ndjson").write_text('{"id": 1}\n{"id": \n', encoding="utf-8")
    first, broken = RowFile(tmp_path / "a.ndjson").rows()
    assert first == {"id": 1}
    assert isinstance(broken, dict)
    assert broken["_broken"] == '{"id":'


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"id\n\xff\xfe\n")
    with pytest.raises(InputRefused, match="UTF-8"):
        list(RowFile(tmp_path / "a.csv").rows())
