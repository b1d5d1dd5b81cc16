"""The pages as one ASGI application, behind the door and under the security headers."""

import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from functools import partial

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.role import Right, holders_of
from wegweiser.web.asgi import BodyLimits
from wegweiser.web.auth import SAFE_METHODS
from wegweiser.web.pages.beginning.state import started
from wegweiser.web.pages.compressed import Compressed
from wegweiser.web.pages.desk import FOLDER, Desk
from wegweiser.web.pages.families import FAMILIES
from wegweiser.web.pages.form import FORM, require_token
from wegweiser.web.pages.frame.family import Family, Page
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.refusals import said_to
from wegweiser.web.pages.frame.sent_file import file_heard
from wegweiser.web.pages.security import Door, SafeHeaders
from wegweiser.web.text import mark
from wegweiser.web.words import ROLES, named
from wegweiser.workspace.site import Site

_log = logging.getLogger(__name__)
REFUSALS = {
    "bad_period": mark(
        "The period in the address cannot be read."
        " Write it as 30d, as 2026-10, or as 2026-10-01..2026-10-31."
    ),
    "bad_filter": mark(
        "The filter in the address cannot be read. Write it as country:DE,AT;stage:evaluate."
    ),
    "bad_compare": mark("The comparison in the address is before, year or none."),
    "bad_page": mark("The page in the address is a number from 1."),
    "bad_form_word": mark("The file form in the address is csv, csv-de, parquet or json."),
    "not_yours": mark("This is not one of your accounts."),
    "only_counts": mark("Your role sees counts only."),
    "too_many_codes": mark("There were too many wrong codes. Wait for a quarter of an hour."),
    "old_form": mark("This form is from another sign-in. Open the page again and repeat it."),
    "too_large": mark("The form is too large."),
    "file_too_large": mark("The file is too large. Load it with `wegweiser load`, or in parts."),
    "bad_form": mark("The form cannot be read."),
    "too_slow": mark("The form arrived too slowly. Send it again."),
    "cut_off": mark("The form did not arrive whole. Send it again."),
}


# Where somebody without the second factor that they need may go: to set it up, out, and in.
OWN_SIGN_IN = "/settings/me"
_WITHOUT_FACTOR = (OWN_SIGN_IN, "/sign-in", "/sign-out", "/look", "/welcome/{token}")


class WrongPage(msgspec.Struct, frozen=True):
    """What went wrong, the number to quote, and whom to ask."""

    sentence: str
    reference: str
    ask: tuple[str, ...] = ()
    search: bool = False


def pages_application(
    site: Site,
    address: str,
    form_limits: BodyLimits = FORM,
    families: tuple[Family, ...] = FAMILIES,
) -> ASGIApp:
    """Make the pages of a site that is reached under `address` (scheme, host and port)."""
    desk = Desk(site, address, form_limits, families)
    pages = Starlette(
        routes=_routes(desk),
        middleware=[
            Middleware(SafeHeaders, secure=desk.cookie.secure),
            Middleware(Door, site=site, cookie=desk.cookie),
            Middleware(Compressed),
        ],
        exception_handlers={
            InputRefused: partial(_refused, desk),
            HTTPException: partial(_missing, desk),
        },
    )
    # A redirect would be made of the host that the request names.
    pages.router.redirect_slashes = False
    pages.state.desk = desk
    return pages


def _routes(desk: Desk) -> list[BaseRoute]:
    routes: list[BaseRoute] = [
        Route(page.path, _endpoint(desk, page), methods=[*page.methods])
        for family in desk.families
        for page in family.pages
    ]
    return [*routes, Mount("/static", StaticFiles(directory=FOLDER / "static"))]


def _endpoint(desk: Desk, page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        request.scope["page"] = page
        # Before anything is read, so that a page never says it shows more than it does.
        request.scope["position"] = desk.site.unifier.position
        try:
            return await _made(desk, page, request)
        except (InputRefused, HTTPException):
            raise
        except Exception:  # noqa: BLE001 - the reader gets a number to quote, the log the fault
            reference = secrets.token_hex(4)
            _log.exception("a page failed, reference %s", reference)
            reader = desk.reader(request)
            sentence = reader.say("This page failed. Nothing was lost; try it again.")
            return _wrong(desk, request, WrongPage(sentence, reference), 500)

    return answer


async def _made(desk: Desk, page: Page, request: Request) -> Response:
    """Make a page for whoever may have it, from a form only with the token of the session."""
    if page.path not in _WITHOUT_FACTOR and (led := _led_to_factor(desk, request)):
        return led
    needed = [page.right] if request.method in SAFE_METHODS else [page.right, page.write]
    for right in needed:
        if right is not None and not desk.may(request, right):
            return _barred(desk, request, right)
    async with file_heard(request, page.file) if page.file else nullcontext():
        if request.method not in SAFE_METHODS and request.scope.get("operator") is not None:
            limits = page.limits or desk.form_limits
            await require_token(request, desk.form_token(request), limits)
        if page.rests is not None and request.method in SAFE_METHODS:
            request.scope["start"] = await started(desk, request, page.rests)
        return await page.make(desk, request)


def _led_to_factor(desk: Desk, request: Request) -> Response | None:
    """Lead whoever needs a second factor and has none to where it is set up, before all else."""
    operator = desk.who(request)
    if operator is None or not desk.site.people.lacks_factor(operator.name):
        return None
    told = desk.reader(request).say("Your role needs a second factor. Set it up first.")
    desk.tell(request, Notice(told))
    return RedirectResponse(OWN_SIGN_IN, 303)


def _barred(desk: Desk, request: Request, right: Right) -> Response:
    """Say that somebody may not have a page, and whom to ask; the first page leads on instead."""
    reader = desk.reader(request)
    if request.url.path == "/" and (other := _first_page(desk, request)):
        return RedirectResponse(other, 303)
    operator = desk.who(request)
    role = named(reader, ROLES, operator.role) if operator else ""
    sentence = reader.say("Your role ({role}) does not open this page.", role=role)
    strong = {*holders_of("people")}
    ask = tuple(one.name for one in desk.site.people.all() if one.role in strong)
    page, session_id = request.scope["page"], desk.session_id(request)
    about = f"{request.method} {page.path}"
    # Once while a session tries: whoever asks again and again does not fill the audit.
    if not desk.opened.is_open(session_id, about):
        desk.opened.open(session_id, about)
        name = operator.name if operator else ""
        desk.site.audit.note("page.refused", name, detail={"right": right})
    return _wrong(desk, request, WrongPage(sentence, "", ask), 403)


def _first_page(desk: Desk, request: Request) -> str:
    """Give the first entry that a role may open; empty for none."""
    operator = desk.who(request)
    role = "" if operator is None else operator.role
    found = (family for family in desk.families if family.first_page(role) is not None)
    entries = (family.entry for family in found if family.entry is not None)
    return next((entry.path for entry in entries), "")


async def _refused(desk: Desk, request: Request, error: Exception) -> Response:
    assert isinstance(error, InputRefused)
    reader = desk.reader(request)
    known = REFUSALS.get(error.code, "")
    sentence = reader.say(known) if known else said_to(reader, error)
    answer = _wrong(desk, request, WrongPage(sentence, ""), error.status)
    if error.status == 408:
        answer.headers["Connection"] = "close"
    return answer


async def _missing(desk: Desk, request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    reader = desk.reader(request)
    if error.status_code == 404:
        sentence = reader.say("There is no page at this address. Search for what you need.")
        return _wrong(desk, request, WrongPage(sentence, "", search=True), 404)
    sentence = reader.say("This cannot be done here.")
    return _wrong(desk, request, WrongPage(sentence, ""), error.status_code)


def _wrong(desk: Desk, request: Request, page: WrongPage, status: int) -> Response:
    # The words of the address may be what is wrong.
    request.scope["page"] = None
    title = desk.reader(request).say("This did not work")
    return desk.render(request, "wrong.html", desk.frame(request, title), page, status)
