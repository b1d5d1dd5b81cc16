"""Quarantine: what could not be used, grouped by reason, with the ways to let it in."""

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.data.live import indented, note_bodies
from wegweiser.web.pages.data.reasons import marked_lines, reason_of, refusal_of, remedy_of
from wegweiser.web.pages.data.show import Card, DataPage, show_data
from wegweiser.web.pages.data.told import ago, moment_in, whole_in, word_in
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Field, Form, Post
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table, paged
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.text import Reader

HERE = "/data/quarantine"
MOST_LISTED = 1_000


async def quarantine(desk: Desk, request: Request) -> Response:
    """Show the groups, or begin to read one of them once more."""
    if request.method == "POST":
        form = await read_form(request, desk.form_limits)
        return await _try_again(desk, request, form)
    reader = desk.reader(request)
    groups = rows_in(await desk.run(request, "quarantine_groups", {}))
    count = sum(whole_in(one, "count") for one in groups)
    answer = reader.count(
        "{count} event waits in quarantine; it is kept for 30 days.",
        "{count} events wait in quarantine; they are kept for 30 days.",
        count,
    )
    if not count:
        answer = reader.say("Nothing is in quarantine: everything that came could be used.")
    if not desk.site.unifier.tally.received:
        answer = reader.say("What cannot be used will stand here, with its reason.")
    columns = (
        Column(reader.say("Reason")),
        Column(reader.say("Source")),
        Column(reader.say("Count"), number=True),
        Column(reader.say("Last one")),
        Column(reader.say("How to fix it")),
        Column(reader.say("What to do"), plain=True),
    )
    table = Table(columns, tuple(_group(reader, one) for one in groups), answer)
    card = Card(reader.say("By reason"), table=table)
    page = DataPage(answer=answer, sections=(card,) if count else (), stream="/data/stream")
    return show_data(desk, request, page)


def _group(reader: Reader, one: JsonObject) -> Row:
    code, source, at = word_in(one, "code"), word_in(one, "source"), moment_in(one, "newest_at")
    words = reader.say("Try again")
    fields = (("code", code), ("source", source))
    button = Post(words, f"{words}: {code}, {source}", fields, HERE)
    return Row(
        (
            Cell(reason_of(reader, code), path=f"{HERE}/{word_in(one, 'newest')}", note=code),
            Cell(source),
            Cell(reader.number(whole_in(one, "count"))),
            Cell("–" if at is None else ago(reader, at)),
            Cell(remedy_of(reader, code)),
            Cell("", posts=(button,)),
        )
    )


async def _try_again(desk: Desk, request: Request, form: dict[str, str]) -> Response:
    """Begin, and lead to the page that shows how far it is."""
    name, operator = form.get("source", ""), desk.who(request)
    source = desk.site.callers.named(name) or desk.site.callers.source(name)
    code = form.get("code", "")
    if source is None or not code:
        raise InputRefused("bad_form", "The form cannot be read.", 422)
    given: JsonObject = {"code": code, "source_id": source.source_id}
    by = operator.name if operator else ""
    work = desk.site.works.begin("replay", f"{code}, {source.name}", given, by)
    desk.site.audit.note("quarantine.replay", by, detail={"code": code})
    return RedirectResponse(f"/progress/{work.work_id}", 303)


async def element(desk: Desk, request: Request) -> Response:
    """Show one element with the faulty place, or mend it, or give it up."""
    quarantine_id = request.path_params["quarantine_id"]
    try:
        one = await desk.run(request, "quarantine_show", {"id": quarantine_id})
    except (NotFound, InputRefused) as error:
        raise HTTPException(404) from error
    assert isinstance(one, dict)
    if request.method != "POST":
        note_bodies(desk, request)
        return await _element_page(desk, request, one)
    form = await read_form(request, desk.form_limits)
    text = form.get("element", "")
    try:
        return await _changed(desk, request, quarantine_id, form)
    except (InputRefused, NotFound) as error:
        return await _element_page(
            desk, request, one, text, refusal_of(desk.reader(request), error)
        )


async def _changed(
    desk: Desk, request: Request, quarantine_id: str, form: dict[str, str]
) -> Response:
    reader = desk.reader(request)
    match form.get("do", ""):
        case "fix":
            fix: JsonObject = {"id": quarantine_id, "element": _read(reader, form)}
            await desk.run(request, "quarantine_fix", fix)
            told = reader.say("The mended event was taken in at the time at which it came.")
        case "again":
            found = await desk.run(request, "quarantine_replay", {"ids": [quarantine_id]})
            if isinstance(found, dict) and found.get("still_quarantined"):
                codes = found.get("codes")
                code = next(iter(codes), "") if isinstance(codes, dict) else ""
                raise InputRefused(code or "bad_value", reason_of(reader, code), 422)
            told = reader.say("The event was taken in at the time at which it came.")
        case "discard":
            if form.get("again", "").strip() != quarantine_id:
                told = reader.say("Type the number of the event exactly to give it up for ever.")
                raise InputRefused("not_confirmed", told, 422, "again")
            await desk.run(request, "quarantine_discard", {"ids": [quarantine_id]})
            told = reader.say("The event was given up.")
        case _:
            raise InputRefused("bad_form", reader.say("The form cannot be read."), 422)
    return desk.done(request, HERE, Notice(told))


def _read(reader: Reader, form: dict[str, str]) -> Json:
    """Read the mended event; the reader is told where it is no JSON."""
    try:
        found: Json = msgspec.json.decode(form.get("element", ""))
    except msgspec.DecodeError as error:
        told = reader.say("This is not JSON: {fault}.", fault=str(error))
        raise InputRefused("bad_json", told, 422, "element") from error
    return found


async def _element_page(
    desk: Desk, request: Request, one: JsonObject, text: str = "", fault: str = ""
) -> Response:
    reader, code = desk.reader(request), word_in(one, "code")
    quarantine_id, message = word_in(one, "quarantineId"), word_in(one, "message")
    source = desk.site.callers.source(word_in(one, "sourceId"))
    at = moment_in(one, "receivedAt")
    facts = (
        (reader.say("Source"), "–" if source is None else source.name),
        (reader.say("Arrived"), "–" if at is None else reader.moment(at)),
        (reader.say("Reason"), code),
        (reader.say("What was wrong"), message),
    )
    found = Card(
        reader.say("The event, as it is kept"),
        reader.say("An arrow stands where the fault lies. A field that is missing has none."),
        facts=facts,
        lines=marked_lines(one.get("element"), message),
    )
    again = Form(reader.say("Try again"), hidden=(("do", "again"),), main=False)
    mend = Card(
        reader.say("Mend it"),
        remedy_of(reader, code),
        element=text or indented(one.get("element")),
        forms=(again,),
    )
    confirm = Field(
        "again", reader.say("Type the number of the event: {id}", id=quarantine_id), required=True
    )
    give_up = Form(reader.say("Give event up"), (confirm,), (("do", "discard"),), main=False)
    drop = Card(
        reader.say("Give it up"),
        reader.say("This cannot be taken back; the event counts as dropped."),
        forms=(give_up,),
    )
    others = Card(reader.say("Others of the same reason"), table=await _others(desk, request, one))
    page = DataPage(
        answer=reason_of(reader, code),
        sections=(found, mend, drop, others),
        faults=(("element", fault),) if fault else (),
    )
    return show_data(desk, request, page)


async def _others(desk: Desk, request: Request, one: JsonObject) -> Table:
    reader = desk.reader(request)
    wish: JsonObject = {
        "code": word_in(one, "code"),
        "source": word_in(one, "sourceId"),
        "limit": MOST_LISTED,
    }
    told = await desk.run(request, "quarantine_list", wish)
    listed = told.get("quarantined") if isinstance(told, dict) else None
    rows = rows_in(listed)
    shown, pages = rows, None
    if request.method == "GET":
        shown_rows, pages = paged(reader, desk.view(request), rows)
        shown = [*shown_rows]
    return Table(
        (
            Column(reader.say("Event")),
            Column(reader.say("Arrived")),
            Column(reader.say("What was wrong")),
        ),
        tuple(_other(reader, other) for other in shown),
        pages=pages,
    )


def _other(reader: Reader, one: JsonObject) -> Row:
    quarantine_id, at = word_in(one, "quarantineId"), moment_in(one, "receivedAt")
    return Row(
        (
            Cell(quarantine_id, path=f"{HERE}/{quarantine_id}"),
            Cell("–" if at is None else ago(reader, at)),
            Cell(word_in(one, "message")),
        )
    )
