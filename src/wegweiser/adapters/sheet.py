"""Rows of a spreadsheet (XLSX): the first sheet, named by its first row."""

import datetime
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO
from zipfile import BadZipFile

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject


def sheet_rows(path: Path, stream: IO[bytes]) -> Iterator[Json]:
    """Yield each row as JSON; empty cells and empty rows are left out, formulas give their value.

    Days and moments become ISO 8601 text without a zone, for `time(row.at, "", "Europe/Berlin")`.
    Raises InputRefused for what is no spreadsheet.
    """
    for cells, names in _named(_lines(path, stream)):
        row: JsonObject = {
            name: plain
            for name, cell in zip(names, cells, strict=False)
            if name and (plain := _plain(cell)) not in (None, "")
        }
        if row:
            yield row


def _named(
    lines: Iterator[tuple[object, ...]],
) -> Iterable[tuple[tuple[object, ...], list[str]]]:
    head = next((line for line in lines if any(cell is not None for cell in line)), ())
    names = [str(cell).strip() if cell is not None else "" for cell in head]
    return ((line, names) for line in lines)


def _lines(path: Path, stream: IO[bytes]) -> Iterator[tuple[object, ...]]:
    # Loaded here, since most commands never see a spreadsheet.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            # Styles that are missing or unknown change no value.
            warnings.simplefilter("ignore", UserWarning)
            book = load_workbook(stream, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise InputRefused("bad_xlsx", f"{path} is not a spreadsheet: {error}.") from error
    try:
        sheet = book.worksheets[0]
        # What a program wrote as the size of the sheet is often wrong.
        sheet.reset_dimensions()
        yield from sheet.iter_rows(values_only=True)
    finally:
        book.close()


def _plain(cell: object) -> Json:
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    if cell is None or isinstance(cell, bool | int | float | str):
        return cell.strip() if isinstance(cell, str) else cell
    return str(cell)
