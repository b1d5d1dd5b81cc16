"""An answer as a workbook: sentences and figures, the table, and the question behind them."""

import io
from collections.abc import Sequence

import msgspec

from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer, Change, Result

_SHEETS = {
    "en": ("Figures", "Table", "Question"),
    "de": ("Kennzahlen", "Tabelle", "Frage"),
}
_CELL_SIGNS = 32_000
_RATIO = "now / before - 1"
_FIGURES = ("sentence", "name", "estimate", "low", "high", "unit", "reason", "evidence")


def workbook(answer: Answer, language: str) -> bytes:
    """Write an XLSX workbook of three sheets; texts are texts, never formulas."""
    from openpyxl import Workbook

    figures, table, question = _SHEETS.get(language, _SHEETS["en"])
    book = Workbook(write_only=True)
    _fill(book.create_sheet(figures), _FIGURES, _figures(answer, language))
    if answer.columns:
        _fill(book.create_sheet(table), answer.columns, answer.rows)
    _fill(book.create_sheet(question), ("", ""), _question(answer))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _figures(answer: Answer, language: str) -> list[list[Json]]:
    rows = [
        [*_row(one, one.sentence.get(language, "")), one.unit, one.reason, one.evidence]
        for one in answer.results
    ]
    changes = () if answer.compared is None else answer.compared.changes
    rows += [[*_row(one, one.sentence.get(language, "")), _RATIO, "", ""] for one in changes]
    return rows


def _row(one: Result | Change, sentence: str) -> list[Json]:
    return [sentence, one.name, one.estimate, one.low, one.high]


def _question(answer: Answer) -> list[list[Json]]:
    period = answer.period
    asked: list[list[Json]] = [
        ["measure", answer.measure],
        ["as_of", format_instant(answer.as_of)],
        ["fresh_until", format_instant(answer.fresh_until)],
        ["from", None if period is None else format_instant(period.start)],
        ["to", None if period is None else format_instant(period.end)],
        ["zone", None if period is None else period.zone],
        ["question_hash", answer.question_hash],
    ]
    return [*asked, ["sql", answer.sql]]


def _fill(sheet, columns: Sequence[str], rows: Sequence[Sequence[Json]]) -> None:  # type: ignore[no-untyped-def]
    from openpyxl.cell import WriteOnlyCell

    def cell(value: Json) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        made = WriteOnlyCell(sheet, value=_clean(text)[:_CELL_SIGNS])
        made.data_type = "s"
        return made

    sheet.append([cell(column) for column in columns])
    for row in rows:
        sheet.append([cell(value) for value in row])


def _clean(text: str) -> str:
    """Leave out the control signs that no workbook may hold."""
    return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")
