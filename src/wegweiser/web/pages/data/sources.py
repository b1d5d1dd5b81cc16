"""Sources: is each of them sending, how fast, how late, how much of it is refused."""

import asyncio
import shutil
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.role import SMALLEST_CELL
from wegweiser.web.pages.data.show import Card, DataPage, show_data
from wegweiser.web.pages.data.source_charts import source_charts
from wegweiser.web.pages.data.told import ago, lasting, moment_in, share, whole_in, word_in
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Post
from wegweiser.web.pages.frame.filters import Chip, write_chips
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.text import Reader

HERE = "/data"
TEST_EVENT = "Test Event"
# A disk with less room than this is told of while there is still time.
LEAST_FREE_SHARE, LEAST_FREE_BYTES = 0.1, 2_000_000_000


async def sources(desk: Desk, request: Request) -> Response:
    """Show the sources, or send a test event to one of them."""
    if request.method == "POST":
        return await _test(desk, request)
    reader = desk.reader(request)
    found = rows_in(await desk.run(request, "source_health", {}))
    late = [one for one in found if one.get("late") is True]
    ended = await _ended(desk, request)
    cards = [*await _disk(desk, reader), *_late(reader, late), _table(desk, request, found, ended)]
    cards += await source_charts(desk, reader, request.url.path, found)
    if desk.may(request, "senders"):
        links = (
            ("/data/start", reader.say("Connect your own data")),
            ("/settings/keys", reader.say("Manage sources and keys")),
        )
        cards.append(Card(reader.say("One more source"), links=links))
    return show_data(
        desk, request, DataPage(answer=_answer(reader, found, late), sections=(*cards,))
    )


def _answer(reader: Reader, found: list[JsonObject], late: list[JsonObject]) -> str:
    heard = sum(one.get("last_at") is not None for one in found)
    if late:
        return reader.count(
            "{count} source is silent for longer than usual.",
            "{count} sources are silent for longer than usual.",
            len(late),
        )
    if not heard:
        return reader.say("No source has sent anything lately.")
    return reader.count(
        "{count} source sent lately, none is late.",
        "{count} sources sent lately, none is late.",
        heard,
    )


async def _ended(desk: Desk, request: Request) -> dict[str, str]:
    """Say of each source whose keys have all ended that nothing can come any more."""
    if not desk.may(request, "senders"):
        return {}
    states: dict[str, set[str]] = {}
    for key in rows_in(await desk.run(request, "key_list", {})):
        states.setdefault(word_in(key, "source"), set()).add(word_in(key, "state"))
    reader = desk.reader(request)
    told: dict[str, str] = {}
    for name, seen in states.items():
        if "revoked" in seen:
            told[name] = reader.say("A key was revoked.")
        if not seen & {"active", "paused"}:
            told[name] = reader.say("No key works any more, so nothing can come.")
    return told


def _late(reader: Reader, late: list[JsonObject]) -> list[Card]:
    told = tuple(
        (
            word_in(one, "source"),
            reader.say(
                "usually every {usual}, silent for {silent}",
                usual=lasting(reader, whole_in(one, "usual_ms")),
                silent=lasting(reader, reader.now - (moment_in(one, "last_at") or reader.now)),
            ),
        )
        for one in late
    )
    return [Card(reader.say("Late sources"), facts=told)] if told else []


async def _disk(desk: Desk, reader: Reader) -> list[Card]:
    """Warn of a disk that is nearly full; a workspace in memory has none."""
    folder = desk.site.engines.folder
    if folder is None:
        return []
    usage = await asyncio.to_thread(shutil.disk_usage, folder.root)
    if usage.free > min(LEAST_FREE_BYTES, LEAST_FREE_SHARE * usage.total):
        return []
    told = reader.say(
        "{free} MB are free. When the disk is full, new events are refused until there is room;"
        " senders repeat them, and nothing accepted is lost.",
        free=reader.number(usage.free / 1_000_000),
    )
    return [Card(reader.say("The disk is nearly full"), told)]


def _table(desk: Desk, request: Request, found: list[JsonObject], ended: dict[str, str]) -> Card:
    reader = desk.reader(request)
    columns = (
        Column(reader.say("Source")),
        Column(reader.say("Last event")),
        Column(reader.say("Events per minute"), number=True),
        Column(reader.say("Delay"), number=True),
        Column(reader.say("Share rejected"), number=True),
        Column(reader.say("Share known"), number=True),
        *((Column(reader.say("What to do"), plain=True),) if desk.may(request, "senders") else ()),
    )
    rows = tuple(_row(desk, request, one, ended) for one in found)
    nothing = reader.say("There is no source yet.")
    told = reader.say(
        "As the last 2,000 requests show. Known are, of the newest 500 people of a source, those"
        " who said who they are."
    )
    return Card(reader.say("Sources"), told, table=Table(columns, rows, nothing))


def _row(desk: Desk, request: Request, one: JsonObject, ended: dict[str, str]) -> Row:
    reader, name, at = desk.reader(request), word_in(one, "source"), moment_in(one, "last_at")
    path = live_path(name) if desk.may(request, "raw") else ""
    pace, delay = one.get("per_minute"), one.get("delay_ms")
    persons = whole_in(one, "persons")
    cells = [
        Cell(name, path=path, note=ended.get(name, "")),
        Cell(reader.say("nothing lately") if at is None else ago(reader, at)),
        Cell(reader.number(pace, 1) if isinstance(pace, int | float) else "–"),
        Cell(lasting(reader, delay) if isinstance(delay, int) else "–"),
        Cell(share(reader, whole_in(one, "refused"), whole_in(one, "elements"))),
        Cell(_known(reader, persons, whole_in(one, "known"))),
    ]
    if desk.may(request, "senders"):
        words = reader.say("Send test event")
        cells.append(Cell("", posts=(Post(words, f"{words}: {name}", (("source", name),)),)))
    return Row(tuple(cells))


def live_path(source: str) -> str:
    """Give the address of what a source sent last."""
    return "/data/live?" + urlencode({"filter": write_chips([Chip("source", (source,))])})


def _known(reader: Reader, persons: int, known: int) -> str:
    if not persons:
        return "–"
    return reader.say("too few") if persons < SMALLEST_CELL else share(reader, known, persons)


async def _test(desk: Desk, request: Request) -> Response:
    """Send an event of nobody under a name of its own, on the way of all others."""
    reader, site = desk.reader(request), desk.site
    form = await read_form(request, desk.form_limits)
    source = site.callers.named(form.get("source", ""))
    if source is None:
        raise InputRefused("bad_form", "The form cannot be read.", 422)
    now = site.clock.now_ms()
    element: JsonObject = {
        "type": "track",
        "event": TEST_EVENT,
        "anonymousId": f"test-{site.clock.random_bytes(6).hex()}",
        "timestamp": format_instant(now),
    }
    load: JsonObject = {"source": source.name, "elements": [element], "kind": source.kind}
    told = await desk.run(request, "load", load)
    if not isinstance(told, dict) or told.get("stored") != 1:
        refused = reader.say("The test event of {source} was not stored.", source=source.name)
        return desk.done(request, HERE, Notice(refused, tone="bad"))
    sentence = reader.say("The test event of {source} was stored.", source=source.name)
    path = live_path(source.name) if desk.may(request, "raw") else ""
    notice = Notice(sentence, path=path, words=reader.say("See it") if path else "")
    return desk.done(request, HERE, notice)
