"""Rows of every file format come out alike."""

import gzip
import io
import json
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from wegweiser.adapters.rows import RowFile
from wegweiser.terms.errors import InputRefused

ROWS = [{"id": "1", "city": "Köln"}, {"id": "2", "city": "Bonn"}]


KINDS = [
    kind + packed for kind in ("csv", "ndjson", "json", "parquet", "xlsx") for packed in ("", ".gz")
]


def workbook(rows: list[list[object]]) -> bytes:
    """Write a spreadsheet."""
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


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
        case "json.gz":
            path.write_bytes(gzip.compress(json.dumps(ROWS).encode()))
        case "xlsx" | "xlsx.gz":
            packed = workbook([["id", None, "city"], ["1", None, "Köln"], [], ["2", "x", " Bonn "]])
            path.write_bytes(gzip.compress(packed) if kind.endswith("gz") else packed)
        case _:
            table = io.BytesIO()
            pq.write_table(pa.Table.from_pylist(ROWS), table)
            packed = table.getvalue()
            path.write_bytes(gzip.compress(packed) if kind.endswith("gz") else packed)
    return path


@pytest.mark.parametrize("kind", KINDS)
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


def test_cells_of_a_spreadsheet_keep_their_kinds(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 2, 3, 4)  # noqa: DTZ001 - spreadsheets know no zone
    rows: list[list[object]] = [["n", "x", "at", "yes"], [7.0, 12.5, moment, True]]
    (tmp_path / "a.xlsx").write_bytes(workbook(rows))
    (row,) = RowFile(tmp_path / "a.xlsx").rows()
    assert row == {"n": 7, "x": 12.5, "at": "2026-01-02T03:04:00", "yes": True}


def test_a_delimiter_inside_quotes_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('"a, b, c";id\nx;1\n', encoding="utf-8")
    assert list(RowFile(tmp_path / "a.csv").rows()) == [{"a, b, c": "x", "id": "1"}]


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"PK\x03\x04 no zip", "not a spreadsheet"), (b"\x1f\x8b no gzip", "cannot be unpacked")],
)
def test_a_damaged_file_is_refused(tmp_path: Path, data: bytes, told: str) -> None:
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(InputRefused, match=told):
        list(RowFile(tmp_path / "a").rows())


def test_a_packed_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(b"id\n" + b"1\n2\n3\n" * 90_000)
    (tmp_path / "a").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputRefused, match="cannot be unpacked"):
        list(RowFile(tmp_path / "a").rows())
