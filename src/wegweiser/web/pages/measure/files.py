"""An answer as a file: its table, or its chart, as far as the reader may see it."""

from base64 import b64decode
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.result import Answer
from wegweiser.terms.wrong import wrong
from wegweiser.web.pages.answers import Wish, wish
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.measure.catalogue import Listed, catalogue
from wegweiser.web.pages.measure.gates import is_withheld
from wegweiser.web.pages.measure.narrow import may_take
from wegweiser.web.pages.measure.seen import seen
from wegweiser.web.text import Reader, mark
from wegweiser.workspace.table_file import MEDIA, table_file

TABLES = {"csv": "csv", "german.csv": "csv-de", "parquet": "parquet", "json": "json"}
CHARTS = {"svg": "image/svg+xml", "png": "image/png"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAMES = {
    "csv": mark("CSV file"),
    "german.csv": mark("CSV for German spreadsheets"),
    "parquet": mark("Parquet file"),
    "json": mark("JSON file"),
    "xlsx": mark("Excel workbook"),
    "svg": mark("Chart as SVG"),
    "png": mark("Chart as PNG"),
}


def downloads_of(reader: Reader, one: Wish) -> tuple[tuple[str, str], ...]:
    """Name the files of an answer with their paths.

    A workbook holds the whole answer, so that only who sees all gets it.
    """
    query = urlencode(one.options)
    forms = [form for form in NAMES if form != "xlsx" or reader.sight == "whole"]
    return tuple(
        (reader.say(NAMES[form]), f"/measure/one/{one.measure}/file.{form}?{query}")
        for form in forms
    )


async def file(desk: Desk, request: Request) -> Response:
    """Give the answer that the address asks for as a file; the audit says who took it."""
    reader, form = desk.reader(request), request.path_params["form"]
    if form not in NAMES:
        raise NotFound(wrong("no_form", form=repr(form), known=", ".join(NAMES)))
    listed = await _listed(desk, request)
    one = _wish(request, listed)
    if not may_take(reader, dict(one.options).get("only", "")):
        raise InputRefused("only_counts", "Your role sees counts only.", 403)
    if form == "xlsx":
        if reader.sight != "whole":
            raise InputRefused("only_counts", "Your role sees counts only.", 403)
        return _attached(desk, request, one, form, await _workbook(desk, request, one))
    answer = await _answer(desk, one)
    shown = seen(reader, answer, listed.unit_in(one)).answer
    if form in CHARTS:
        return _attached(
            desk, request, one, form, await desk.drawings.picture(shown, reader.language, form)
        )
    return _attached(desk, request, one, form, _table(shown, TABLES[form]))


async def _listed(desk: Desk, request: Request) -> Listed:
    listed = await catalogue(desk)
    name = request.path_params["name"]
    if listed is None:
        raise _later()
    if name not in listed:
        raise NotFound(wrong("no_measure_called", name=repr(name)))
    return listed[name]


def _wish(request: Request, listed: Listed) -> Wish:
    given = request.query_params
    names = [one.name for one in listed.options if one.name in given]
    return wish(listed.name, {name: given[name] for name in names})


async def _answer(desk: Desk, one: Wish) -> Answer:
    answer = (await desk.answers.get([one])).get(one)
    if answer is None:
        raise desk.answers.refused(one) or _later()
    if is_withheld(answer):
        raise InputRefused("no_holdout", wrong("no_error_yet"), 409)
    return answer


def _later() -> InputRefused:
    return InputRefused("computing", wrong("still_computed"), 503)


def _table(answer: Answer, form: str) -> bytes:
    if answer.columns:
        return table_file(answer.columns, answer.rows, form)
    told = answer.table()
    columns = list(dict.fromkeys(name for row in told for name in row))
    rows: list[list[Json]] = [[row.get(name) for name in columns] for row in told]
    return table_file(columns, rows, form)


async def _workbook(desk: Desk, request: Request, one: Wish) -> bytes:
    language = desk.reader(request).language
    options: JsonObject = dict(one.options)
    asked: JsonObject = {"name": one.measure, "options": options, "language": language}
    found = await desk.run(request, "measure_file", {**asked, "format": "xlsx"})
    return b64decode(str(found["content"])) if isinstance(found, dict) else b""


def _attached(desk: Desk, request: Request, one: Wish, form: str, content: bytes) -> Response:
    operator = desk.who(request)
    detail: JsonObject = {"kind": one.measure, "form": form}
    desk.site.audit.note("data.export", operator.name if operator else "", detail=detail)
    headers = {"content-disposition": f'attachment; filename="{one.measure}.{form}"'}
    media = CHARTS.get(form) or (XLSX if form == "xlsx" else MEDIA[TABLES[form]])
    return Response(content, media_type=media, headers=headers)
