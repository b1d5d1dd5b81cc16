"""Schema: which events and fields arrive, against what was declared and what came before."""

from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused, WegweiserError
from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer
from wegweiser.web.pages.answers import wish
from wegweiser.web.pages.data.declared import Seen, document_of, seen_in
from wegweiser.web.pages.data.live import event_name
from wegweiser.web.pages.data.show import Card, DataPage, show_data
from wegweiser.web.pages.data.told import ago, whole_in, word_in
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Post
from wegweiser.web.pages.frame.gate import computing, waiting
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import named

HERE = "/data/schema"
DAYS = 30
DRIFT_DAYS = 7
FINDINGS = {
    "undeclared_event": mark("arrives, but is not declared"),
    "undeclared_field": mark("a field that is not declared"),
    "missing_field": mark("a required field is missing"),
    "wrong_type": mark("a field of another type than declared"),
    "silent_event": mark("no longer arrives"),
    "new_event": mark("arrives for the first time"),
    "new_field": mark("a field is new"),
    "gone_field": mark("a field has vanished"),
    "changed_type": mark("a field changed its type"),
}
TYPES = {
    "string": mark("text"),
    "number": mark("number"),
    "boolean": mark("yes or no"),
    "array": mark("list"),
    "object": mark("group of fields"),
    "null": mark("empty"),
}


async def schema(desk: Desk, request: Request) -> Response:
    """Show what arrives beside what is declared, or declare an event as it arrives."""
    if request.method == "POST":
        return await _declare(desk, request)
    reader = desk.reader(request)
    answer = await _answer(desk, reader)
    drift = request.query_params.get("look", "") == "drift"
    if answer is None:
        counting = Card(reader.say("Events that arrive"), gate=computing(reader))
        told = reader.say("What arrived is being counted.")
        page = DataPage(answer=told, sections=(counting,))
        return show_data(desk, request, page, refresh=True)
    seen = _named(desk, seen_in(answer.columns, answer.rows))
    if not seen:
        silent = Card(reader.say("Events that arrive"), gate=waiting(reader))
        told = reader.say("No event arrived in the last 30 days.")
        return show_data(desk, request, DataPage(answer=told, sections=(silent,)))
    declared = _declared(await desk.run(request, "plan_show", {}))
    lacking = [one for one in seen if one.place not in declared]
    told = reader.count(
        "{count} event arrives that nobody declared.",
        "{count} events arrive that nobody declared.",
        len(lacking),
    )
    cards = (
        await _differences(desk, request) if drift else _look(reader),
        _events(desk, request, seen, declared),
        _fields(reader, seen),
    )
    return show_data(desk, request, DataPage(answer=told, sections=cards))


async def _answer(desk: Desk, reader: Reader) -> Answer | None:
    today = datetime.fromtimestamp(reader.now / 1000, UTC).date()
    span = {"from": str(today - timedelta(days=DAYS)), "to": str(today + timedelta(days=1))}
    one = wish("events.seen", span)
    return (await desk.answers.get([one])).get(one)


def _named(desk: Desk, seen: list[Seen]) -> list[Seen]:
    """Put the names of the sources in place of their ids."""
    names = {one.source_id: one.name for one in desk.site.callers.sources()}
    return [one.of_source(names.get(one.source, one.source)) for one in seen]


def _declared(told: Json) -> set[tuple[str, str]]:
    """Read call and name of all that is declared; an empty name is for all of a call."""
    listed = told.get("schemas") if isinstance(told, dict) else None
    return {(word_in(one, "call") or "track", word_in(one, "event")) for one in rows_in(listed)}


def _look(reader: Reader) -> Card:
    links = ((f"{HERE}?look=drift", reader.say("Compare the last 7 days with before")),)
    return Card(reader.say("What changed"), links=links)


async def _differences(desk: Desk, request: Request) -> Card:
    """Hold the last days against the declared schemas and against the time before."""
    reader = desk.reader(request)
    told = await desk.run(request, "plan_report", {"days": DRIFT_DAYS})
    found = rows_in(told.get("findings")) if isinstance(told, dict) else []
    names = {one.source_id: one.name for one in desk.site.callers.sources()}
    columns = (
        Column(reader.say("Event")),
        Column(reader.say("Source")),
        Column(reader.say("What changed")),
        Column(reader.say("Field")),
        Column(reader.say("Events"), number=True),
    )
    rows = tuple(
        Row(
            (
                Cell(event_name(reader, word_in(one, "event") or word_in(one, "call"))),
                Cell(names.get(word_in(one, "source_id"), "–")),
                Cell(named(reader, FINDINGS, word_in(one, "finding"))),
                Cell(word_in(one, "field"), note=word_in(one, "told")),
                Cell(reader.number(whole_in(one, "events"))),
            )
        )
        for one in found[:200]
    )
    nothing = reader.say("Nothing changed: what arrives is what arrived before.")
    return Card(reader.say("What changed"), table=Table(columns, rows, nothing))


def _events(desk: Desk, request: Request, seen: list[Seen], declared: set[tuple[str, str]]) -> Card:
    reader = desk.reader(request)
    columns = (
        Column(reader.say("Event")),
        Column(reader.say("Source"), plain=True),
        Column(reader.say("Times"), number=True),
        Column(reader.say("Last one"), plain=True),
        Column(reader.say("Declared?"), plain=True),
    )
    rows = tuple(_event(desk, request, reader, one, declared) for one in seen)
    return Card(reader.say("Events that arrive"), table=Table(columns, rows))


def _event(
    desk: Desk, request: Request, reader: Reader, one: Seen, declared: set[tuple[str, str]]
) -> Row:
    is_known = one.place in declared or (one.call, "") in declared
    posts: tuple[Post, ...] = ()
    # Only what has fields can be declared: a schema says what they hold.
    if not is_known and one.fields and desk.may(request, "configure"):
        words = reader.say("Declare")
        fields = (("source", one.source), ("call", one.call), ("event", one.name))
        posts = (Post(words, f"{words}: {one.name or one.call}", fields, HERE),)
    told = reader.say("declared") if is_known else reader.say("not declared")
    return Row(
        (
            Cell(event_name(reader, one.name or one.call)),
            Cell(one.source),
            Cell(reader.number(one.events)),
            Cell(ago(reader, one.last_at)),
            Cell(told, posts=posts),
        )
    )


def _fields(reader: Reader, seen: list[Seen]) -> Card:
    columns = (
        Column(reader.say("Field")),
        Column(reader.say("Event"), plain=True),
        Column(reader.say("Type"), plain=True),
        Column(reader.say("Share of the events"), number=True),
    )
    rows = tuple(
        Row(
            (
                Cell(f"{part}/{name}", code=True),
                Cell(event_name(reader, one.name or one.call)),
                Cell(reader.all_of([named(reader, TYPES, kind) for kind in kinds])),
                Cell(reader.percent(min(1.0, sum(kinds.values()) / max(1, one.events)))),
            )
        )
        for one in seen
        for (part, name), kinds in one.fields.items()
    )
    return Card(reader.say("Fields that arrive"), table=Table(columns, rows[:500]))


async def _declare(desk: Desk, request: Request) -> Response:
    """Declare an event as it arrives, to be observed; nothing is turned away by it."""
    reader, form = desk.reader(request), await read_form(request, desk.form_limits)
    answer = await _answer(desk, reader)
    seen = [] if answer is None else _named(desk, seen_in(answer.columns, answer.rows))
    wanted = (form.get("source", ""), form.get("call", ""), form.get("event", ""))
    one = next((one for one in seen if (one.source, one.call, one.name) == wanted), None)
    if one is None:
        raise InputRefused("bad_form", "The form cannot be read.", 422)
    operator = desk.who(request)
    by = operator.name if operator else ""
    try:
        await desk.run(request, "apply", {"documents": [document_of(one)], "by": by})
    except WegweiserError as error:
        told = error.said(reader.language) if isinstance(error, InputRefused) else str(error)
        notice = Notice(told, tone="bad")
        return desk.done(request, HERE, notice)
    told = reader.say("The event is declared and observed; nothing is turned away by it.")
    return desk.done(request, HERE, Notice(told))
