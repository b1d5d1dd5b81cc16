"""Consent and retention: the purposes, how long what is kept, and what would go next."""

from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Faults, Form
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.pages.settings.claims import TRAITS, claims_section, publish_claims
from wegweiser.web.pages.settings.sections import (
    RoomPage,
    Section,
    moment_in,
    number_in,
    show_room,
    word_in,
)
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import PURPOSES, named

HERE = "/settings/consent"
KEPT = {
    "events": mark("Events"),
    "quarantine": mark("Quarantine"),
    "webhooks": mark("Bodies of webhooks"),
    "decisions": mark("Decisions"),
}


async def consent(desk: Desk, request: Request) -> Response:
    """Show purposes and retention, or carry retention out now."""
    if request.method != "POST":
        return await _page(desk, request)
    reader, told = desk.reader(request), await desk.run(request, "retention_run", {})
    done = reader.say("Retention was carried out: {counts}.", counts=_counts(reader, told))
    return desk.done(request, HERE, Notice(done))


async def claims(desk: Desk, request: Request) -> Response:
    """Change what decisions may know on a device that only claims to be a person's."""
    form = await read_form(request, desk.form_limits)
    try:
        return desk.done(request, HERE, await publish_claims(desk, request, form))
    except InputRefused as error:
        told = error.said(desk.reader(request).language)
        return await _page(desk, request, ((error.field or TRAITS, told),))


async def _page(desk: Desk, request: Request, faults: Faults = ()) -> Response:
    reader = desk.reader(request)
    shown = await desk.run(request, "retention_show", {})
    next_time = await desk.run(request, "retention_run", {"dry_run": True})
    rules = rows_in(shown, "rules")
    answer = reader.count(
        "{count} rule of retention holds; it was carried out last on {moment}.",
        "{count} rules of retention hold; they were carried out last on {moment}.",
        len(rules),
        moment=moment_in(reader, shown, "last_run"),
    )
    if not rules:
        answer = reader.say("No rule of retention is published; nothing is deleted by its age.")
    run = Form(
        reader.say("Carry retention out now"),
        sentence=reader.say("This would go now: {counts}.", counts=_counts(reader, next_time)),
        main=False,
    )
    sections = (
        Section(reader.say("Retention"), table=_rules(reader, rules), forms=(run,)),
        Section(
            reader.say("Purposes"),
            reader.say("Without an answer of the person nothing counts as granted."),
            table=_purposes(desk, reader),
        ),
        Section(
            reader.say("How to change it"),
            reader.say("Rules and purposes are documents; publish one to change it."),
            code="{kind: retention, key: events, of: events, months: 13}",
        ),
        await claims_section(desk, request),
    )
    return show_room(desk, request, RoomPage(answer, sections, faults))


def _counts(reader: Reader, told: Json) -> str:
    if not isinstance(told, dict):
        return reader.say("nothing")
    parts = [
        f"{named(reader, KEPT, name)} {reader.number(count)}"
        for name, count in told.items()
        if isinstance(count, int) and count
    ]
    return reader.all_of(parts) if parts else reader.say("nothing")


def _rules(reader: Reader, rules: list[JsonObject]) -> Table:
    columns = (
        Column(reader.say("Rule")),
        Column(reader.say("What")),
        Column(reader.say("Kept for")),
        Column(reader.say("Only these events")),
    )
    rows = (
        Row(
            (
                Cell(word_in(one, "key"), code=True),
                Cell(named(reader, KEPT, word_in(one, "of"))),
                Cell(reader.count("{count} day", "{count} days", number_in(one, "days"))),
                Cell(word_in(one, "events") or "–"),
            )
        )
        for one in rules
    )
    return Table(columns, tuple(rows), reader.say("There is no rule yet."))


def _purposes(desk: Desk, reader: Reader) -> Table:
    declared = desk.site.purposes.current.by_key
    columns = (
        Column(reader.say("Purpose")),
        Column(reader.say("Declared by you")),
        Column(reader.say("An answer holds for")),
    )
    rows = []
    for key in dict.fromkeys((*PURPOSES, *declared)):
        found = declared.get(key)
        lasts = reader.say("ever")
        if found is not None and found.valid_days:
            lasts = reader.count("{count} day", "{count} days", found.valid_days)
        own = reader.say("yes") if found is not None else reader.say("no")
        rows.append(Row((Cell(named(reader, PURPOSES, key)), Cell(own), Cell(lasts))))
    return Table(columns, tuple(rows))
