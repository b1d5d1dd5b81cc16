"""Reports by mail: who is told what and when, what was sent last, and sending one now."""

from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import JsonObject
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Post
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.pages.settings.sections import (
    RoomPage,
    Section,
    moment_in,
    show_room,
    word_in,
)
from wegweiser.web.text import Reader

HERE = "/settings/reports"


async def reports(desk: Desk, request: Request) -> Response:
    """Show the reports, or send one now."""
    reader = desk.reader(request)
    if request.method == "POST":
        key = (await read_form(request, desk.form_limits)).get("key", "")
        try:
            await desk.run(request, "report_send", {"key": key})
        except (InputRefused, NotFound) as error:
            return await _page(desk, request, (("key", error.said(reader.language)),))
        return desk.done(request, HERE, Notice(reader.say("The report {key} was sent.", key=key)))
    return await _page(desk, request)


async def _page(desk: Desk, request: Request, faults: tuple[tuple[str, str], ...] = ()) -> Response:
    reader = desk.reader(request)
    listed = rows_in(await desk.run(request, "report_list", {}), "reports")
    answer = reader.count(
        "{count} report is sent by mail.", "{count} reports are sent by mail.", len(listed)
    )
    if not listed:
        answer = reader.say("No report is published yet.")
    may_send = desk.may(request, "configure")
    sections = (
        Section(reader.say("Reports"), table=_table(reader, listed, may_send)),
        Section(
            reader.say("How to change it"),
            reader.say("Reports are documents; publish one to add or change it."),
        ),
    )
    return show_room(desk, request, RoomPage(answer, sections, faults))


def _table(reader: Reader, listed: list[JsonObject], may_send: bool) -> Table:
    columns = (
        Column(reader.say("Report")),
        Column(reader.say("Goes to")),
        Column(reader.say("Next time")),
        Column(reader.say("Sent last")),
        Column(reader.say("Last failure")),
        Column(reader.say("What to do"), plain=True),
    )
    nothing = reader.say("No report is published yet.")
    return Table(columns, tuple(_row(reader, one, may_send) for one in listed), nothing)


def _row(reader: Reader, one: JsonObject, may_send: bool) -> Row:
    key, words = word_in(one, "key"), reader.say("Send now")
    title = one.get("title")
    name = word_in(title, reader.language) if isinstance(title, dict) else word_in(one, "title")
    button = (Post(words, f"{words}: {key}", (("key", key),)),) if may_send else ()
    return Row(
        (
            Cell(name or key, note=key if name else ""),
            Cell(_addresses(reader, one)),
            Cell(moment_in(reader, one, "next_due")),
            Cell(moment_in(reader, one, "last_sent")),
            # What a mail server said may name whom it did not know.
            Cell((word_in(one, "last_error") if may_send else "") or "–"),
            Cell("", posts=button),
        )
    )


def _addresses(reader: Reader, one: JsonObject) -> str:
    listed = one.get("to")
    return ", ".join(reader.private(str(to)) for to in listed) if isinstance(listed, list) else ""
