"""The pages of Settings as values: sections with sentences, facts, tables and forms."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import Json
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_already
from wegweiser.web.pages.frame.fields import Form, sent_back
from wegweiser.web.pages.frame.table import Table
from wegweiser.web.pages.settings.rooms import room_of
from wegweiser.web.text import Reader


class Section(msgspec.Struct, frozen=True):
    """One card; empty parts are left out. `secret` is shown this once."""

    title: str
    sentence: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    table: Table | None = None
    forms: tuple[Form, ...] = ()
    secret: str = ""
    code: str = ""


class RoomPage(msgspec.Struct, frozen=True):
    """A page of Settings: the answer in a sentence, then its sections."""

    answer: str
    sections: tuple[Section, ...]
    faults: tuple[tuple[str, str], ...] = ()


def show_room(desk: Desk, request: Request, page: RoomPage) -> Response:
    """Write a page of Settings."""
    reader, room = desk.reader(request), room_of(request.url.path)
    frame = desk.frame(
        request,
        reader.say(room.name),
        reader.say(room.question),
        crumbs=(("/settings", reader.say("Settings")),),
    )
    if not page.faults:
        return desk.render(request, "settings/room.html", frame, page)
    given = read_already(request)
    sections = tuple(
        msgspec.structs.replace(one, forms=sent_back(one.forms, given, page.faults))
        for one in page.sections
    )
    shown = msgspec.structs.replace(page, sections=sections)
    return desk.render(request, "settings/room.html", frame, shown, 422)


def word_in(row: Json, name: str) -> str:
    """Read a text or number of an object; empty where there is none."""
    value = row.get(name) if isinstance(row, dict) else None
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)


def number_in(row: Json, name: str) -> int:
    """Read a number of an object; 0 where there is none."""
    value = row.get(name) if isinstance(row, dict) else None
    return value if isinstance(value, int) else 0


def moment_in(reader: Reader, row: Json, name: str) -> str:
    """Write a moment of an object as people do; a dash where there is none."""
    written = row.get(name) if isinstance(row, dict) else None
    at = parse_instant(written) if isinstance(written, str) else None
    return "–" if at is None else reader.moment(at)
