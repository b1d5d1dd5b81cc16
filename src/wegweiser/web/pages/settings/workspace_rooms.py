"""Channels and engines: how messages leave, and whether everything is well."""

import asyncio
import shutil

from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Post
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.refusals import said_to
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
from wegweiser.web.words import CHANNELS, named
from wegweiser.workspace.sizes import sizes_of

CHANNEL_FAULTS = {
    "not_ours": mark(
        "A test mail goes to your own address, and your sign-in has none. Ask an admin to add it."
    ),
}
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


async def channels(desk: Desk, request: Request) -> Response:
    """Show the endpoints and how they fare, test one, or let one be called again."""
    if request.method == "POST":
        form = await read_form(request, desk.form_limits)
        try:
            return await _channel_done(desk, request, form)
        except (InputRefused, NotFound) as error:
            reader, known = desk.reader(request), CHANNEL_FAULTS.get(error.code, "")
            told = reader.say(known) if known else said_to(reader, error)
            return await _channels_page(desk, request, (("key", told),))
    return await _channels_page(desk, request)


async def _channel_done(desk: Desk, request: Request, form: dict[str, str]) -> Response:
    reader, operator, key = desk.reader(request), desk.who(request), form.get("key", "")
    if form.get("do") != "test":
        await desk.run(request, "endpoint_enable", {"key": key})
        told = reader.say("The endpoint {key} is called again.", key=key)
        return desk.done(request, "/settings/channels", Notice(told))
    to = operator.email if operator else ""
    receipt = await desk.run(request, "endpoint_test", {"key": key, "to": to})
    words = {"key": key, "detail": word_in(receipt, "detail")}
    if word_in(receipt, "state") == "delivered":
        notice = Notice(reader.say("{key} took the test message: {detail}", **words))
    else:
        failed = reader.say("{key} did not take the test message: {detail}", **words)
        notice = Notice(failed, tone="bad")
    return desk.done(request, "/settings/channels", notice)


async def _channels_page(
    desk: Desk, request: Request, faults: tuple[tuple[str, str], ...] = ()
) -> Response:
    reader = desk.reader(request)
    endpoints = rows_in(await desk.run(request, "endpoint_list", {}))
    counts = await desk.run(request, "delivery_counts", {})
    answer = reader.count(
        "{count} endpoint is published; {waiting} messages wait to be sent.",
        "{count} endpoints are published; {waiting} messages wait to be sent.",
        len(endpoints),
        waiting=reader.number(sum(number_in(one, "waiting") for one in endpoints)),
    )
    if not endpoints:
        answer = reader.say("No endpoint is published yet; messages go to websites and apps only.")
    facts = tuple(
        (named(reader, DELIVERY_STATES, state), reader.number(count))
        for state, count in (counts.items() if isinstance(counts, dict) else ())
        if isinstance(count, int) and count
    )
    told = reader.say("Endpoints are documents; publish one to change it.")
    returns = await desk.run(request, "mail_returns", {})
    sections = (
        Section(reader.say("Endpoints"), told, table=_endpoints(reader, endpoints)),
        Section(reader.say("What became of messages"), facts=facts)
        if facts
        else Section(reader.say("What became of messages"), reader.say("Nothing was sent yet.")),
        Section(reader.say("Mails that came back"), _returns(reader, returns)),
    )
    return show_room(desk, request, RoomPage(answer, sections, faults))


def _returns(reader: Reader, returns: Json) -> str:
    mails, bounced = number_in(returns, "mails"), number_in(returns, "bounced")
    complained = number_in(returns, "complained")
    if not mails:
        return reader.say("No mail has left yet.")
    return reader.say(
        "Of {mails} mails {bounced} bounced for good ({bounced_share}), {complained} were"
        " complained of ({complained_share}). These addresses get no more mail.",
        mails=reader.number(mails),
        bounced=reader.number(bounced),
        bounced_share=reader.percent(bounced / mails),
        complained=reader.number(complained),
        complained_share=reader.percent(complained / mails, 2),
    )


def _endpoints(reader: Reader, endpoints: list[JsonObject]) -> Table:
    columns = (
        Column(reader.say("Endpoint")),
        Column(reader.say("Channel")),
        Column(reader.say("Goes to")),
        Column(reader.say("Waiting"), number=True),
        Column(reader.say("State")),
        Column(reader.say("What to do"), plain=True),
    )
    return Table(
        columns,
        tuple(_endpoint(reader, one) for one in endpoints),
        reader.say("No endpoint is published yet; messages go to websites and apps only."),
    )


def _endpoint(reader: Reader, one: JsonObject) -> Row:
    key, off = word_in(one, "key"), one.get("switched_off_at")
    words, test = reader.say("Call it again"), reader.say("Send test message")
    posts = [Post(test, f"{test}: {key}", (("do", "test"), ("key", key)))]
    if off:
        posts.append(Post(words, f"{words}: {key}", (("key", key),)))
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
            Cell("", posts=tuple(posts)),
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
        Section(reader.say("Archive and disk"), facts=await _lag(desk, reader)),
        await _backup(desk, request, reader),
        Section(reader.say("Sizes"), table=_sizes(reader, sizes)),
        Section(reader.say("Failed jobs since the start"), table=_jobs(reader, failures)),
    )
    return show_room(desk, request, RoomPage(answer, sections))


async def _lag(desk: Desk, reader: Reader) -> tuple[tuple[str, str], ...]:
    """Say how far measures are behind the log, and how much room is left."""
    site, folder = desk.site, desk.site.engines.folder
    behind_s = site.archiving.behind_s(site.unifier.position)
    lag = reader.lasting(behind_s)
    facts = ((reader.say("The archive is behind the log by"), lag),)
    if folder is None:
        return facts
    usage = await asyncio.to_thread(shutil.disk_usage, folder.root)
    words = {"free": reader.number(usage.free / 1e9, 1), "all": reader.number(usage.total / 1e9, 1)}
    return (*facts, (reader.say("Free on the disk"), reader.say("{free} of {all} GB", **words)))


async def _backup(desk: Desk, request: Request, reader: Reader) -> Section:
    title, made = reader.say("Last backup"), await desk.run(request, "backup_show", {})
    if made is None:
        told = reader.say("No copy was made with this command yet:")
        return Section(title, told, code="wegweiser backup NEW-FOLDER --data FOLDER")
    healthy = isinstance(made, dict) and made.get("healthy") is True
    opened = reader.say("opened, and all is well")
    facts = (
        (reader.say("Made"), moment_in(reader, made, "at")),
        (reader.say("Tried at once"), opened if healthy else reader.say("opened, but is not well")),
        (reader.say("Events in it"), reader.number(number_in(made, "events"))),
        (reader.say("Size"), _megabytes(reader, number_in(made, "size_bytes"))),
    )
    return Section(title, facts=facts)


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
