"""Opening one person for a typed reason: for roles that see nobody without one."""

import re

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import person_path
from wegweiser.web.pages.form import read_form

SHORTEST = 10
LONGEST = 300


# Addresses and numbers of phones, cards or customers; the number of a ticket is shorter.
_NAMING = re.compile(r"[^\s@<>]+@[^\s@<>]+|\+?\d[\d /().-]{6,}\d")


class ReasonPage(msgspec.Struct, frozen=True):
    """The form that asks why, with what was typed and what is wrong with it."""

    path: str
    reason: str
    wrong: str
    shortest: int


def unnamed(reason: str) -> str:
    """Take out of a reason what names somebody: what the audit keeps outlasts an erasure.

    >>> unnamed("Ticket 4711: ada@example.com calls from +49 170 1234567")
    'Ticket 4711: … calls from …'
    """
    return _NAMING.sub("…", reason)


def ask_why(
    desk: Desk, request: Request, person_id: str, reason: str = "", wrong: str = ""
) -> Response:
    """Ask for a reason before a person is shown."""
    reader = desk.reader(request)
    frame = desk.frame(
        request,
        reader.say("Person {id}", id=person_id[-6:]),
        reader.say("Why do you need to see this person?"),
        crumbs=(("/profiles", reader.say("Profiles")),),
    )
    page = ReasonPage(f"{person_path(person_id)}/open", reason, wrong, SHORTEST)
    return desk.render(request, "reason.html", frame, page, 422 if wrong else 403)


async def open_person(desk: Desk, request: Request) -> Response:
    """Show a person for half an hour to whoever typed why; the audit keeps the reason."""
    person_id, operator = request.path_params["person_id"], desk.who(request)
    reason = (await read_form(request, desk.form_limits)).get("reason", "").strip()[:LONGEST]
    if len(reason) < SHORTEST:
        wrong = desk.reader(request).say("Write the reason in a few words.")
        return ask_why(desk, request, person_id, reason, wrong)
    assert operator is not None
    desk.opened.open(desk.session_id(request), person_id)
    about = f"person_id:{person_id}"
    desk.site.audit.note("person.read", operator.name, about, {"reason": unnamed(reason)})
    return RedirectResponse(person_path(person_id), 303)
