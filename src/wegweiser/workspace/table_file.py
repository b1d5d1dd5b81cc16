"""A table of a page as a file: CSV for machines or for German spreadsheets, Parquet, JSON."""

import csv
import io
from collections.abc import Sequence

import msgspec

from wegweiser.deliver.spreadsheet import harmless
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json
from wegweiser.terms.wrong import wrong

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "csv-de": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
}


def table_file(columns: Sequence[str], rows: Sequence[Sequence[Json]], form: str) -> bytes:
    """Write a table in one of the forms of `MEDIA`; raises InputRefused for another.

    >>> table_file(["name", "share"], [["=1+1", 0.5]], "csv-de").decode("utf-8-sig")
    "name;share\\r\\n'=1+1;0,5\\r\\n"
    """
    if form not in MEDIA:
        told = wrong("no_form", form=repr(form), known=", ".join(MEDIA))
        raise InputRefused("bad_form_word", told, 422, "form")
    if form == "json":
        return msgspec.json.encode([dict(zip(columns, row, strict=True)) for row in rows])
    if form == "parquet":
        return _parquet(columns, rows)
    german = form == "csv-de"
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=";" if german else ",")
    writer.writerow([harmless(column) for column in columns])
    writer.writerows([_cell(value, german) for value in row] for row in rows)
    # German spreadsheets take a file for UTF-8 only where it begins with this mark.
    return target.getvalue().encode("utf-8-sig" if german else "utf-8")


def _cell(value: Json, german: bool) -> str | int | float | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and german:
        return str(value).replace(".", ",")
    if value is None or isinstance(value, int | float):
        return value
    return harmless(_text(value))


def _parquet(columns: Sequence[str], rows: Sequence[Sequence[Json]]) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    arrays = {}
    for place, column in enumerate(columns):
        values = [row[place] for row in rows]
        try:
            arrays[column] = pa.array([_scalar(value) for value in values])
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            arrays[column] = pa.array([None if one is None else _text(one) for one in values])
    sink = io.BytesIO()
    parquet.write_table(pa.table(arrays), sink, compression="zstd")
    return sink.getvalue()


def _scalar(value: Json) -> Json:
    return _text(value) if isinstance(value, dict | list) else value


def _text(value: Json) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
