"""The audit trail: who changed or took out what, with filters, pages and a file of it."""

from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.web.deeds import DOERS, deed_words, detail_words
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.fields import Form
from wegweiser.web.pages.frame.files import file_of
from wegweiser.web.pages.frame.filters import with_chip, write_chips
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table, exports_of, paged
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.pages.settings.sections import (
    RoomPage,
    Section,
    moment_in,
    number_in,
    show_room,
    word_in,
)
from wegweiser.web.text import Reader, mark
from wegweiser.web.values import codes_of
from wegweiser.web.words import named

FILTERS = (("who", mark("Who")), ("what", mark("What")), ("about", mark("Identifier")))
HERE = "/settings/audit"
MOST = 10_000
COLUMNS = ("number", "at", "who", "what", "about", "detail")


async def audit(desk: Desk, request: Request) -> Response:
    """Show the trail, newest first, or give it as a file."""
    if request.method == "POST":
        return await _verify(desk, request)
    reader, view = desk.reader(request), desk.view(request)
    asked: JsonObject = {name: _first(reader, view, name) for name, _ in FILTERS}
    told = await desk.run(request, "audit", {**asked, "limit": MOST, "only_new": True})
    rows = rows_in(told, "rows")
    if view.form:
        taken = [[one.get(name) for name in COLUMNS] for one in rows]
        return file_of(desk, request, "audit", COLUMNS, taken)
    shown, pages = paged(reader, view, rows)
    intact = isinstance(told, dict) and told.get("intact") is True
    answer = reader.count(
        "{count} row fits; no row was changed or taken away.",
        "{count} rows fit; no row was changed or taken away.",
        len(rows),
    )
    if not intact:
        answer = _broken(reader, told)
    table = Table(
        (
            Column(reader.say("Row")),
            Column(reader.say("When")),
            Column(reader.say("Who")),
            Column(reader.say("What")),
            Column(reader.say("About")),
            Column(reader.say("More")),
        ),
        tuple(_row(reader, view, one) for one in shown),
        reader.say("Nothing fits."),
        pages=pages,
        exports=exports_of(reader, view),
    )
    sections = (Section(reader.say("Rows"), table=table), _verified(reader, told))
    return show_room(desk, request, RoomPage(answer, sections))


def _broken(reader: Reader, told: Json) -> str:
    number = word_in(told, "first_fault")
    return reader.say("Row {number} was changed or taken away.", number=number)


def _verified(reader: Reader, told: Json) -> Section:
    """Say when all rows were looked at, with the button that looks again."""
    at = moment_in(reader, told, "verified_at")
    sentence = reader.say(
        "All rows were last verified from the first one on at: {moment}. Since then only new ones"
        " are.",
        moment=at,
    )
    form = Form(reader.say("Verify all rows"), main=False)
    return Section(reader.say("Chain of rows"), sentence, forms=(form,))


async def _verify(desk: Desk, request: Request) -> Response:
    """Look at every row from the first one on."""
    reader = desk.reader(request)
    told = await desk.run(request, "audit", {"limit": 1})
    if not isinstance(told, dict) or told.get("intact") is not True:
        return desk.done(request, HERE, Notice(_broken(reader, told), tone="bad"))
    count = number_in(told, "rows_in_all")
    sentence = reader.count(
        "{count} row was verified: it was not changed.",
        "{count} rows were verified: none was changed or taken away.",
        count,
    )
    return desk.done(request, HERE, Notice(sentence))


def _first(reader: Reader, view: View, dimension: str) -> str:
    """Give the value of a filter; what is written in words stands for its code."""
    values = view.values_of(dimension)
    if len(values) > 1:
        told = wrong("one_of_filter")
        raise InputRefused("one_value", told, 422, "filter")
    codes = codes_of(reader, dimension)
    return codes.get(values[0].casefold(), values[0]) if values else ""


def _only(view: View, dimension: str, value: str) -> str:
    """Give the address with one more filter in place of those of the same dimension."""
    others = [chip for chip in view.chips if chip.dimension != dimension]
    return view.to(filter=write_chips(with_chip(others, dimension, value)))


def _row(reader: Reader, view: View, one: JsonObject) -> Row:
    who, what = word_in(one, "who"), word_in(one, "what")
    return Row(
        (
            Cell(reader.number(number_in(one, "number"))),
            Cell(moment_in(reader, one, "at")),
            Cell(named(reader, DOERS, who), path=_only(view, "who", who)),
            # The code is what files, filters and programs say.
            Cell(
                deed_words(reader, what, one.get("detail")),
                path=_only(view, "what", what),
                note=f"`{what}`",
            ),
            Cell(word_in(one, "about"), code=True),
            Cell(detail_words(reader, one.get("detail"))),
        )
    )
