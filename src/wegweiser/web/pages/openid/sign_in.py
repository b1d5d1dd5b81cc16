"""Signing in at the company's identity provider: the way there, and the way back."""

import base64
import binascii
from typing import TYPE_CHECKING

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.web.auth import own_path
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.sign_in import SignInPage, come_in, sign_in_form
from wegweiser.web.text import mark

if TYPE_CHECKING:
    from wegweiser.workspace.openid.sign_in import Journey, OpenIdDoor

COOKIE_S = 600
LONGEST_GOAL = 1_000
REASONS = {
    "not_let_in": mark("You are known there, but nobody let you in here. Ask an admin."),
    "name_taken": mark("Somebody else has your name here already. Ask an admin."),
    "declined": mark("The identity provider did not sign you in. Try again."),
    "too_late": mark("That took too long. Begin again."),
    "strange_answer": mark("This browser did not begin that sign-in. Begin again."),
    "old_token": mark("The answer of the identity provider is too old. Are both clocks right?"),
    "unreachable": mark("The identity provider cannot be reached. Try again in a minute."),
}
OTHERWISE = mark("The answer of the identity provider cannot be used. Tell an admin.")


async def depart(desk: Desk, request: Request) -> Response:
    """Send somebody to the identity provider."""
    door, goal = _door(desk), own_path(request.query_params.get("next", "/"))
    try:
        path, journey = await door.depart(goal if len(goal) <= LONGEST_GOAL else "/")
    except InputRefused as error:
        return _refused(desk, request, error)
    answer = RedirectResponse(path, 303)
    answer.set_cookie(
        _cookie(desk),
        base64.urlsafe_b64encode(msgspec.json.encode(journey)).decode(),
        max_age=COOKIE_S,
        path="/",
        httponly=True,
        secure=desk.cookie.secure,
        # Strict would keep it back when the provider sends somebody here.
        samesite="lax",
    )
    return answer


async def arrive(desk: Desk, request: Request) -> Response:
    """Take in whoever comes back from the identity provider."""
    door, journey = _door(desk), _journey(request.cookies.get(_cookie(desk), ""))
    try:
        arrived = await door.arrive(journey, dict(request.query_params))
    except InputRefused as error:
        answer = _refused(desk, request, error)
    else:
        goal = own_path(journey.goal) if journey else "/"
        answer = come_in(desk, request, arrived.operator.name, goal, arrived.id_token)
    # A journey ends with its answer, whatever that was.
    answer.delete_cookie(
        _cookie(desk), path="/", httponly=True, secure=desk.cookie.secure, samesite="lax"
    )
    return answer


def _door(desk: Desk) -> "OpenIdDoor":
    if desk.openid is None:
        raise NotFound(wrong("no_provider"))
    return desk.openid


def _cookie(desk: Desk) -> str:
    return f"{desk.cookie.name}-openid"


def _journey(text: str) -> "Journey | None":
    from wegweiser.workspace.openid.sign_in import Journey

    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text), type=Journey)
    except (msgspec.DecodeError, binascii.Error, ValueError):
        return None


def _refused(desk: Desk, request: Request, error: InputRefused) -> Response:
    detail: JsonObject = {"by_provider": True, "code": error.code, "why": error.message[:300]}
    desk.note_stranger(detail)
    wrong = desk.reader(request).say(REASONS.get(error.code, OTHERWISE))
    return sign_in_form(desk, request, SignInPage("", "/", wrong), 422)
