"""The method drawer: formula, assumptions, counts, SQL, the Python line, and files."""

import msgspec

from wegweiser.terms.column import column_word
from wegweiser.terms.result import Answer
from wegweiser.web.methods import TOLD
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
    term: str = ""
    assumptions: tuple[str, ...] = ()
    refusal: str = ""
    counts: tuple[tuple[str, str], ...] = ()
    python: str = ""
    sql: str = ""
    downloads: tuple[tuple[str, str], ...] = ()


def method_of(
    reader: Reader,
    answer: Answer,
    options: dict[str, str],
    downloads: tuple[tuple[str, str], ...] = (),
) -> Method:
    """Make the drawer of an answer that was asked for with `options`.

    What is computed, assumed and refused is said in the language of the reader; `term` is what
    the trade calls it.
    """
    counts = tuple(
        (column_word(name, reader.language), reader.number(number))
        for name, number in answer.main.n.items()
    )
    said = ", ".join(f"{name!r}: {value!r}" for name, value in options.items())
    python = f'wegweiser.open("folder").measure({answer.measure!r}, {{{said}}})'
    method = Method(
        term=answer.main.method,
        counts=counts,
        python=python,
        sql=answer.question.sql,
        downloads=downloads,
    )
    told = TOLD.get(answer.measure)
    if told is None:
        return method
    return msgspec.structs.replace(
        method,
        formula=reader.say(told.how),
        assumptions=(reader.say(told.assumes),),
        refusal=reader.say(told.refuses),
    )
