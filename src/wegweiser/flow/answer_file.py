"""An answer as a file for other programs: a table, or a drawing."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from wegweiser.deliver.spreadsheet import harmless
from wegweiser.flow.answer_sheets import workbook
from wegweiser.flow.answer_wish import Written
from wegweiser.terms.drawing import charts
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.result import Answer

if TYPE_CHECKING:
    import pyarrow as pa

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": SHEET,
    "parquet": "application/vnd.apache.parquet",
    "svg": "image/svg+xml",
    "png": "image/png",
    "spec": "application/vnd.vegalite.v6+json",
}
_ENDINGS = {"spec": "vl.json"}


def require_form(form: str) -> None:
    """Raise InputRefused for a format that no answer has."""
    if form not in MEDIA:
        told = f"There is no format {form!r}; use json, {', '.join(MEDIA)}."
        raise InputRefused("bad_format", told, 422, "format")


def written(answer: Answer, form: str, language: str) -> Written:
    """Write an answer in one of the formats of `MEDIA`; raises InputRefused for another."""
    require_form(form)
    makers: dict[str, Callable[[], bytes]] = {
        "csv": lambda: csv_of(answer),
        "xlsx": lambda: workbook(answer, language),
        "parquet": lambda: parquet_of(answer),
        "svg": lambda: charts().svg(answer, language),
        "png": lambda: charts().png(answer, language),
        "spec": lambda: charts().spec(answer, language),
    }
    name = f"{answer.measure}.{_ENDINGS.get(form, form)}"
    return Written(name, MEDIA[form], makers[form]())


def csv_of(answer: Answer) -> bytes:
    """Write the table as CSV (UTF-8, point decimals) with no cell that starts a formula."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    rows = answer.table()
    columns = columns_of(rows, answer)
    writer.writerow([harmless(column) for column in columns])
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return target.getvalue().encode()


def parquet_of(answer: Answer) -> bytes:
    """Write the table as Parquet; a column of several types is text."""
    import pyarrow as pa
    from pyarrow import parquet

    rows = answer.table()
    columns = columns_of(rows, answer)
    arrays = {column: _array([row.get(column) for row in rows]) for column in columns}
    sink = io.BytesIO()
    parquet.write_table(pa.table(arrays), sink, compression="zstd")
    return sink.getvalue()


def columns_of(rows: Sequence[JsonObject], answer: Answer) -> list[str]:
    """Give the columns of an answer's table, also of one without rows."""
    return list(answer.columns) or list(dict.fromkeys(name for row in rows for name in row))


def _array(values: Sequence[Json]) -> "pa.Array":
    import pyarrow as pa

    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if value is None else _text(value) for value in values])


def _cell(value: Json) -> str | int | float | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, int | float):
        return value
    return harmless(_text(value))


def _text(value: Json) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
