"""Company, channels and engines: how the workspace is set up, and where that is changed."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import JsonObject
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Post
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.settings.sections import (
    RoomPage,
    Section,
    moment_in,
    number_in,
    rows_in,
    show_room,
    word_in,
)
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import CHANNELS, named
from wegweiser.workspace.sizes import sizes_of

SETTINGS_FILE = """\
{
  "name": "Example GmbH",
  "language": "de",
  "currency": "EUR",
  "time_zone": "Europe/Berlin",
  "public_url": "https://wegweiser.example.com"
}"""
DELIVERY_STATES = {
    "pending": mark("waiting"),
    "attempting": mark("being sent"),
    "leased": mark("in a file that nobody has taken yet"),
    "delivered": mark("delivered"),
    "unknown": mark("perhaps delivered"),
    "withdrawn": mark("withdrawn before sending"),
    "blocked": mark("held back by our checks"),
    "refused": mark("refused by the receiver"),
    "dead": mark("not delivered"),
    "disabled": mark("endpoint is off"),
    "given_up": mark("given up"),
}


async def company(desk: Desk, request: Request) -> Response:
    """Show for whom this workspace is; the file beside the data is where it is changed."""
    reader, settings = desk.reader(request), desk.site.settings
    answer = reader.say(
        "Money is counted in {currency}, days begin at midnight in {zone}.",
        currency=settings.currency,
        zone=settings.time_zone,
    )
    facts = (
        (reader.say("Name"), settings.name or "–"),
        (reader.say("Language"), settings.language),
        (reader.say("Currency"), settings.currency),
        (reader.say("Time zone"), settings.time_zone),
        (reader.say("Public address"), settings.public_url or "–"),
        (
            reader.say("Drafts are released by a second person"),
            _yes(reader, settings.publish_release == "second_person"),
        ),
        (
            reader.say("Access documents are released by a second person"),
            _yes(reader, settings.access_release == "second_person"),
        ),
    )
    told = reader.say("Write this into settings.json in the data folder and start the server anew.")
    sections = (
        Section(reader.say("Company"), facts=facts),
        Section(reader.say("How to change it"), told, code=SETTINGS_FILE),
    )
    return show_room(desk, request, RoomPage(answer, sections))


async def channels(desk: Desk, request: Request) -> Response:
    """Show the endpoints and how they fare, or let one be called again."""
    reader = desk.reader(request)
    if request.method == "POST":
        key = (await read_form(request, desk.form_limits)).get("key", "")
        try:
            await desk.run(request, "endpoint_enable", {"key": key})
        except (InputRefused, NotFound) as error:
            return await _channels_page(desk, request, (("key", error.message),))
        told = reader.say("The endpoint {key} is called again.", key=key)
        return desk.done(request, "/settings/channels", Notice(told))
    return await _channels_page(desk, request)


async def _channels_page(
    desk: Desk, request: Request, faults: tuple[tuple[str, str], ...] = ()
) -> Response:
    reader = desk.reader(request)
    endpoints = list(rows_in(await desk.run(request, "endpoint_list", {})))
    counts = await desk.run(request, "delivery_counts", {})
    answer = reader.count(
        "{count} endpoint is published; {waiting} messages wait to be sent.",
        "{count} endpoints are published; {waiting} messages wait to be sent.",
        len(endpoints),
        waiting=reader.number(sum(number_in(one, "waiting") for one in endpoints)),
    )
    facts = tuple(
        (named(reader, DELIVERY_STATES, state), reader.number(count))
        for state, count in (counts.items() if isinstance(counts, dict) else ())
        if isinstance(count, int) and count
    )
    told = reader.say("Endpoints are documents; publish one to change it.")
    sections = (
        Section(reader.say("Endpoints"), told, table=_endpoints(reader, endpoints)),
        Section(reader.say("What became of messages"), facts=facts)
        if facts
        else Section(reader.say("What became of messages"), reader.say("Nothing was sent yet.")),
    )
    return show_room(desk, request, RoomPage(answer, sections, faults))


def _endpoints(reader: Reader, endpoints: list[JsonObject]) -> Table:
    columns = (
        Column(reader.say("Endpoint")),
        Column(reader.say("Channel")),
        Column(reader.say("Goes to")),
        Column(reader.say("Waiting"), number=True),
        Column(reader.say("State")),
        Column(reader.say("What to do")),
    )
    return Table(
        columns,
        tuple(_endpoint(reader, one) for one in endpoints),
        reader.say("No endpoint is published yet; messages go to websites and apps only."),
    )


def _endpoint(reader: Reader, one: JsonObject) -> Row:
    key, off = word_in(one, "key"), one.get("switched_off_at")
    words = reader.say("Call it again")
    state = reader.say("in use")
    if off:
        state = reader.say("off since {moment}", moment=moment_in(reader, one, "switched_off_at"))
    elif one.get("paused"):
        state = reader.say("paused after errors")
    return Row(
        (
            Cell(key, code=True),
            Cell(named(reader, CHANNELS, word_in(one, "channel"))),
            Cell(word_in(one, "target") or word_in(one, "via")),
            Cell(reader.number(number_in(one, "waiting"))),
            Cell(state, note=word_in(one, "detail")),
            Cell("", posts=(Post(words, f"{words}: {key}", (("key", key),)),) if off else ()),
        )
    )


async def engines(desk: Desk, request: Request) -> Response:
    """Show whether log, store and archive are well; secrets are never shown."""
    reader, site = desk.reader(request), desk.site
    told = await desk.run(request, "doctor", {})
    healthy = isinstance(told, dict) and told.get("healthy") is True
    answer = reader.say("Everything that came in is accounted for, and every job runs.")
    failures = {job: count for job, count in site.clockwork.failures.items() if count}
    if not healthy:
        answer = reader.say("Something is not accounted for; see the figures below.")
    elif failures:
        answer = reader.say("Everything that came in is accounted for; a job failed.")
    counted = (
        (reader.say("Received"), number_in(told, "received")),
        (reader.say("Stored"), number_in(told, "stored")),
        (reader.say("Sent twice"), number_in(told, "duplicate")),
        (reader.say("In quarantine"), number_in(told, "quarantined")),
        (reader.say("Not let in after an erasure"), number_in(told, "suppressed")),
        (reader.say("Dropped for want of consent"), number_in(told, "dropped")),
        (reader.say("Log position"), site.unifier.position),
    )
    facts = tuple((name, reader.number(number)) for name, number in counted)
    newest = site.unifier.newest_at
    facts += ((reader.say("Newest event"), reader.moment(newest) if newest else "–"),)
    facts += ((reader.say("Version"), word_in(told, "version")),)
    sizes = await asyncio.to_thread(sizes_of, site.engines)
    sections = (
        Section(reader.say("Engines"), facts=facts),
        Section(reader.say("Sizes"), table=_sizes(reader, sizes)),
        Section(reader.say("Failed jobs since the start"), table=_jobs(reader, failures)),
    )
    return show_room(desk, request, RoomPage(answer, sections))


def _sizes(reader: Reader, sizes: dict[str, int]) -> Table:
    names = {
        "log": reader.say("Event log"),
        "store": reader.say("Operational store"),
        "archive": reader.say("Archive"),
        "outbox": reader.say("Files for others"),
    }
    columns = (Column(reader.say("Engine")), Column(reader.say("Size"), number=True))
    rows = (
        Row((Cell(names[name]), Cell(_megabytes(reader, size)))) for name, size in sizes.items()
    )
    return Table(columns, tuple(rows), reader.say("This workspace lives in memory only."))


def _megabytes(reader: Reader, size: int) -> str:
    return reader.say("{size} MB", size=reader.number(size / 1_000_000, 1))


def _jobs(reader: Reader, failures: dict[str, int]) -> Table:
    columns = (Column(reader.say("Job")), Column(reader.say("Times"), number=True))
    rows = (Row((Cell(job, code=True), Cell(reader.number(n)))) for job, n in failures.items())
    return Table(columns, tuple(rows), reader.say("No job has failed."))


def _yes(reader: Reader, holds: bool) -> str:
    return reader.say("yes") if holds else reader.say("no")
