"""Signing out: here at once, and at the identity provider where somebody came by it."""

import hmac

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.sign_in import SignInPage, sign_in_form

COOKIE_S = 600


class SignedOutPage(msgspec.Struct, frozen=True):
    """Where the browser goes on to, and what the provider there is called."""

    path: str
    provider: str


async def sign_out(desk: Desk, request: Request) -> Response:
    """End the session; whoever came by the provider is sent there to end that one as well."""
    session, session_id = request.scope.get("operator"), desk.session_id(request)
    desk.site.people.sign_out(request.cookies.get(desk.cookie.name, ""))
    request.scope["operator"] = None
    departure = None
    if desk.openid is not None and session is not None and session.by_provider:
        departure = await desk.openid.leaving.depart(session_id)
    if departure is None or desk.openid is None:
        answer: Response = RedirectResponse("/sign-in", 303)
    else:
        # A page in between: what answers a form may not lead to another site, by our own policy.
        frame = desk.frame(request, desk.reader(request).say("Signed out"))
        page = SignedOutPage(departure.path, desk.openid.name)
        answer = desk.render(request, "signed_out.html", frame, page)
        answer.set_cookie(
            _cookie(desk),
            departure.state,
            max_age=COOKIE_S,
            path="/",
            httponly=True,
            secure=desk.cookie.secure,
            samesite="lax",
        )
    _forget(desk, answer, desk.cookie.name)
    return answer


async def came_out(desk: Desk, request: Request) -> Response:
    """Tell whoever comes back from the provider that they are signed out at both."""
    state = request.cookies.get(_cookie(desk), "").encode()
    given = request.query_params.get("state", "").encode()
    if desk.openid is None or not state or not hmac.compare_digest(state, given):
        return RedirectResponse("/sign-in", 303)
    told = desk.reader(request).say(
        "You are signed out here and at {provider}.", provider=desk.openid.name
    )
    answer = sign_in_form(desk, request, SignInPage("", "/", "", told=told))
    _forget(desk, answer, _cookie(desk))
    return answer


def _cookie(desk: Desk) -> str:
    return f"{desk.cookie.name}-out"


def _forget(desk: Desk, answer: Response, name: str) -> None:
    answer.delete_cookie(name, path="/", httponly=True, secure=desk.cookie.secure, samesite="lax")
