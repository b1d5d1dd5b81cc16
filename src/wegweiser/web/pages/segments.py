"""Segments: the list with sizes, and a rule tried before it is saved."""

from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import account_path, person_path
from wegweiser.web.pages.form import read_form
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import PURPOSES, named
from wegweiser.workspace.segment_operations import days_of, listed, segment_preview

SPARK_DAYS = 60
LONGEST_RULE = 4_096
KINDS = {"person": mark("People"), "account": mark("Accounts")}


class Row(msgspec.Struct, frozen=True):
    """One segment of the list; `sizes` is its history by day for the sparkline."""

    name: str
    path: str
    kind: str
    size: str
    sizes: tuple[int, ...]
    change: str
    when: str
    counted: bool


class Example(msgspec.Struct, frozen=True):
    """One of those whom a rule would take in, masked."""

    name: str
    path: str


class Found(msgspec.Struct, frozen=True):
    """What a preview gives, as its operation tells it."""

    of: str
    when: str
    size: int
    low: int
    high: int
    exact: bool
    of_all: int
    looked_at: int
    unknown: int
    consent: dict[str, int]
    overlap: dict[str, int]
    entering_per_day: int
    leaving_per_day: int
    examples: list[JsonObject]


class Tried(msgspec.Struct, frozen=True):
    """A preview in words."""

    size: str
    share: str
    interval: str
    unknown: str
    consent: tuple[tuple[str, str], ...]
    overlap: tuple[tuple[str, str, str], ...]
    entering: str
    leaving: str
    examples: tuple[Example, ...]
    document: str


class SegmentsPage(msgspec.Struct, frozen=True):
    """The list, the form with what stands in it, and what it found."""

    rows: tuple[Row, ...]
    when: str
    of: str
    refused: str
    tried: Tried | None


def segment_path(key: str) -> str:
    """Give the page of a segment."""
    return f"/segments/{quote(key, safe='')}"


async def segments(desk: Desk, request: Request) -> Response:
    """Show the list; a posted rule is counted, never saved."""
    reader = desk.reader(request)
    when, of, refused = "", "person", ""
    tried: Tried | None = None
    if request.method == "POST":
        form = await read_form(request, desk.form_limits)
        when, of = form.get("when", "")[:LONGEST_RULE].strip(), form.get("of", "person")
        try:
            told = await segment_preview(desk.site, {"when": when, "of": of})
            tried = _tried(desk, reader, msgspec.convert(told, Found))
        except InputRefused as error:
            refused = error.message
    rows = tuple(_row(desk, reader, one) for one in listed(desk.site))
    page = SegmentsPage(rows, when, of, refused, tried)
    frame = desk.frame(request, reader.say("Segments"), reader.say("Who are they together?"))
    return desk.render(request, "segments.html", frame, page, 422 if refused else 200)


def _row(desk: Desk, reader: Reader, one: JsonObject) -> Row:
    key, size = str(one["key"]), one["size"]
    days = [size.members for _, size in days_of(desk.site, key, SPARK_DAYS)]
    return Row(
        name=str(one["name"]),
        path=segment_path(key),
        kind=reader.say(KINDS[str(one["of"])]),
        size=reader.number(size) if isinstance(size, int) else "",
        sizes=tuple(days),
        change=change_of(reader, days),
        when=str(one["when"]),
        counted=one["counted"] is True,
    )


def change_of(reader: Reader, days: list[int]) -> str:
    """Write by how much a size changed in 30 days, or since it was first counted."""
    if len(days) < 2:
        return "–"
    gained = days[-1] - days[max(len(days) - 31, 0)]
    return ("+" if gained > 0 else "") + reader.number(gained)


def _tried(desk: Desk, reader: Reader, found: Found) -> Tried:
    interval = ""
    if not found.exact:
        interval = reader.say(
            "between {low} and {high}, from a sample of {count}",
            low=reader.number(found.low),
            high=reader.number(found.high),
            count=reader.number(found.looked_at),
        )
    return Tried(
        size=reader.number(found.size),
        share=reader.percent(found.size / found.of_all) if found.of_all else "",
        interval=interval,
        unknown=reader.percent(found.unknown / found.looked_at) if found.looked_at else "",
        consent=tuple(
            (named(reader, PURPOSES, purpose), reader.number(number))
            for purpose, number in found.consent.items()
        ),
        overlap=tuple(
            (_name(desk, key), segment_path(key), reader.number(number))
            for key, number in found.overlap.items()
        ),
        entering=reader.number(found.entering_per_day),
        leaving=reader.number(found.leaving_per_day),
        examples=tuple(_example(one) for one in found.examples),
        document=_document(found),
    )


def _name(desk: Desk, key: str) -> str:
    segment = desk.site.segments.get(key)
    return key if segment is None else segment.name


def _example(one: JsonObject) -> Example:
    if "group_id" in one:
        group_id = str(one["group_id"])
        return Example(group_id, account_path(group_id))
    person_id = str(one["person_id"])
    return Example(f"{one['masked']} ({person_id[-6:]})".strip(), person_path(person_id))


def _document(found: Found) -> str:
    """Write the document that saves a rule; a line break needs the spelling of JSON."""
    when = "'" + found.when.replace("'", "''") + "'"
    if "\n" in when or "\r" in when:
        when = msgspec.json.encode(found.when).decode()
    return f"{{kind: segment, key: new-segment, of: {found.of}, when: {when}}}"
