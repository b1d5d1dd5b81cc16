"""The search in the frame: pages by name, persons and accounts by identifier, never by address."""

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.people.found import search
from wegweiser.web.pages.profiles import find

LONGEST = 200


class Hit(msgspec.Struct, frozen=True):
    """Something that was found."""

    name: str
    path: str
    beside: str


class JumpPage(msgspec.Struct, frozen=True):
    """What was looked for, and what fits."""

    looked_for: str
    hits: tuple[Hit, ...]


async def jump(desk: Desk, request: Request) -> Response:
    """Go to the one thing that fits, or list what may be meant."""
    looked_for = (await read_form(request, desk.form_limits)).get("search", "").strip()[:LONGEST]
    reader = desk.reader(request)
    if desk.may(request, "profiles") and (path := find(desk, request, looked_for)):
        return RedirectResponse(path, 303)
    hits = (*_pages(desk, request, looked_for), *await _profiles(desk, request, looked_for))
    if len(hits) == 1:
        return RedirectResponse(hits[0].path, 303)
    frame = desk.frame(request, reader.say("Search"), reader.say("What do you look for?"))
    page = JumpPage(looked_for, hits)
    return desk.render(request, "jump.html", frame, page, 200 if hits else 404)


async def _profiles(desk: Desk, request: Request, looked_for: str) -> tuple[Hit, ...]:
    """List persons and accounts whose name is like the words."""
    if not desk.may(request, "profiles"):
        return ()
    found = await search(desk, request, looked_for)
    return tuple(Hit(one.name, one.path, one.beside) for one in found.rows)


def _pages(desk: Desk, request: Request, looked_for: str) -> tuple[Hit, ...]:
    """List entries of the menu whose name or question holds the words; all where there are none."""
    reader, operator = desk.reader(request), desk.who(request)
    role, wanted = "" if operator is None else operator.role, looked_for.casefold()
    entries = (one.entry for one in desk.families if one.entry and one.first_page(role))
    hits = (Hit(reader.say(one.name), one.path, reader.say(one.question)) for one in entries)
    return tuple(hit for hit in hits if wanted in f"{hit.name} {hit.beside}".casefold())
