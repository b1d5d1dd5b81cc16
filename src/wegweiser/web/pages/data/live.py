"""Live events: the newest 200 elements with what became of each, and as they were sent."""

from collections.abc import Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.data.show import Card, DataPage, show_data
from wegweiser.web.pages.data.told import ago, moment_in, word_in
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Field, Form
from wegweiser.web.pages.frame.refusals import OF_IDENTIFIERS, refusal
from wegweiser.web.pages.frame.table import Cell, Column, Pages, Row, Table, paged
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import EVENTS, named

FILTERS = (("source", mark("Source")), ("event", mark("Event")))
FATES = {
    "stored": mark("stored"),
    "duplicate": mark("came before"),
    "quarantined": mark("set aside"),
    "mended": mark("mended or given up"),
}
# Bodies shown whole below the table, at most.
BODIES = 50
# What the audit says of who reads them.
BODIES_READ = "events.read"


async def live(desk: Desk, request: Request) -> Response:
    """Show what came last; of one person only where a form asks, as addresses name nobody."""
    reader = desk.reader(request)
    person, fault = "", ""
    rows: list[JsonObject] = []
    wish: JsonObject = {}
    view = desk.view(request)
    if request.method == "POST":
        person = (await read_form(request, desk.form_limits)).get("person", "").strip()
        wish["identifier"] = person
        note_bodies(desk, request, person)
    else:
        sources, names = view.values_of("source"), view.values_of("event")
        note_bodies(desk, request)
        wish |= {"source": (*sources, "")[0], "name": (*names, "")[0]}
    try:
        rows = rows_in(await desk.run(request, "arrival_list", wish))
    except NotFound as error:
        fault = refusal(reader, error, OF_IDENTIFIERS, {"person": person}, "person")[1]
    answer = reader.count("{count} event.", "{count} events, the newest first.", len(rows))
    if not desk.site.unifier.tally.received:
        answer = reader.say("No event yet.")
    # What a form asked for has no address, so no pages either.
    shown, pages = (rows, None) if request.method == "POST" else paged(reader, view, rows)
    page = DataPage(
        answer=answer,
        sections=(_events(reader, shown, pages), *((_bodies(reader, shown),) if rows else ())),
        still=(_search(reader, person),),
        faults=(("person", fault),) if fault else (),
        # What a form asked for cannot be fetched again by its address.
        stream="" if request.method == "POST" else "/data/stream",
        pause="" if request.method == "POST" else reader.say("Hold the list"),
    )
    return show_data(desk, request, page)


def note_bodies(desk: Desk, request: Request, about: str = "") -> None:
    """Note in the audit that somebody reads events as they were sent.

    Of one person every time, else once while a session looks at them.
    """
    operator, session_id = desk.who(request), desk.session_id(request)
    if operator is None or (not about and desk.opened.is_open(session_id, BODIES_READ)):
        return
    if not about:
        desk.opened.open(session_id, BODIES_READ)
    desk.site.audit.note(BODIES_READ, operator.name, about)


def _search(reader: Reader, person: str) -> Card:
    told = reader.say("Write it as TYPE:VALUE, for example email:ada@example.com.")
    field = Field("person", reader.say("Identifier of the person"), person, help=told)
    form = Form(reader.say("Show events of this person"), (field,), path="/data/live", main=False)
    return Card(reader.say("Only one person"), forms=(form,))


def _events(reader: Reader, rows: Sequence[JsonObject], pages: Pages | None) -> Card:
    columns = (
        Column(reader.say("Event")),
        Column(reader.say("Arrived"), plain=True),
        Column(reader.say("Source"), plain=True),
        Column(reader.say("What became of it"), plain=True),
        Column(reader.say("Person"), plain=True),
    )
    told = tuple(_row(reader, one) for one in rows)
    table = Table(columns, told, reader.say("No event yet."), pages=pages)
    return Card(reader.say("Newest events"), table=table)


def _row(reader: Reader, one: JsonObject) -> Row:
    quarantine_id, person_id = word_in(one, "quarantine_id"), word_in(one, "person_id")
    fate = word_in(one, "fate")
    at = moment_in(one, "received_at")
    return Row(
        (
            Cell(event_name(reader, word_in(one, "name"))),
            Cell("–" if at is None else ago(reader, at)),
            Cell(word_in(one, "source")),
            Cell(
                named(reader, FATES, fate),
                path=f"/data/quarantine/{quarantine_id}" if quarantine_id else "",
                note=word_in(one, "message"),
                tone="bad" if fate == "quarantined" else "",
            ),
            Cell(
                reader.say("Show person") if person_id else "–",
                path=f"/people/{person_id}" if person_id else "",
            ),
        )
    )


def event_name(reader: Reader, name: str) -> str:
    """Write the name of an event; a dash where it has none."""
    return named(reader, EVENTS, name) if name else "–"


def _bodies(reader: Reader, rows: Sequence[JsonObject]) -> Card:
    folded = tuple(
        (f"{event_name(reader, word_in(one, 'name'))} · {word_in(one, 'message_id')}", written(one))
        for one in rows[:BODIES]
    )
    told = reader.say(
        "The first {count} of this list, as they are kept.", count=reader.number(len(folded))
    )
    return Card(reader.say("As they were sent"), told, folded=folded)


def written(one: JsonObject) -> str:
    """Write the element of a row as indented JSON."""
    return indented(one.get("element"))


def indented(element: Json) -> str:
    """Write JSON as people read it.

    >>> indented({"a": 1})
    '{\\n  "a": 1\\n}'
    """
    return msgspec.json.format(msgspec.json.encode(element), indent=2).decode()
