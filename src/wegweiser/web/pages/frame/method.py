"""The method drawer: formula, assumptions, counts, SQL, the Python line, and files."""

import msgspec

from wegweiser.terms.result import Answer
from wegweiser.web.text import Reader, mark

FILES = (
    ("csv", mark("CSV file")),
    ("xlsx", mark("Excel workbook")),
    ("parquet", mark("Parquet file")),
    ("svg", mark("Chart as SVG")),
    ("png", mark("Chart as PNG")),
)


class Method(msgspec.Struct, frozen=True):
    """What the macro `drawer` shows; empty parts are left out."""

    formula: str = ""
    assumptions: tuple[str, ...] = ()
    counts: tuple[tuple[str, str], ...] = ()
    python: str = ""
    sql: str = ""
    downloads: tuple[tuple[str, str], ...] = ()


def method_of(
    reader: Reader,
    answer: Answer,
    options: dict[str, str],
    formula: str = "",
    assumptions: tuple[str, ...] = (),
    downloads: tuple[tuple[str, str], ...] = (),
) -> Method:
    """Make the drawer of an answer that was asked for with `options`."""
    counts = tuple((name, reader.number(number)) for name, number in answer.main.n.items())
    said = ", ".join(f"{name!r}: {value!r}" for name, value in options.items())
    python = f'wegweiser.open("folder").measure({answer.measure!r}, {{{said}}})'
    method = formula or answer.main.method
    return Method(method, assumptions, counts, python, answer.question.sql, downloads)
