"""The forms in which an operator says who is who: link, separate, and go back to an earlier day."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.wrong import wrong
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import person_path
from wegweiser.web.pages.form import read_already
from wegweiser.web.pages.frame.fields import Fault, Faults, Field, Form, sent_back
from wegweiser.web.pages.frame.refusals import OF_IDENTIFIERS, refusal
from wegweiser.web.pages.frame.story import WORD, kept
from wegweiser.web.pages.identity import identifier_in_words
from wegweiser.web.text import Reader, mark

OFFERED = 50
BAD_DAY = mark("{value} is no day. Write it as 2026-03-01.")


class StatementsPage(msgspec.Struct, frozen=True):
    """A sentence, and a titled form for everything that can be said."""

    answer: str
    forms: tuple[tuple[str, Form], ...]
    faults: Faults = ()


def show_statements(
    desk: Desk, request: Request, person_id: str, error: InputRefused | None = None
) -> Response:
    """Show the forms; the one that was refused comes back as it was filled in."""
    reader, given = desk.reader(request), read_already(request)
    faults = () if error is None else (_fault(reader, error, given),)
    names = _names(desk, person_id)
    answer = reader.count(
        "{count} identifier belongs to this person. What you say is shown first, and can be"
        " taken back.",
        "{count} identifiers belong to this person. What you say is shown first, and can be"
        " taken back.",
        len(names),
    )
    titled = _forms(reader, person_id, names, request.query_params.get(WORD, ""))
    if faults:
        filled = sent_back(tuple(form for _, form in titled), given, faults)
        titled = tuple((title, form) for (title, _), form in zip(titled, filled, strict=True))
    frame = desk.frame(
        request,
        reader.say("Who is who"),
        reader.say("Who is this, and how do we know?"),
        crumbs=(
            ("/profiles", reader.say("Profiles")),
            (person_path(person_id), reader.say("Person")),
        ),
    )
    page = StatementsPage(answer, titled, faults)
    return desk.render(request, "statements.html", frame, page, 422 if faults else 200)


def _names(desk: Desk, person_id: str) -> list[str]:
    if desk.site.views.find_person(f"person_id:{person_id}") is None:
        raise NotFound(wrong("no_profile"))
    person = desk.site.views.person(person_id)
    return [f"{one.type}:{one.value}" for one in person.identifiers][:OFFERED]


def _fault(reader: Reader, error: InputRefused, given: dict[str, str]) -> Fault:
    field = "at" if given.get("kind") == "restore" else "b"
    unread = error.code == "bad_input" and ":" not in given.get("b", "")
    code = "bad_id" if unread else error.code
    named = InputRefused(code, error, error.status, field)
    return refusal(reader, named, {**OF_IDENTIFIERS, "bad_day": BAD_DAY}, given, field)


def _forms(
    reader: Reader, person_id: str, names: list[str], word: str
) -> tuple[tuple[str, Form], ...]:
    path = kept(f"{person_path(person_id)}/identity", word)
    known = tuple((name, identifier_in_words(reader, name)) for name in names)
    one = Field("a", reader.say("Identifier of this person"), options=known)
    other = Field(
        "b",
        reader.say("The other identifier"),
        required=True,
        help=reader.say("Write it as TYPE:VALUE, for example email:ada@example.com."),
    )
    second = Field(
        "b", reader.say("The other identifier"), known[-1][0] if known else "", options=known
    )
    day = Field(
        "at",
        reader.say("First day that counts no more"),
        kind="date",
        required=True,
        help=reader.say("Evidence from this day on is left out; events stay."),
    )
    link = Form(
        reader.say("Show what linking would change"), (one, other), (("kind", "link"),), path
    )
    apart = Form(
        reader.say("Show what separating would change"),
        (one, second),
        (("kind", "separate"),),
        path,
    )
    back = Form(
        reader.say("Show what restoring would change"),
        (day,),
        (("kind", "restore"), ("identifier", names[0] if names else "")),
        path,
    )
    forms = [(reader.say("Link: these are one person"), link)]
    if len(known) > 1:
        forms.append((reader.say("Separate: these are two people"), apart))
    return (*forms, (reader.say("Restore: as it was on an earlier day"), back))


def start_of(day: str, zone: str) -> str:
    """Give the moment at which a day begins for the reader; raises InputRefused.

    >>> start_of("2026-03-01", "Europe/Berlin")
    '2026-03-01T00:00:00+01:00'
    """
    try:
        found = date.fromisoformat(day)
    except ValueError as error:
        raise InputRefused("bad_day", wrong("write_day"), 422, "at") from error
    return datetime.combine(found, time(), ZoneInfo(zone)).isoformat()
