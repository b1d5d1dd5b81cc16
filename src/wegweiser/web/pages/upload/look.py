"""The second step of a file: what its first rows would become, and whether to load it."""

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.event import Event
from wegweiser.terms.json import Json
from wegweiser.web.pages.data.reasons import reason_of
from wegweiser.web.pages.data.show import Card, DataPage, show_data
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Fault, Field, Form
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.upload.choose import HERE
from wegweiser.web.pages.upload.words import fault_of
from wegweiser.web.text import Reader
from wegweiser.web.words import EVENTS, named
from wegweiser.workspace.uploading import Look, Outcome, begin_load, look_at
from wegweiser.workspace.uploads import Upload

SHOWN_CHARACTERS = 200
NAME_CHARACTERS = 24
LEFT_OUT = ("suppressed", "dropped", "rejected")


async def look(desk: Desk, request: Request) -> Response:
    """Show what would become of a file; look again with another mapping, load it, discard it."""
    operator = desk.who(request)
    assert operator is not None
    try:
        upload = desk.site.uploads.get(request.path_params["upload_id"], operator.name)
    except NotFound as error:
        raise HTTPException(404) from error
    if request.method != "POST":
        return _page(desk, request, upload)
    form = await read_form(request, desk.form_limits)
    if form.get("do") == "drop":
        desk.site.uploads.drop(upload.upload_id)
        told = desk.reader(request).say("The file was deleted; nothing of it was stored.")
        return desk.done(request, HERE, Notice(told))
    if form.get("do") == "look":
        return _page(desk, request, upload, form.get("mapping", ""))
    try:
        work = begin_load(desk.site, upload, operator.name, _whole(desk, request))
    except InputRefused as error:
        return _page(desk, request, upload, fault=fault_of(desk.reader(request), error))
    return RedirectResponse(f"/progress/{work.work_id}", 303)


def _page(
    desk: Desk,
    request: Request,
    upload: Upload,
    mapping: str | None = None,
    fault: Fault | None = None,
) -> Response:
    reader = desk.reader(request)
    tried = upload.mapping if mapping is None else mapping
    found = None
    try:
        found = look_at(desk.site, upload, tried, _whole(desk, request))
    except InputRefused as error:
        fault = fault_of(reader, error)
    page = DataPage(
        answer=_answer(reader, found),
        still=_cards(reader, upload, found, tried, _whole(desk, request)),
        faults=() if fault is None else (fault,),
    )
    return show_data(desk, request, page)


def _whole(desk: Desk, request: Request) -> bool:
    """Tell whether a file counts like a secret key: who may make one may say the same by a file."""
    return desk.may(request, "senders")


def _answer(reader: Reader, found: Look | None) -> str:
    if found is None:
        return reader.say("Nothing was stored. The file cannot be loaded like this.")
    return reader.count(
        "{count} event of the first rows would be stored, {aside} set aside. Nothing was stored"
        " yet.",
        "{count} events of the first rows would be stored, {aside} set aside. Nothing was stored"
        " yet.",
        sum(one.event is not None for one in found.outcomes),
        aside=reader.number(sum(_is_aside(one) for one in found.outcomes)),
    )


def _is_aside(one: Outcome) -> bool:
    return bool(one.code) and one.code not in LEFT_OUT


def _cards(
    reader: Reader, upload: Upload, found: Look | None, mapping: str, whole: bool
) -> tuple[Card, ...]:
    drop = Form(reader.say("Discard file"), hidden=(("do", "drop"),), main=False)
    told = reader.say(
        "A text that begins with = is an expression over the row; any other text stands for"
        " itself. What a row does not have is left out."
    )
    field = Field(
        "mapping", reader.say("How a row becomes events"), mapping, "lines", help=told, rows=16
    )
    look_again = Form(
        reader.say("Look again"), (field,), hidden=(("do", "look"),), main=found is None
    )
    mapped = Card(reader.say("Mapping"), forms=(look_again,))
    if found is None:
        return (mapped, Card(upload.name, forms=(drop,)))
    return (
        Card(reader.say("What the first rows would become"), table=_table(reader, found)),
        mapped,
        _load(reader, upload, found, drop, whole),
    )


def _load(reader: Reader, upload: Upload, found: Look, drop: Form, whole: bool) -> Card:
    """Say what follows before it does: events of a file are not taken back one by one."""
    told = reader.say(
        "All rows are read with the mapping that was looked at last. What a row makes twice, or"
        " what was loaded before, counts once; what cannot be used waits in quarantine. Stored"
        " events stay. The file itself is deleted afterwards."
    )
    if not whole:
        told += " " + reader.say(
            "For your role consent that is granted, another address of somebody known, and who is"
            " one person are left out; only who makes secret keys may say that by a file."
        )
    source = found.source
    if found.is_new:
        source = reader.say("{source} (is made by this)", source=found.source)
    facts = (
        (reader.say("File"), upload.name),
        (reader.say("Size"), f"{reader.number(max(upload.size_bytes / 1000, 0.1), 1)} kB"),
        (reader.say("Source"), source),
    )
    load = Form(reader.say("Load all rows"), hidden=(("do", "load"),), sentence=told)
    return Card(reader.say("Load the file"), facts=facts, forms=(load, drop))


def _table(reader: Reader, found: Look) -> Table:
    columns = (
        Column(reader.say("Row")),
        Column(reader.say("What becomes of it")),
        Column(reader.say("Event")),
        Column(reader.say("Of whom")),
        Column(reader.say("When")),
        Column(reader.say("What it says")),
    )
    return Table(columns, tuple(_row(reader, one) for one in found.outcomes))


def _row(reader: Reader, one: Outcome) -> Row:
    number = Cell(reader.number(one.row))
    if one.event is None:
        cells = (Cell(""), Cell(""), Cell(""), Cell(_short(one.what) if one.what else ""))
        return Row((number, _becomes(reader, one), *cells))
    event = one.event
    return Row(
        (
            number,
            _becomes(reader, one),
            Cell(named(reader, EVENTS, event.shown_name)),
            Cell(_cut(event.user_id or event.anonymous_id, NAME_CHARACTERS)),
            Cell(reader.moment(event.at)),
            Cell(_short(_said(event))),
        )
    )


def _becomes(reader: Reader, one: Outcome) -> Cell:
    if one.event is not None:
        return Cell(reader.say("is stored"))
    if one.code in LEFT_OUT:
        return Cell(reader.say("is not kept: no consent, or nobody may be known by it"))
    if one.code:
        return Cell(reader.say("waits in quarantine"), note=reason_of(reader, one.code))
    return Cell(reader.say("nothing: the mapping leaves it out"))


def _said(event: Event) -> Json:
    return event.traits if event.type in ("identify", "group") else event.properties


def _short(value: Json) -> str:
    return _cut(msgspec.json.encode(value).decode(), SHOWN_CHARACTERS)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + "…"
