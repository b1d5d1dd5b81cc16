"""Taking persons apart and taking that back: what was said, a preview, and the confirmed word."""

from collections.abc import Iterable, Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.web.pages.desk import Desk, Notice
from wegweiser.web.pages.facts import person_path, seen_text
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.story import WORD, kept
from wegweiser.web.pages.identity import identifier_in_words
from wegweiser.web.pages.people.statements import show_statements, start_of
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import CHANNELS, PURPOSES, STATES, named

KINDS = {
    "link": mark("joined"),
    "cut": mark("took evidence out"),
    "separate": mark("said that these are two"),
    "restore": mark("went back to an earlier time"),
    "release": mark("released"),
    "undo": mark("took back"),
}
# What a form may ask for, with the fields that it brings.
ASKED = {
    "cut": ("a", "b"),
    "separate": ("a", "b"),
    "link": ("a", "b"),
    "restore": ("identifier", "at"),
    "undo": ("operation_id",),
}
TITLES = {
    "cut": mark("Take apart"),
    "separate": mark("Separate two people"),
    "link": mark("Link two people"),
    "restore": mark("Restore an earlier day"),
    "undo": mark("Take back"),
}
# What is typed in a form of its own, to which a refusal goes back.
TYPED = ("link", "separate", "restore")
NAMES_SHOWN = 6


class Operation(msgspec.Struct, frozen=True):
    """One thing that an operator said; `undone` is empty as long as it counts."""

    operation_id: str
    kind: str
    at: str
    by: str
    reason: str
    about: tuple[str, ...]
    undone: str


class Side(msgspec.Struct, frozen=True):
    """One person before or after."""

    person_id: str
    path: str
    identifiers: tuple[str, ...]
    more: str
    events: str
    segments: tuple[str, ...]
    consent: tuple[tuple[str, str], ...]
    contacts: tuple[tuple[str, str], ...]


class PreviewPage(msgspec.Struct, frozen=True):
    """What would change, and the form that lets it happen."""

    action: str
    back: str
    fields: tuple[tuple[str, str], ...]
    before: tuple[Side, ...]
    after: tuple[Side, ...]
    changed: bool


def operations_of(reader: Reader, rows: Iterable[JsonObject]) -> tuple[Operation, ...]:
    """List what operators said about a person, newest first."""
    return tuple(_operation(reader, row) for row in rows)


def _operation(reader: Reader, row: JsonObject) -> Operation:
    pairs = row["pairs"] if isinstance(row["pairs"], list) else []
    at = parse_instant(row["at"])
    about = tuple(
        " ↔ ".join(identifier_in_words(reader, str(name)) for name in pair)
        for pair in pairs[:NAMES_SHOWN]
        if isinstance(pair, list)
    )
    return Operation(
        operation_id=str(row["operation_id"]),
        kind=named(reader, KINDS, str(row["kind"])),
        at="" if at is None else reader.moment(at),
        by=str(row["by"]),
        reason=seen_text(reader, str(row["reason"])),
        about=about,
        undone=str(row["undone_by"]),
    )


def may_change(desk: Desk, request: Request) -> bool:
    """Tell whether whoever is signed in may join and separate persons."""
    return desk.may(request, "who_is_who")


async def change_identity(desk: Desk, request: Request) -> Response:
    """Show what a statement would change, or say it where that was confirmed."""
    reader, person_id = desk.reader(request), request.path_params["person_id"]
    if request.method != "POST":
        return show_statements(desk, request, person_id)
    form = await read_form(request, desk.form_limits)
    try:
        return await _told(desk, request, reader, person_id, form)
    except InputRefused as error:
        if form.get("kind") not in TYPED or form.get("confirm"):
            raise
        return show_statements(desk, request, person_id, error)


async def _told(
    desk: Desk, request: Request, reader: Reader, person_id: str, form: Mapping[str, str]
) -> Response:
    kind, stated = _stated(form)
    if kind == "restore":
        stated["at"] = start_of(str(stated["at"]), reader.zone)
    stated["by"] = request.scope["operator"].name
    if form.get("confirm"):
        said = await desk.run(request, f"identity_{kind}", stated)
        return _said(desk, request, kind, said)
    told = await desk.run(request, f"identity_{kind}", {**stated, "preview": True})
    assert isinstance(told, dict)
    frame = desk.frame(
        request,
        reader.say(TITLES[kind]),
        reader.say("What would change?"),
        crumbs=(
            ("/profiles", reader.say("Profiles")),
            (person_path(person_id), reader.say("Person")),
        ),
    )
    word = request.query_params.get(WORD, "")
    page = _page(reader, person_id, kind, form, told, word)
    return desk.render(request, "identity.html", frame, page)


def _said(desk: Desk, request: Request, kind: str, said: Json) -> Response:
    """Go back to the person, with what was done and the way to take it back."""
    reader, person_id = desk.reader(request), request.path_params["person_id"]
    word = request.query_params.get(WORD, "")
    path = kept(person_path(person_id), word) + "#known"
    if kind == "undo":
        return desk.done(request, path, Notice(reader.say("It is taken back; all is as before.")))
    operation_id = str(said.get("operation_id", "")) if isinstance(said, dict) else ""
    notice = Notice(
        reader.say("It is done. Both are kept, and it can be taken back at any time."),
        undo=kept(f"{person_path(person_id)}/identity", word),
        fields=(("kind", "undo"), ("operation_id", operation_id), ("confirm", "1")),
    )
    return desk.done(request, path, notice)


def _stated(form: Mapping[str, str]) -> tuple[str, JsonObject]:
    kind = form.get("kind", "")
    if kind not in ASKED:
        raise InputRefused("bad_form", "The form cannot be read.", 422)
    stated: JsonObject = {name: form.get(name, "") for name in ASKED[kind]}
    if not all(stated.values()):
        raise NotFound(wrong("form_names_nobody"))
    return kind, {**stated, "reason": form.get("reason", "").strip()}


def _page(
    reader: Reader,
    person_id: str,
    kind: str,
    form: Mapping[str, str],
    told: JsonObject,
    word: str,
) -> PreviewPage:
    names = ("kind", *ASKED[kind])
    before, after = _sides(reader, told["before"]), _sides(reader, told["after"])
    return PreviewPage(
        action=kept(f"{person_path(person_id)}/identity", word),
        back=kept(person_path(person_id), word),
        fields=tuple((name, form[name]) for name in names),
        before=before,
        after=after,
        changed=before != after,
    )


def _sides(reader: Reader, side: Json) -> tuple[Side, ...]:
    rows = side.get("shown") if isinstance(side, dict) else None
    listed = rows if isinstance(rows, list) else []
    return tuple(_side(reader, row) for row in listed if isinstance(row, dict))


def _side(reader: Reader, row: JsonObject) -> Side:
    names = [str(name) for name in _listed(row["identifiers"])]
    count = row["identifier_count"]
    left = (count if isinstance(count, int) else 0) - min(len(names), NAMES_SHOWN)
    events = row["events"]
    return Side(
        person_id=str(row["person_id"]),
        path=person_path(str(row["person_id"])),
        identifiers=tuple(identifier_in_words(reader, name) for name in names[:NAMES_SHOWN]),
        more=reader.count("and {count} more", "and {count} more", left) if left > 0 else "",
        events=reader.number(events if isinstance(events, int) else 0),
        segments=tuple(str(key) for key in _listed(row["segments"])),
        consent=tuple(
            (named(reader, PURPOSES, purpose), named(reader, STATES, str(state)))
            for purpose, state in _items(row["consent"])
        ),
        contacts=tuple(
            (named(reader, CHANNELS, channel), str(number))
            for channel, number in _items(row["contacts"])
        ),
    )


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _items(value: Json) -> list[tuple[str, Json]]:
    return sorted(value.items()) if isinstance(value, dict) else []
