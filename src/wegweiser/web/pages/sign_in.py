"""Signing in and out, the one-time link that sets a password, and choosing language and look."""

import asyncio

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import JsonObject
from wegweiser.web.auth import own_path
from wegweiser.web.pages.desk import THEMES, Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.refusals import said_to
from wegweiser.web.text import LANGUAGES, Reader, mark
from wegweiser.workspace.operator import SESSION_MS
from wegweiser.workspace.passwords import SHORTEST_PASSWORD
from wegweiser.workspace.sessions import session_id_of

USED = mark("This link was used already, or has ended. Ask for a new one.")
YEAR_S = 365 * 24 * 3600
REFUSED = {
    "too_short": mark("A password has at least {count} signs; a short sentence is a good one."),
    "guessed": mark("This password is easily guessed: it repeats itself, or holds the name."),
}


class SignInPage(msgspec.Struct, frozen=True):
    """The form, with what was wrong the last time; `ticket` asks for the second factor.

    `provider` names the identity provider with which people may sign in as well; `told` says what
    has just been done.
    """

    name: str
    next: str
    wrong: str
    ticket: str = ""
    provider: str = ""
    told: str = ""


class WelcomePage(msgspec.Struct, frozen=True):
    """The form in which somebody chooses a password."""

    name: str
    wrong: str
    shortest: int


async def sign_in(desk: Desk, request: Request) -> Response:
    """Show the form, or check what was filled in."""
    if request.method == "POST":
        form = await read_form(request, desk.form_limits)
        if form.get("ticket"):
            return await _second(desk, request, form)
        return await _check(desk, request, form)
    return sign_in_form(
        desk, request, SignInPage("", own_path(request.query_params.get("next", "/")), "")
    )


async def _check(desk: Desk, request: Request, form: dict[str, str]) -> Response:
    name, goal = form.get("name", "")[:100], own_path(form.get("next", "/"))
    now, reader = desk.site.clock.now_ms(), desk.reader(request)
    if desk.site.people.wrong_passwords.is_closed(_client(request), name, now):
        # Said of every name alike, and whatever the password is.
        desk.note_stranger({"closed": True})
        wrong = reader.say(
            "There were too many wrong passwords from your network. Ask for a new link, or use"
            " the one that you have."
        )
        return sign_in_form(desk, request, SignInPage(name, goal, wrong), 422)
    if not await _belongs(desk, _client(request), name, form.get("password", "")):
        # The name is not kept: some people type their password there.
        desk.note_stranger()
        wrong = reader.say("Name and password do not belong together. Check both and try again.")
        return sign_in_form(desk, request, SignInPage(name, goal, wrong), 422)
    return come_in(desk, request, name, goal)


def come_in(desk: Desk, request: Request, name: str, goal: str, id_token: str = "") -> Response:
    """Let in whoever has shown who they are, or ask for the second factor that they have.

    `id_token` is what the identity provider said; empty for whoever did not come by it.
    """
    if desk.site.people.get(name).factor:
        ticket = desk.half_way.ticket(name, id_token)
        return sign_in_form(desk, request, SignInPage("", goal, "", ticket))
    return _welcome(desk, name, goal, id_token)


async def _second(desk: Desk, request: Request, form: dict[str, str]) -> Response:
    ticket, goal = form["ticket"], own_path(form.get("next", "/"))
    waiting, reader = desk.half_way.of(ticket), desk.reader(request)
    if waiting is None:
        wrong = reader.say("That took too long, or there were too many tries. Begin again.")
        return sign_in_form(desk, request, SignInPage("", goal, wrong), 422)
    if not desk.site.people.check_factor(waiting.name, form.get("code", "")):
        desk.note_stranger({"factor": True})
        wrong = reader.say("This code is not right, or was used already. Wait for the next one.")
        return sign_in_form(desk, request, SignInPage("", goal, wrong, ticket), 422)
    desk.half_way.used(ticket)
    return _welcome(desk, waiting.name, goal, waiting.id_token)


def _client(request: Request) -> str:
    return request.client.host if request.client else ""


async def _belongs(desk: Desk, client: str, name: str, password: str) -> bool:
    now = desk.site.clock.now_ms()
    delay_s = desk.attempts.delay_s(client, name, now)
    # Noted before the check, so that many tries at once do not slip through.
    desk.attempts.failed(client, name, now)
    desk.site.people.wrong_passwords.note(client, name, now)
    if delay_s:
        await asyncio.sleep(delay_s)
    async with desk.password_checks:
        right = await asyncio.to_thread(desk.site.people.check, name, password)
    if right:
        desk.attempts.succeeded(client, name)
        desk.site.people.wrong_passwords.right(client, name)
    return right


def _welcome(desk: Desk, name: str, goal: str, id_token: str) -> Response:
    detail: JsonObject = {"by_provider": True} if id_token else {}
    desk.site.audit.note("sign_in", name, detail=detail)
    token = desk.site.people.sign_in(name, by_provider=bool(id_token))
    if id_token and desk.openid is not None:
        desk.openid.leaving.remember(session_id_of(token), id_token)
    answer = RedirectResponse(goal, 303)
    answer.set_cookie(
        desk.cookie.name,
        token,
        max_age=SESSION_MS // 1000,
        path="/",
        httponly=True,
        secure=desk.cookie.secure,
        samesite="lax",
    )
    return answer


def sign_in_form(desk: Desk, request: Request, page: SignInPage, status: int = 200) -> Response:
    """Show the form, with the button of the identity provider where there is one."""
    if desk.openid is not None:
        page = msgspec.structs.replace(page, provider=desk.openid.name)
    title = desk.reader(request).say("Sign in")
    return desk.render(request, "sign_in.html", desk.frame(request, title), page, status)


async def welcome(desk: Desk, request: Request) -> Response:
    """Let whoever holds a one-time link choose a password, then sign them in."""
    token, reader = request.path_params["token"], desk.reader(request)
    operator = desk.site.people.invited(token)
    if operator is None:
        raise NotFound(reader.say(USED))
    wrong, status = "", 200
    if request.method == "POST":
        form = await read_form(request, desk.form_limits)
        wrong = await _choose(desk, reader, token, operator.name, form)
        status = 422
        if not wrong:
            # A link stands for the password, never for the second factor.
            return come_in(desk, request, operator.name, "/")
    frame = desk.frame(request, reader.say("Choose a password"))
    page = WelcomePage(operator.name, wrong, SHORTEST_PASSWORD)
    return desk.render(request, "welcome.html", frame, page, status)


async def _choose(desk: Desk, reader: Reader, token: str, name: str, form: dict[str, str]) -> str:
    """Set a password; says what is wrong with it, empty when it was taken."""
    password = form.get("password", "")
    if password != form.get("again", ""):
        return reader.say("The two passwords differ. Type the same twice.")
    try:
        async with desk.password_checks:
            hashed = await asyncio.to_thread(desk.site.people.hashed, name, password)
    except InputRefused as error:
        if error.code in REFUSED:
            return reader.say(REFUSED[error.code], count=SHORTEST_PASSWORD)
        return said_to(reader, error)
    if not desk.site.people.take_link(token, hashed):
        return reader.say(USED)
    desk.site.audit.note("password.chosen", name)
    return ""


async def look(desk: Desk, request: Request) -> Response:
    """Remember language and look in cookies of this browser, keys for whoever is signed in."""
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
    operator = desk.who(request)
    if operator is not None and form.get("keys") in ("on", "off"):
        desk.site.people.prefer(operator.name, {"keys": "off" if form["keys"] == "off" else ""})
    return answer
