"""Access and erasure: who asked for their data, until when, how far it is, and the receipt."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Field, Form, Post
from wegweiser.web.pages.frame.files import json_file
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.refusals import OF_IDENTIFIERS, refusal
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
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
from wegweiser.web.words import named

HERE = "/settings/requests"
# Longer erasures go on by themselves and are shown on a page of their own.
LONGEST_WAIT_S = 3.0
COUNTED = {
    "persons": mark("People"),
    "accounts": mark("Accounts"),
    "events": mark("Events"),
    "decisions": mark("Decisions"),
    "outcomes": mark("Outcomes"),
    "identifiers": mark("Identifiers"),
    "quarantined": mark("In quarantine"),
    "typed_in_segments": mark("Names typed into segments"),
    "typed_in_segment_versions": mark("Names in earlier versions of segments"),
    "typed_in_policies": mark("Names typed into messages and rules"),
    "typed_in_drafts": mark("Names typed into drafts"),
    "typed_in_reports": mark("Names typed into reports"),
    "typed_in_watches": mark("Names typed into watches"),
    "typed_in_definitions": mark("Names typed into other definitions"),
    "typed_in_alarms": mark("Names typed into notes on alarms"),
    "typed_in_notes": mark("Names typed into notes"),
    "typed_in_plans": mark("Names typed into plans"),
    "typed_in_batches": mark("Names typed into sendings"),
    "typed_in_audiences": mark("Names in files that were handed over"),
    "typed_in_reasons": mark("Names typed into reasons"),
    "typed_in_works": mark("Names in long work"),
    "typed_in_events": mark("Names in what others did or said"),
    "typed_in_decisions": mark("Names in decisions about others"),
    "typed_in_audit": mark("Names in the audit"),
}
SUPPRESSED = (("true", mark("never let them in again")), ("false", mark("they may begin anew")))


async def requests(desk: Desk, request: Request) -> Response:
    """Show what was asked for, or do the next step."""
    if request.method != "POST":
        return await _page(desk, request)
    form = await read_form(request, desk.form_limits)
    try:
        return await _done(desk, request, form)
    except (InputRefused, NotFound) as error:
        fault = refusal(desk.reader(request), error, OF_IDENTIFIERS, form, "identifier")
        name = form.get("identifier", "")
        preview: Json = None
        if fault[0] == "again":
            preview = await _previewed(desk, request, name, form)
        return await _page(desk, request, name, preview, fault, form.get("called", ""))


async def _done(desk: Desk, request: Request, form: dict[str, str]) -> Response:
    reader, name = desk.reader(request), form.get("identifier", "").strip()
    operator = desk.who(request)
    assert operator is not None
    match form.get("do", ""):
        case "preview":
            told = await _previewed(desk, request, name, form)
            return await _page(desk, request, name, told, called=form.get("called", ""))
        case "erase":
            return await _erase(desk, request, name, form)
        case "access":
            wish: JsonObject = {"identifier": name, "by": operator.name}
            await desk.run(request, "access_request", wish)
            return desk.done(request, HERE, Notice(reader.say("The request is noted.")))
        case "release":
            release: JsonObject = {"request_id": form.get("request_id", ""), "by": operator.name}
            await desk.run(request, "access_release", release)
            return desk.done(request, HERE, Notice(reader.say("The document may go out now.")))
    raise InputRefused("bad_form", "The form cannot be read.", 422)


async def _previewed(desk: Desk, request: Request, name: str, form: dict[str, str]) -> Json:
    wish: JsonObject = {"identifier": name, "dry_run": True, "called": _called(form)}
    return await desk.run(request, "forget", wish)


def _called(form: dict[str, str]) -> list[Json]:
    """Read what else somebody is called: names, divided by commas."""
    return [one.strip() for one in form.get("called", "").split(",") if one.strip()]


async def _erase(desk: Desk, request: Request, name: str, form: dict[str, str]) -> Response:
    """Erase once the identifier was typed again; nothing brings it back."""
    reader = desk.reader(request)
    if form.get("again", "").strip() != name:
        told = reader.say("Type the identifier exactly; an erasure cannot be taken back.")
        raise InputRefused("not_confirmed", told, 422, "again")
    wish: JsonObject = {
        "identifier": name,
        "confirm": True,
        "suppress": form.get("suppress", "true") != "false",
        "called": _called(form),
    }
    operator = desk.who(request)
    work = desk.site.works.begin("erasure", "", wish, operator.name if operator else "")
    refused = await desk.site.works.awhile(work, LONGEST_WAIT_S)
    if refused is not None:
        raise refused
    if work.state != "over":
        return RedirectResponse(f"/progress/{work.work_id}", 303)
    told = reader.say("Erased. The receipt is {id}.", id=word_in(work.found, "request_id"))
    return desk.done(request, HERE, Notice(told))


async def _page(
    desk: Desk,
    request: Request,
    name: str = "",
    preview: Json = None,
    fault: tuple[str, str] | None = None,
    called: str = "",
) -> Response:
    reader = desk.reader(request)
    asked = rows_in(await desk.run(request, "access_requests", {}))
    receipts = rows_in(await desk.run(request, "erasure_list", {}))
    subjects = desk.site.privacy.requests.waiting()
    waiting = sum(not one.get("released_at") for one in asked) + len(subjects)
    answer = reader.count(
        "{count} request waits; {done} erasures are proven by a receipt.",
        "{count} requests wait; {done} erasures are proven by a receipt.",
        waiting,
        done=reader.number(len(receipts)),
    )
    if not waiting and not receipts:
        answer = reader.say("Nobody asked yet.")
    sections = (
        *([_preview_section(reader, name, preview, called)] if preview is not None else []),
        _ask_section(reader, name, called),
        Section(reader.say("Access requests"), table=_asked(reader, asked)),
        Section(reader.say("Requests by other systems"), table=_subjects(desk, reader)),
        Section(
            reader.say("Receipts of erasures"),
            reader.say("Each is signed; a replay of the log does not bring the data back."),
            table=_receipts(reader, receipts),
        ),
    )
    return show_room(desk, request, RoomPage(answer, sections, (fault,) if fault else ()))


def _ask_section(reader: Reader, name: str, called: str) -> Section:
    told = reader.say("Write it as TYPE:VALUE, for example email:ada@example.com.")
    field = Field("identifier", reader.say("Identifier of the person"), name, help=told)
    hint = reader.say(
        "Full names are known from traits. Add other names that people may have typed in notes and"
        " rules, divided by commas."
    )
    also = Field("called", reader.say("Also called"), called, help=hint)
    fields = (field, also)
    preview = Form(reader.say("Show what an erasure would take"), fields, (("do", "preview"),))
    ask = Form(reader.say("Note access request"), (field,), (("do", "access"),), main=False)
    return Section(reader.say("Somebody asks"), forms=(preview, ask))


def _preview_section(reader: Reader, name: str, preview: Json, called: str) -> Section:
    would_go = preview.get("would_go") if isinstance(preview, dict) else None
    counts = would_go if isinstance(would_go, dict) else {}
    facts = tuple(
        (named(reader, COUNTED, key), reader.number(count))
        for key, count in counts.items()
        if key in COUNTED and isinstance(count, int) and count
    )
    sought = counts.get("called")
    if isinstance(sought, list) and sought:
        names = ", ".join(reader.private(str(one)) for one in sought)
        facts += ((reader.say("Names that are looked for in texts"), names),)
    form = Form(
        reader.say("Erase for ever"),
        (
            Field("again", reader.say("Type the identifier once more"), required=True),
            Field(
                "suppress",
                reader.say("Afterwards"),
                "true",
                options=tuple((value, reader.say(words)) for value, words in SUPPRESSED),
            ),
        ),
        (("do", "erase"), ("identifier", name), ("called", called)),
    )
    told = reader.say("This would go, and cannot be brought back:")
    return Section(reader.say("Before you erase"), told, facts=facts, forms=(form,))


def _asked(reader: Reader, asked: list[JsonObject]) -> Table:
    columns = (
        Column(reader.say("Request")),
        Column(reader.say("Asked by")),
        Column(reader.say("Asked at")),
        Column(reader.say("Released by")),
        Column(reader.say("What to do"), plain=True),
    )
    return Table(
        columns, tuple(_access(reader, one) for one in asked), reader.say("Nobody asked yet.")
    )


def _access(reader: Reader, one: JsonObject) -> Row:
    request_id, released = word_in(one, "request_id"), bool(one.get("released_at"))
    words = reader.say("Release")
    fields = (("do", "release"), ("request_id", request_id))
    button = () if released else (Post(words, f"{words}: {request_id}", fields),)
    path = f"{HERE}/{request_id}.json" if released else ""
    return Row(
        (
            Cell(request_id, path=path),
            Cell(word_in(one, "asked_by")),
            Cell(moment_in(reader, one, "asked_at")),
            Cell(word_in(one, "released_by") or "–"),
            Cell("", posts=button),
        )
    )


def _subjects(desk: Desk, reader: Reader) -> Table:
    columns = (
        Column(reader.say("Request")),
        Column(reader.say("Kind")),
        Column(reader.say("Received")),
        Column(reader.say("Due")),
    )
    kinds = {
        "erasure": reader.say("Erasure"),
        "access": reader.say("Access"),
        "portability": reader.say("Portability"),
    }
    rows = (
        Row(
            (
                Cell(one.subject_request_id, code=True),
                Cell(kinds[one.type]),
                Cell(reader.moment(one.received_at)),
                Cell(reader.moment(one.expected_at)),
            )
        )
        for one in desk.site.privacy.requests.waiting()
    )
    return Table(columns, tuple(rows), reader.say("Nothing waits."))


def _receipts(reader: Reader, receipts: list[JsonObject]) -> Table:
    columns = (
        Column(reader.say("Receipt")),
        Column(reader.say("Asked at")),
        Column(reader.say("Done at")),
        Column(reader.say("People"), number=True),
        Column(reader.say("Signature")),
    )
    rows = (
        Row(
            (
                Cell(word_in(one, "requestId"), code=True),
                Cell(moment_in(reader, one, "requestedAt")),
                Cell(moment_in(reader, one, "finishedAt")),
                Cell(reader.number(number_in(one.get("counts"), "persons"))),
                Cell(reader.say("holds") if one.get("intact") else reader.say("is broken")),
            )
        )
        for one in reversed(receipts)
    )
    return Table(columns, tuple(rows), reader.say("Nothing was erased yet."))


async def document(desk: Desk, request: Request) -> Response:
    """Give the document of a released request, to be handed to the person it is about."""
    request_id = request.path_params["request_id"]
    told = await desk.run(request, "access_document", {"request_id": request_id})
    return json_file(told, request_id)
