"""The pages as one ASGI application, behind the door and under the security headers."""

import logging
import secrets
from collections.abc import Awaitable, Callable
from functools import partial

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from wegweiser.terms.errors import InputRefused
from wegweiser.web.asgi import BodyLimits
from wegweiser.web.pages.account import account
from wegweiser.web.pages.conversation import log_conversation
from wegweiser.web.pages.decision import decision
from wegweiser.web.pages.desk import FOLDER, Desk
from wegweiser.web.pages.form import FORM
from wegweiser.web.pages.identity_change import change_identity
from wegweiser.web.pages.patterns import patterns
from wegweiser.web.pages.person import person
from wegweiser.web.pages.profiles import profiles
from wegweiser.web.pages.security import Door, SafeHeaders
from wegweiser.web.pages.segment import segment
from wegweiser.web.pages.segments import segments
from wegweiser.web.pages.sign_in import look, sign_in, sign_out
from wegweiser.web.pages.suggestions import suggestions
from wegweiser.web.pages.today import today
from wegweiser.web.text import mark
from wegweiser.workspace.site import Site

_log = logging.getLogger(__name__)
REFUSALS = {
    "bad_period": mark(
        "The period in the address cannot be read."
        " Write it as 30d, as 2026-10, or as 2026-10-01..2026-10-31."
    ),
    "too_large": mark("The form is too large."),
    "bad_form": mark("The form cannot be read."),
    "too_slow": mark("The form arrived too slowly. Send it again."),
    "cut_off": mark("The form did not arrive whole. Send it again."),
}
PageMaker = Callable[[Desk, Request], Awaitable[Response]]


class WrongPage(msgspec.Struct, frozen=True):
    """What went wrong, and the number to quote."""

    sentence: str
    reference: str


def pages_application(site: Site, address: str, form_limits: BodyLimits = FORM) -> ASGIApp:
    """Make the pages of a site that is reached under `address` (scheme, host and port)."""
    desk = Desk(site, address, form_limits)
    pages = Starlette(
        routes=_routes(desk),
        middleware=[
            Middleware(SafeHeaders, secure=desk.cookie.secure),
            Middleware(Door, site=site, cookie=desk.cookie),
        ],
        exception_handlers={
            InputRefused: partial(_refused, desk),
            HTTPException: partial(_missing, desk),
        },
    )
    pages.state.desk = desk
    return pages


def _routes(desk: Desk) -> list[BaseRoute]:
    pages: list[tuple[str, PageMaker, list[str]]] = [
        ("/", today, ["GET"]),
        ("/profiles", profiles, ["GET", "POST"]),
        ("/people/{person_id}", person, ["GET"]),
        ("/people/{person_id}/identity", change_identity, ["POST"]),
        ("/accounts/{group_id:path}", account, ["GET", "POST"]),
        ("/conversations", log_conversation, ["POST"]),
        ("/decisions/{decision_id}", decision, ["GET"]),
        ("/segments", segments, ["GET", "POST"]),
        ("/segments/{key}", segment, ["GET"]),
        ("/suggestions", suggestions, ["GET", "POST"]),
        ("/patterns", patterns, ["GET"]),
        ("/sign-in", sign_in, ["GET", "POST"]),
        ("/sign-out", sign_out, ["POST"]),
        ("/look", look, ["POST"]),
    ]
    routes: list[BaseRoute] = [
        Route(path, _endpoint(desk, make), methods=methods) for path, make, methods in pages
    ]
    return [*routes, Mount("/static", StaticFiles(directory=FOLDER / "static"))]


def _endpoint(desk: Desk, make: PageMaker) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            return await make(desk, request)
        except (InputRefused, HTTPException):
            raise
        except Exception:  # noqa: BLE001 - the reader gets a number to quote, the log the fault
            reference = secrets.token_hex(4)
            _log.exception("a page failed, reference %s", reference)
            reader = desk.reader(request)
            sentence = reader.say("This page failed. Nothing was lost; try it again.")
            return _wrong(desk, request, sentence, 500, reference)

    return answer


async def _refused(desk: Desk, request: Request, error: Exception) -> Response:
    assert isinstance(error, InputRefused)
    sentence = desk.reader(request).say(REFUSALS.get(error.code, error.message))
    answer = _wrong(desk, request, sentence, error.status)
    if error.status == 408:
        answer.headers["Connection"] = "close"
    return answer


async def _missing(desk: Desk, request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    reader = desk.reader(request)
    if error.status_code == 404:
        sentence = reader.say("There is no page at this address. Look for it under Profiles.")
        return _wrong(desk, request, sentence, 404)
    return _wrong(desk, request, reader.say("This cannot be done here."), error.status_code)


def _wrong(
    desk: Desk, request: Request, sentence: str, status: int, reference: str = ""
) -> Response:
    title = desk.reader(request).say("This did not work")
    page = WrongPage(sentence, reference)
    return desk.render(request, "wrong.html", desk.frame(request, title), page, status)
