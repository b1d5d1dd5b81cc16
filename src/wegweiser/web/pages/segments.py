"""Segments: the list with sizes, and a rule tried before it is saved."""

from collections.abc import Mapping
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.role import SMALLEST_CELL
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import account_path, person_path
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.refusals import said_to
from wegweiser.web.pages.people.segment_change import Change, change_of_rule
from wegweiser.web.pages.segment_history import version_of
from wegweiser.web.pages.segment_rows import (
    FAULTS,
    OPERATORS,
    WINDOWS,
    RuleRow,
    rows_of,
    when_of,
)
from wegweiser.web.pages.segment_rows import (
    KINDS as ROW_KINDS,
)
from wegweiser.web.pages.small_counts import rough, shown
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import PURPOSES, named
from wegweiser.workspace.segment_operations import (
    asked_for_by,
    days_of,
    listed,
    segment_preview,
)

SPARK_DAYS = 60
LONGEST_RULE = 4_096
KINDS = {"person": mark("People"), "account": mark("Accounts")}
CHOICES = {
    "kind": {"": mark("(empty)"), **ROW_KINDS},
    "operator": OPERATORS,
    "window": WINDOWS,
    "join": {"all": mark("all rows"), "any": mark("any row")},
}


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
    users: str


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


class Builder(msgspec.Struct, frozen=True):
    """The form: its rows and what can be chosen in them, and what the rule is to be saved as."""

    rows: tuple[RuleRow, ...]
    join: str
    choices: dict[str, tuple[tuple[str, str], ...]]
    faults: tuple[tuple[str, str], ...]
    key: str
    title: str
    may_save: bool
    exists: bool
    version: str


class SegmentsPage(msgspec.Struct, frozen=True):
    """The list, the form with what stands in it, and what it found."""

    rows: tuple[Row, ...]
    when: str
    of: str
    refused: str
    tried: Tried | None
    builder: Builder
    moved: tuple[tuple[str, tuple[Example, ...]], ...] = ()


def segment_path(key: str) -> str:
    """Give the page of a segment."""
    return f"/segments/{quote(key, safe='')}"


async def segments(desk: Desk, request: Request) -> Response:
    """Show the list; a posted rule is counted, never saved."""
    if request.method == "POST":
        return await show_segments(desk, request, await read_form(request, desk.form_limits))
    held = desk.site.segments.get(request.query_params.get("edit", ""))
    form = {} if held is None else {"when": held.when, "of": held.of, "key": held.key}
    return await show_segments(desk, request, form | ({"title": held.name} if held else {}))


async def show_segments(
    desk: Desk,
    request: Request,
    form: Mapping[str, str],
    faults: tuple[tuple[str, str], ...] = (),
) -> Response:
    """Show the page with what stands in its form, and what the rule gives."""
    reader = desk.reader(request)
    written, wrong = when_of(form)
    faults += tuple(
        (field, reader.say(FAULTS[code], row=field.partition("-")[2])) for field, code in wrong
    )
    when = written[:LONGEST_RULE]
    of, refused = form.get("of", "person"), ""
    tried: Tried | None = None
    change: Change | None = None
    if when and not wrong:
        try:
            async with desk.counting:
                told = await segment_preview(desk.site, {"when": when, "of": of})
                # Two more countings are too many while somebody is still typing.
                if "x-swap" not in request.headers:
                    change = await change_of_rule(desk, form.get("key", ""), of, when)
            tried = _tried(desk, reader, msgspec.convert(told, Found))
        except InputRefused as error:
            refused = said_to(reader, error)
    key = form.get("key", "")
    builder = Builder(
        rows=rows_of(form),
        join=form.get("join", "all"),
        choices={
            name: tuple((value, reader.say(words)) for value, words in listed_words.items())
            for name, listed_words in CHOICES.items()
        },
        faults=faults,
        key=key,
        title=form.get("title", ""),
        may_save=desk.may(request, "publish"),
        exists=desk.site.segments.get(key) is not None,
        version=version_of(desk.site, key),
    )
    listing = tuple(_row(desk, reader, one) for one in listed(desk.site))
    moved = () if change is None else _moved(reader, change)
    page = SegmentsPage(listing, when, of, refused, tried, builder, moved)
    frame = desk.frame(request, reader.say("Segments"), reader.say("Who are they together?"))
    return desk.render(request, "segments.html", frame, page, 422 if refused or faults else 200)


def _moved(reader: Reader, change: Change) -> tuple[tuple[str, tuple[Example, ...]], ...]:
    """Say how many enter and leave with a changed rule, with some of them."""
    words = (
        reader.say("Enter: {count}", count=rough(reader, change.entering.size)),
        reader.say("Leave: {count}", count=rough(reader, change.leaving.size)),
    )
    if reader.sight == "counts":
        return tuple((told, ()) for told in words)
    sides = (change.entering, change.leaving)
    return tuple(
        (told, tuple(_example(one) for one in side.examples))
        for told, side in zip(words, sides, strict=True)
    )


def _row(desk: Desk, reader: Reader, one: JsonObject) -> Row:
    key, size = str(one["key"]), one["size"]
    days = [size.members for _, size in days_of(desk.site, key, SPARK_DAYS)]
    return Row(
        name=str(one["name"]),
        path=segment_path(key),
        kind=reader.say(KINDS[str(one["of"])]),
        size=shown(reader, size) if isinstance(size, int) else "",
        sizes=() if reader.sight == "counts" else tuple(days),
        change="–" if reader.sight == "counts" else change_of(reader, days),
        when=str(one["when"]),
        counted=one["counted"] is True,
        users=", ".join(asked_for_by(desk.site, key)),
    )


def change_of(reader: Reader, days: list[int]) -> str:
    """Write by how much a size changed in 30 days, or since it was first counted."""
    if len(days) < 2:
        return "–"
    gained = days[-1] - days[max(len(days) - 31, 0)]
    return ("+" if gained > 0 else "") + reader.number(gained)


def _tried(desk: Desk, reader: Reader, found: Found) -> Tried:
    interval = ""
    hidden = reader.sight == "counts"
    # That a line is there at all would tell that somebody is.
    least = SMALLEST_CELL if hidden else 0
    if not found.exact and not hidden:
        interval = reader.say(
            "between {low} and {high}, from a sample of {count}",
            low=reader.number(found.low),
            high=reader.number(found.high),
            count=reader.number(found.looked_at),
        )
    return Tried(
        size=rough(reader, found.size),
        share="" if hidden or not found.of_all else reader.percent(found.size / found.of_all),
        interval=interval,
        unknown=(
            reader.percent(found.unknown / found.looked_at)
            if found.looked_at and not hidden
            else ""
        ),
        consent=tuple(
            (named(reader, PURPOSES, purpose), rough(reader, number))
            for purpose, number in found.consent.items()
            if number >= least
        ),
        overlap=tuple(
            (_name(desk, key), segment_path(key), rough(reader, number))
            for key, number in found.overlap.items()
            if number >= least
        ),
        entering=rough(reader, found.entering_per_day),
        leaving=rough(reader, found.leaving_per_day),
        examples=() if hidden else tuple(_example(one) for one in found.examples),
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
