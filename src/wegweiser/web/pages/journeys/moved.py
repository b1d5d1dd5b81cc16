"""The list behind a figure of journeys, and a segment made of those in it."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.identity import value_of
from wegweiser.terms.instant import day_of, format_day
from wegweiser.terms.json import JsonObject
from wegweiser.web.pages.desk import Desk, Notice
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.gate import OPEN, Gate, computing, no_match
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table, paged
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.journeys.asked import (
    asked_of,
    choice_of,
    chosen,
    day_of_mark,
    stage_name,
    unit_of,
)
from wegweiser.web.pages.journeys.subjects import subject_cell
from wegweiser.web.pages.journeys.words import WAYS_IN_WORDS
from wegweiser.web.text import Reader, mark
from wegweiser.workspace.journey_flow_operations import Moved, evidence_in_words, period_of

STAGE_SENTENCES = (
    mark("came into {stage}"),
    mark("went out of {stage}"),
    mark("stood in {stage} for a time"),
)
LONGEST_NAME = 80
LONGEST_RULE = 4_096


class MovedPage(msgspec.Struct, frozen=True):
    """The list with its count; `segment` is where a form makes a segment of it, or empty."""

    gate: Gate
    answer: str
    table: Table | None = None
    segment: str = ""
    name: str = ""


async def moved(desk: Desk, request: Request) -> Response:
    """List those who moved as the address says."""
    reader = desk.reader(request)
    asked = await asked_of(desk, request)
    frame = desk.frame(
        request,
        reader.say("Who moved"),
        reader.say("Whom does this figure count?"),
        crumbs=(("/journeys", reader.say("Journeys")),),
        refresh=asked.travellers is None,
    )
    if asked.travellers is None:
        gate = computing(reader)
        return desk.render(request, "journeys/moved.html", frame, MovedPage(gate, gate.sentence))
    found = chosen(request, asked.moved)
    if not found:
        gate = no_match(reader, frame.controls)
        return desk.render(request, "journeys/moved.html", frame, MovedPage(gate, gate.sentence))
    rows, pages = paged(reader, asked.view, found)
    page = MovedPage(
        OPEN,
        _answer(desk, reader, request, asked.view, len(found), asked.of),
        Table(_columns(reader), tuple(_row(desk, reader, one) for one in rows), pages=pages),
        _segment_path(asked.view.to()) if desk.may(request, "publish") else "",
        _proposed(desk, reader, request, asked.view),
    )
    return desk.render(request, "journeys/moved.html", frame, page)


def _segment_path(address: str) -> str:
    return address.replace("/journeys/moved", "/journeys/segment", 1)


def _answer(desk: Desk, reader: Reader, request: Request, view: View, count: int, of: str) -> str:
    what = _proposed(desk, reader, request, view)
    if of == "account":
        return reader.count(
            "{count} account: {what}.", "{count} accounts: {what}.", count, what=what
        )
    return reader.count("{count} person: {what}.", "{count} people: {what}.", count, what=what)


def _proposed(desk: Desk, reader: Reader, request: Request, view: View) -> str:
    """Say in a few words who stands in the list."""
    choice = choice_of(request)

    def named(stage: str) -> str:
        return stage_name(desk, reader, stage)

    if choice.touched:
        what = evidence_in_words(choice.touched, reader.language)
        way = reader.say(WAYS_IN_WORDS[choice.way]) if choice.way in WAYS_IN_WORDS else ""
        return reader.say("{way}, after a look at {what}", way=way, what=what)
    if choice.stood:
        marks = period_of(desk.site, unit_of(desk, request), view.span.first, view.span.end).marks
        day = day_of_mark(reader, marks[min(choice.at, len(marks) - 1)])
        return reader.say("in {stage} on {day}", stage=named(choice.stood), day=day)
    for stage, words in zip((choice.came, choice.left, choice.ever), STAGE_SENTENCES, strict=True):
        if stage:
            return reader.say(words, stage=named(stage))
    if choice.way in WAYS_IN_WORDS:
        return reader.say(WAYS_IN_WORDS[choice.way])
    if choice.way == "tide":
        return reader.say("against the tide")
    if choice.source and choice.target:
        return reader.say(
            "from {source} to {target}", source=named(choice.source), target=named(choice.target)
        )
    if choice.source:
        return reader.say("in {stage} at the start", stage=named(choice.source))
    if choice.target:
        return reader.say("in {stage} at the end", stage=named(choice.target))
    return reader.say("all who were counted")


def _columns(reader: Reader) -> tuple[Column, ...]:
    return (
        Column(reader.say("Name")),
        Column(reader.say("From")),
        Column(reader.say("To")),
        Column(reader.say("Looked at in the 14 days before")),
    )


def _row(desk: Desk, reader: Reader, one: Moved) -> Row:
    source, target = (stage_name(desk, reader, stage) for stage in one.step)
    touched = sorted(evidence_in_words(what, reader.language) for what in one.touched)
    cells = (Cell(source), Cell(target), Cell(", ".join(touched) or "–"))
    return Row((subject_cell(desk, reader, one.subject), *cells))


async def make_segment(desk: Desk, request: Request) -> Response:
    """Make a segment that names those in a list; it stays as it is when they move on."""
    reader = desk.reader(request)
    name = (await read_form(request, desk.form_limits)).get("name", "").strip()[:LONGEST_NAME]
    asked = await asked_of(desk, request)
    found = chosen(request, asked.moved)
    if not found:
        raise InputRefused("empty_list", reader.say("There is nobody in this list."), 422)
    when = rule_of(asked.of, found)
    if len(when) > LONGEST_RULE:
        told = reader.say("These are too many for one rule; narrow the list by a filter first.")
        raise InputRefused("too_many", told, 422)
    key = _free_key(desk, reader)
    title = name or _proposed(desk, reader, request, asked.view)
    document: JsonObject = {"kind": "segment", "key": key, "name": title, "of": asked.of}
    document["when"] = when
    by = request.scope["operator"].name
    await desk.run(request, "apply", {"documents": [document], "by": by})
    notice = Notice(
        reader.say(
            "The segment is there. It names these {count}.", count=reader.number(len(found))
        ),
        undo="/segments/remove",
        fields=(("key", key),),
    )
    return desk.done(request, f"/segments/{key}", notice)


def rule_of(of: str, found: tuple[Moved, ...]) -> str:
    """Write the rule that names all of a list.

    >>> rule_of("account", (Moved("group_id:a", ("explore",), frozenset()),))
    'account.id in ["a"]'
    """
    names = [value_of(one.subject) for one in found]
    return f"{of}.id in {msgspec.json.encode(names).decode()}"


def _free_key(desk: Desk, reader: Reader) -> str:
    """Give a key of the present day that no segment has."""
    day = format_day(day_of(reader.now))
    key, number = f"moved-{day}", 1
    while desk.site.segments.get(key) is not None:
        number += 1
        key = f"moved-{day}-{number}"
    return key
