"""Identity quality: links made and refused, values that too many people use, what waits."""

from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.role import SMALLEST_CELL
from wegweiser.web.pages.data.classify_type import classify, classify_card
from wegweiser.web.pages.data.courses import Course, course_card
from wegweiser.web.pages.data.identity_types import kinds_in, seen_types, types_card
from wegweiser.web.pages.data.known_revenue import revenue_known
from wegweiser.web.pages.data.show import Card, DataPage, show_data
from wegweiser.web.pages.data.told import whole_in, word_in
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import KINDS, named

DAYS = 30
REFUSALS = {
    "blocked": mark("the value is nobody's identifier"),
    "unique_conflict": mark("the person has another value of this kind"),
    "limit_exceeded": mark("too many values of this kind"),
    "separated": mark("separated by hand"),
    "cut": mark("cut by hand"),
    "restored": mark("restored to an earlier state by hand"),
    "cap_identifiers": mark("the person has too many identifiers"),
    "cap_merges": mark("the person is made of too many identifiers"),
    "shared": mark("several known people share the device"),
    "two_owners": mark("both devices belong to known people"),
    "quarantined": mark("too many people use the value"),
    "proof_required": mark("a public sender vouches for its own device only"),
    "proof_invalid": mark("the proof was not valid"),
    "claim_on_known": mark("typing a known address proves nothing"),
    "alias_untrusted": mark("only a secret key may replace an id"),
    "inferred": mark("what was only concluded joins nobody"),
    "account": mark("accounts join no people"),
    "erased": mark("the evidence was erased"),
    "frozen": mark("the person has grown too large and waits"),
    "waiting": mark("the person has grown too large and waits"),
}


async def identity_quality(desk: Desk, request: Request) -> Response:
    """Show how well people are told apart, or give a type of identifiers a class."""
    if request.method == "POST":
        return await classify(desk, request)
    reader = desk.reader(request)
    told = await desk.run(request, "identity_quality", {"days": DAYS})
    assert isinstance(told, dict)
    waits = whole_in(told, "frozen")
    links = sum(whole_in(day, "links") for day in rows_in(told.get("days")))
    answer = reader.count(
        "{count} link was made in the last 30 days; waiting for a decision: {waits}.",
        "{count} links were made in the last 30 days; waiting for a decision: {waits}.",
        links,
        waits=reader.number(waits),
    )
    course = await course_card(desk, reader, request.url.path, course_of(reader, told))
    types = await seen_types(desk, request)
    cards = [
        _days(reader, told),
        *([] if course is None else [course]),
        _refused(reader, told),
        await _hubs(desk, request, told),
        types_card(reader, types),
        await revenue_known(desk, reader),
        _accounts(reader, told),
    ]
    if desk.may(request, "who_is_who"):
        path = (("/suggestions", reader.say("Show who may be one person")),)
        cards.append(Card(reader.say("What waits for you"), links=path))
    still = []
    if kinds_in(types) and desk.may(request, "who_is_who"):
        still.append(classify_card(reader, kinds_in(types)))
    page = DataPage(answer=answer, sections=tuple(cards), still=tuple(still))
    return show_data(desk, request, page)


def _days(reader: Reader, told: JsonObject) -> Card:
    days = rows_in(told.get("days"))
    rows = []
    for name, words in (("links", reader.say("Links made")), ("splits", reader.say("Taken apart"))):
        values = tuple(float(whole_in(day, name)) for day in days)
        rows.append(Row((Cell(words), Cell(reader.number(sum(values))), Cell("", values=values))))
    columns = (
        Column(reader.say("What happened")),
        Column(reader.say("In 30 days"), number=True),
        Column(reader.say("Per day")),
    )
    return Card(reader.say("Links"), table=Table(columns, tuple(rows)))


def course_of(reader: Reader, told: JsonObject) -> Course:
    """Tell day by day what was joined, taken apart, and refused as a conflict."""
    days = rows_in(told.get("days"))
    names = tuple(reader.day(word_in(day, "day")) for day in days)
    lines = (
        ("links", reader.say("Links made")),
        ("splits", reader.say("Taken apart")),
        ("conflicts", reader.say("Conflicts")),
    )
    return Course(
        slug="identity-days",
        title=reader.say("Day by day"),
        caption=reader.say("Links, splits and conflicts per day"),
        heading=reader.say("Day"),
        times=names,
        marks=names,
        counts=tuple((words, tuple(whole_in(day, name) for day in days)) for name, words in lines),
    )


def _refused(reader: Reader, told: JsonObject) -> Card:
    columns = (Column(reader.say("Why not")), Column(reader.say("Times"), number=True))
    rows = tuple(
        Row(
            (
                Cell(named(reader, REFUSALS, word_in(one, "reason"))),
                Cell(reader.number(whole_in(one, "count"))),
            )
        )
        for one in rows_in(told.get("refused"))
    )
    nothing = reader.say("No link was refused.")
    return Card(reader.say("Links that were refused"), table=Table(columns, rows, nothing))


async def _hubs(desk: Desk, request: Request, told: JsonObject) -> Card:
    """Name the values that too many people use, where the reader may see identifiers."""
    reader, title = desk.reader(request), desk.reader(request).say("Suspicious hubs")
    facts = (
        (reader.say("Values that too many people use"), _few(reader, whole_in(told, "hubs"))),
        (reader.say("Shared devices"), _few(reader, whole_in(told, "shared_devices"))),
    )
    if not desk.may(request, "who_is_who"):
        return Card(title, facts=facts)
    queue = await desk.run(request, "identity_queue", {"kind": "quarantined", "limit": 50})
    listed: Json = queue.get("quarantined") if isinstance(queue, dict) else None
    rows = tuple(_hub(reader, one) for one in rows_in(listed))
    columns = (Column(reader.say("Identifier")), Column(reader.say("Person")))
    nothing = reader.say("No value is used by too many people now.")
    return Card(title, facts=facts, table=Table(columns, rows, nothing))


def _hub(reader: Reader, one: JsonObject) -> Row:
    kind, _, value = word_in(one, "identifier").partition(":")
    path = f"/people/{word_in(one, 'person_id')}"
    shown = f"{named(reader, KINDS, kind)}: {reader.private(value)}"
    return Row((Cell(shown), Cell(reader.say("Show person"), path=path)))


def _few(reader: Reader, count: int) -> str:
    """Write a count about people; small ones are not told to those who see counts only."""
    if reader.sight == "counts" and 0 < count < SMALLEST_CELL:
        return reader.say("fewer than {count}", count=SMALLEST_CELL)
    return reader.number(count)


def _accounts(reader: Reader, told: JsonObject) -> Card:
    sizes = told.get("people_per_account")
    counts = sizes if isinstance(sizes, dict) else {}
    middle = counts.get("median")
    facts = (
        (reader.say("Accounts"), reader.number(whole_in(counts, "accounts"))),
        (
            reader.say("People in a typical account"),
            reader.number(middle, 1) if isinstance(middle, int | float) else "–",
        ),
        (reader.say("People in the largest"), reader.number(whole_in(counts, "most"))),
        (reader.say("Without any person"), reader.number(whole_in(counts, "without_people"))),
    )
    return Card(reader.say("People per account"), facts=facts)
