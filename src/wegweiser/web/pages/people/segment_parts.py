"""What a segment is made of, on its page: consent, value, overlap, and what sets it apart."""

import asyncio
from weakref import WeakKeyDictionary

import msgspec
from starlette.requests import Request

from wegweiser.terms.identity import value_of
from wegweiser.terms.instant import HOUR_MS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.role import SMALLEST_CELL
from wegweiser.web.pages.answers import wish
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.measure.catalogue import catalogue
from wegweiser.web.pages.measure.panel import MeasurePanel, panel_of
from wegweiser.web.pages.people.value import Value, value_of_accounts
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.pages.small_counts import shown
from wegweiser.web.text import Reader
from wegweiser.web.words import PURPOSES, named
from wegweiser.workspace.segment_around import around
from wegweiser.workspace.segment_operations import asked_for_by

DISTINCT = "segments.distinct"
FRESH_MS = HOUR_MS
PATIENCE_S = 0.2
MOST_KEPT = 100
MOST_ACCOUNTS = 2_000


class Held(msgspec.Struct, frozen=True):
    """What was found of a segment in one version, at a moment (ms)."""

    version: int
    at: int
    told: JsonObject


class Book:
    """Looks at segments beside the pages, which never wait long."""

    def __init__(self) -> None:
        self.held: dict[str, Held] = {}
        self.running: dict[str, asyncio.Task[None]] = {}


# One per server, as the desk itself.
_BOOKS: WeakKeyDictionary[Desk, Book] = WeakKeyDictionary()


class Around(msgspec.Struct, frozen=True):
    """The parts; None while they are counted, empty where there is nothing to show."""

    waits: bool
    users: tuple[str, ...]
    sample: str = ""
    consent: Table | None = None
    overlap: Table | None = None
    value: str = ""
    brought: Value | None = None
    distinct: MeasurePanel | None = None


async def around_segment(desk: Desk, request: Request, reader: Reader, key: str) -> Around:
    """Give what is known of a segment; what is older than an hour is looked at anew."""
    users = tuple(asked_for_by(desk.site, key))
    distinct = await _distinct(desk, request, reader, key)
    told = await _told(desk, reader, key)
    if told is None:
        return Around(True, users, distinct=distinct)
    waits = distinct is None or distinct.waits
    if reader.sight == "counts" and _number(told["size"]) < SMALLEST_CELL:
        return Around(waits, users, distinct=distinct)
    return Around(
        waits=waits,
        users=users,
        sample=_sample(reader, told),
        consent=_consent(reader, told),
        overlap=_overlap(desk, reader, told),
        value=_value(reader, told),
        brought=await _brought(desk, reader, key),
        distinct=distinct,
    )


async def _told(desk: Desk, reader: Reader, key: str) -> JsonObject | None:
    book = _BOOKS.setdefault(desk, Book())
    version = desk.site.segments.members.states[key].version
    held = book.held.get(key)
    known = held is not None and held.version == version
    if (not known or (held and reader.now - held.at > FRESH_MS)) and key not in book.running:
        book.running[key] = asyncio.create_task(_look(desk, book, key, version))
    if not known and key in book.running:
        await asyncio.wait([book.running[key]], timeout=PATIENCE_S)
        held = book.held.get(key)
    return held.told if held is not None and held.version == version else None


async def _look(desk: Desk, book: Book, key: str, version: int) -> None:
    try:
        told = await around(desk.site, key)
        if _number(told["size"]) and not _number(told["looked_at"]):
            # Its members are being counted anew: there is nothing to tell of them yet.
            return
        book.held.pop(key, None)
        book.held[key] = Held(version, desk.site.clock.now_ms(), told)
        if len(book.held) > MOST_KEPT:
            book.held.pop(next(iter(book.held)))
    finally:
        del book.running[key]


async def _distinct(desk: Desk, request: Request, reader: Reader, key: str) -> MeasurePanel | None:
    """Give the panel of what sets the segment apart; None while measures are being listed."""
    listed = await catalogue(desk)
    segment = desk.site.segments.get(key)
    if listed is None or segment is None or DISTINCT not in listed:
        return None
    options = {"group": "segment", "segment": key, "unit": segment.of}
    one = wish(DISTINCT, options | {"zone": desk.site.settings.time_zone})
    answer = desk.answers.known(one)
    if answer is None or reader.now - answer.as_of > FRESH_MS:
        await desk.answers.get([one], PATIENCE_S)
    files = desk.may(request, "take_figures")
    return await panel_of(desk, reader, desk.view(request), listed[DISTINCT], one, files)


async def _brought(desk: Desk, reader: Reader, key: str) -> Value | None:
    """Give what the accounts of a segment brought; None for people, and for very many accounts."""
    state, segment = desk.site.segments.members.states[key], desk.site.segments.get(key)
    if segment is None or segment.of != "account" or state.members > MOST_ACCOUNTS:
        return None
    if reader.sight == "counts" and state.members < SMALLEST_CELL:
        return None
    groups = {value_of(subject) for subject, _ in desk.site.segments.members.members(key)}
    return await value_of_accounts(desk, reader, groups)


def _sample(reader: Reader, told: JsonObject) -> str:
    looked_at, size = _number(told["looked_at"]), _number(told["size"])
    if looked_at >= size:
        return ""
    return reader.say(
        "Counted in a sample of {some} of {all}; shares are right 19 times out of 20 within"
        " their interval.",
        some=reader.number(looked_at),
        all=reader.number(size),
    )


def _consent(reader: Reader, told: JsonObject) -> Table | None:
    found = told.get("consent")
    if not isinstance(found, dict):
        return None
    columns = (Column(reader.say("Purpose")), Column(reader.say("Share that granted"), number=True))
    rows = tuple(
        Row((Cell(named(reader, PURPOSES, purpose)), _share(reader, share)))
        for purpose, share in found.items()
        if isinstance(share, dict)
    )
    return Table(columns, rows, caption=reader.say("Consent in this segment"))


def _share(reader: Reader, share: JsonObject) -> Cell:
    part, low, high = (share[name] for name in ("share", "low", "high"))
    if not isinstance(part, float) or not isinstance(low, float) or not isinstance(high, float):
        return Cell("–")
    if reader.sight == "counts" and 0 < _number(share["count"]) < SMALLEST_CELL:
        return Cell("–")
    note = ""
    if low < high:
        ends = {"low": reader.percent(low, 0), "high": reader.percent(high, 0)}
        note = reader.say("between {low} and {high}", **ends)
    return Cell(reader.percent(part, 0), note=note)


def _overlap(desk: Desk, reader: Reader, told: JsonObject) -> Table | None:
    """Make the matrix: which part of the segment of the row is in that of the column as well."""
    rows = rows_in(told, "overlap")
    if len(rows) < 2:
        return None
    keys = [str(one["key"]) for one in rows]
    names = [_name(desk, key) for key in keys]
    columns = [Column(reader.say("Of those in")), Column(reader.say("Size"), number=True)]
    columns += [Column(reader.say("also in {name}", name=name), number=True) for name in names]
    found = []
    for one, key, name in zip(rows, keys, names, strict=True):
        shares = one["in"]
        cells = [Cell(name, f"/segments/{key}"), Cell(shown(reader, _number(one["size"])))]
        for other in keys:
            share = shares.get(other) if isinstance(shares, dict) and other != key else None
            cells.append(_share(reader, share) if isinstance(share, dict) else Cell("–"))
        found.append(Row(tuple(cells), here=key == told["key"]))
    return Table(tuple(columns), tuple(found), caption=reader.say("Overlap with other segments"))


def _value(reader: Reader, told: JsonObject) -> str:
    """Say what its members will bring, with the error of the model; never without."""
    value = told.get("value")
    if not isinstance(value, dict) or value.get("status") != "ok":
        return ""
    each, error = value["per_member"], value["holdout_error"]
    assert isinstance(each, float)
    assert isinstance(error, float)
    currency = str(value["currency"])
    return reader.say(
        "Customer value (CLV) in the year to come: about {each} per person, {all} together. On"
        " data that were held back the model missed by {error}.",
        each=reader.money(each, currency, 0),
        all=reader.money(each * _number(told["size"]), currency, 0),
        error=reader.percent(error, 0, signed=True),
    )


def _name(desk: Desk, key: str) -> str:
    segment = desk.site.segments.get(key)
    return key if segment is None else segment.name


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0
