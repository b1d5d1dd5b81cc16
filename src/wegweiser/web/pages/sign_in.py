"""Signing in and out, and choosing language and look."""

import asyncio

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.web.auth import own_path
from wegweiser.web.pages.desk import THEMES, Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.text import LANGUAGES
from wegweiser.workspace.people import SESSION_MS

YEAR_S = 365 * 24 * 3600


class SignInPage(msgspec.Struct, frozen=True):
    """The form, with what was wrong the last time."""

    name: str
    next: str
    wrong: str


async def sign_in(desk: Desk, request: Request) -> Response:
    """Show the form, or check what was filled in."""
    if request.method == "POST":
        return await _check(desk, request)
    return _form(desk, request, SignInPage("", own_path(request.query_params.get("next", "/")), ""))


async def _check(desk: Desk, request: Request) -> Response:
    form = await read_form(request, desk.form_limits)
    name, goal = form.get("name", "")[:100], own_path(form.get("next", "/"))
    client = request.client.host if request.client else ""
    if not await _belongs(desk, client, name, form.get("password", "")):
        # The name is not kept: some people type their password there.
        desk.site.audit.note("sign_in.refused", "somebody")
        wrong = desk.reader(request).say(
            "Name and password do not belong together. Check both and try again."
        )
        return _form(desk, request, SignInPage(name, goal, wrong), 422)
    desk.site.audit.note("sign_in", name)
    return _welcome(desk, name, goal)


async def _belongs(desk: Desk, client: str, name: str, password: str) -> bool:
    now = desk.site.clock.now_ms()
    delay_s = desk.attempts.delay_s(client, name, now)
    # Noted before the check, so that many tries at once do not slip through.
    desk.attempts.failed(client, name, now)
    if delay_s:
        await asyncio.sleep(delay_s)
    async with desk.password_checks:
        right = await asyncio.to_thread(desk.site.people.check, name, password)
    if right:
        desk.attempts.succeeded(client, name)
    return right


def _welcome(desk: Desk, name: str, goal: str) -> Response:
    answer = RedirectResponse(goal, 303)
    answer.set_cookie(
        desk.cookie.name,
        desk.site.people.sign_in(name),
        max_age=SESSION_MS // 1000,
        path="/",
        httponly=True,
        secure=desk.cookie.secure,
        samesite="lax",
    )
    return answer


def _form(desk: Desk, request: Request, page: SignInPage, status: int = 200) -> Response:
    title = desk.reader(request).say("Sign in")
    return desk.render(request, "sign_in.html", desk.frame(request, title), page, status)


async def sign_out(desk: Desk, request: Request) -> Response:
    """End the session."""
    desk.site.people.sign_out(request.cookies.get(desk.cookie.name, ""))
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(
        desk.cookie.name, path="/", httponly=True, secure=desk.cookie.secure, samesite="lax"
    )
    return answer


async def look(desk: Desk, request: Request) -> Response:
    """Remember language and light or dark in cookies; `auto` forgets."""
    form = await read_form(request, desk.form_limits)
    answer = RedirectResponse(own_path(form.get("next", "/")), 303)
    for name, allowed in (("language", LANGUAGES), ("theme", THEMES)):
        chosen = form.get(name, "")
        if chosen in allowed:
            answer.set_cookie(
                name,
                chosen,
                max_age=YEAR_S,
                path="/",
                httponly=True,
                secure=desk.cookie.secure,
                samesite="lax",
            )
        elif chosen == "auto":
            answer.delete_cookie(name, path="/")
    return answer
