"""My sign-in: password, second factor, look and keys, and where I am signed in."""

import asyncio

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.errors import InputRefused
from wegweiser.web.pages.desk import THEMES, Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Field, Form, Post
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.settings.proof import proof_page, proven
from wegweiser.web.pages.settings.sections import RoomPage, Section, show_room
from wegweiser.web.text import LANGUAGES, Reader
from wegweiser.web.words import ROLES, named
from wegweiser.workspace.operator import Operator
from wegweiser.workspace.passwords import SHORTEST_PASSWORD
from wegweiser.workspace.second_factor import address_of, shown_key

HERE = "/settings/me"


async def me(desk: Desk, request: Request) -> Response:
    """Show what belongs to whoever is signed in, or change it."""
    operator = desk.who(request)
    assert operator is not None
    if request.method != "POST":
        return _page(desk, request, operator)
    form = await read_form(request, desk.form_limits)
    if form.get("do") == "drop" and (asked := await proof_page(desk, request, form, always=True)):
        return asked
    try:
        return await _done(desk, request, operator, form)
    except InputRefused as error:
        fault = (error.field or "", error.said(desk.reader(request).language))
        return _page(desk, request, operator, form.get("seed", ""), fault)


async def _done(desk: Desk, request: Request, operator: Operator, form: dict[str, str]) -> Response:
    reader, people = desk.reader(request), desk.site.people
    match form.get("do", ""):
        case "password":
            await _change_password(desk, request, operator, form)
            return RedirectResponse("/sign-in", 303)
        case "prefer":
            chosen = {name: form.get(name, "") for name in ("language", "theme", "keys")}
            people.prefer(operator.name, _allowed(chosen))
            return desk.done(request, HERE, Notice(reader.say("Your choices are stored.")))
        case "seed" if people.may_have_factor(operator.name):
            return _page(desk, request, operator, people.new_seed())
        case "factor":
            return _take_factor(desk, request, operator, form)
        case "drop":
            people.drop_factor(operator.name)
            desk.site.audit.note("people.factor_drop", operator.name)
            return desk.done(request, HERE, Notice(reader.say("The second factor is off.")))
        case "end":
            _end_own(desk, operator, form.get("id", ""))
            return desk.done(request, HERE, Notice(reader.say("The session is ended.")))
    raise InputRefused("bad_form", "The form cannot be read.", 422)


async def _change_password(
    desk: Desk, request: Request, operator: Operator, form: dict[str, str]
) -> None:
    reader, people, name = desk.reader(request), desk.site.people, operator.name
    if form.get("password", "") != form.get("again", ""):
        told = reader.say("The two passwords differ. Type the same twice.")
        raise InputRefused("unlike", told, 422, "again")
    known = bool(operator.password_hash)
    if not known or not await proven(desk, request, operator, form.get("now", "")):
        told = reader.say("This is not your present password.")
        raise InputRefused("wrong", told, 422, "now")
    async with desk.password_checks:
        hashed = await asyncio.to_thread(people.hashed, name, form.get("password", ""))
    people.put_password(name, hashed)
    desk.site.audit.note("password.chosen", name)


def _take_factor(
    desk: Desk, request: Request, operator: Operator, form: dict[str, str]
) -> Response:
    reader, people = desk.reader(request), desk.site.people
    seed, code = form.get("seed", ""), form.get("code", "")
    # One that is there goes first, for which its owner shows who they are.
    may = people.may_have_factor(operator.name) and not operator.factor
    if not may or not people.take_factor(operator.name, seed, code):
        told = reader.say("This code is not right. Check the clock of the phone and try again.")
        raise InputRefused("wrong_code", told, 422, "code")
    desk.site.audit.note("people.factor", operator.name)
    told = reader.say("From now on you are asked for a code when you sign in.")
    return desk.done(request, HERE, Notice(told))


def _end_own(desk: Desk, operator: Operator, session_id: str) -> None:
    """End one of the own sessions; those of others are not known here."""
    own = {key for key, _ in desk.site.people.sessions.alive(operator.name)}
    if session_id in own:
        desk.site.people.sessions.end_by_id(session_id)


def _allowed(chosen: dict[str, str]) -> dict[str, str]:
    known = {"language": LANGUAGES, "theme": THEMES, "keys": ("off",)}
    return {name: text if text in known[name] else "" for name, text in chosen.items()}


def _page(
    desk: Desk,
    request: Request,
    operator: Operator,
    seed: str = "",
    fault: tuple[str, str] | None = None,
) -> Response:
    reader = desk.reader(request)
    answer = reader.say(
        "You are {name}; your role is {role}.",
        name=operator.name,
        role=named(reader, ROLES, operator.role),
    )
    sections = (
        *_factor_section(desk, reader, operator, seed),
        Section(reader.say("Language, look and keys"), forms=(_choices(reader, operator),)),
        Section(reader.say("Sessions"), table=_sessions(desk, request, reader, operator)),
        Section(
            reader.say("Change password"),
            reader.say("All your sessions end; you sign in again."),
            forms=(_password_form(reader),),
        ),
    )
    return show_room(desk, request, RoomPage(answer, sections, (fault,) if fault else ()))


def _password_form(reader: Reader) -> Form:
    new = reader.say("New password, at least {count} signs", count=SHORTEST_PASSWORD)
    return Form(
        reader.say("Change password"),
        (
            Field("now", reader.say("Present password"), kind="password", required=True),
            Field("password", new, kind="password", required=True),
            Field("again", reader.say("The same once more"), kind="password", required=True),
        ),
        (("do", "password"),),
    )


def _choices(reader: Reader, operator: Operator) -> Form:
    device = ("", reader.say("As the device"))
    kept = operator.preferences
    return Form(
        reader.say("Store choices"),
        (
            Field(
                "language",
                reader.say("Language"),
                kept.get("language", ""),
                options=(device, ("en", "English"), ("de", "Deutsch")),
            ),
            Field(
                "theme",
                reader.say("Look"),
                kept.get("theme", ""),
                options=(device, ("light", reader.say("Light")), ("dark", reader.say("Dark"))),
            ),
            Field(
                "keys",
                reader.say("Keys"),
                kept.get("keys", ""),
                options=(("", reader.say("on")), ("off", reader.say("off"))),
            ),
        ),
        (("do", "prefer"),),
    )


def _factor_section(
    desk: Desk, reader: Reader, operator: Operator, seed: str
) -> tuple[Section, ...]:
    title, people = reader.say("Second factor"), desk.site.people
    if operator.factor:
        told = reader.say("You are asked for a code of your phone when you sign in.")
        off = Form(reader.say("Switch second factor off"), hidden=(("do", "drop"),), main=False)
        return (Section(title, told, forms=(off,)),)
    if not people.may_have_factor(operator.name):
        return ()
    if not seed:
        told = reader.say("A stolen password alone then opens nothing.")
        on = Form(reader.say("Set up second factor"), hidden=(("do", "seed"),))
        return (Section(title, told, forms=(on,)),)
    key = people.factor_key(seed)
    told = reader.say("Type this key into the app of your phone, then the first code it shows.")
    code = Field("code", reader.say("Code of your second factor, six digits"), required=True)
    confirm = Form(
        reader.say("Switch second factor on"), (code,), (("do", "factor"), ("seed", seed))
    )
    shown = f"{shown_key(key)}\n{address_of(key, operator.name)}"
    return (Section(title, told, secret=shown, forms=(confirm,)),)


def _sessions(desk: Desk, request: Request, reader: Reader, operator: Operator) -> Table:
    columns = (
        Column(reader.say("Since")),
        Column(reader.say("Last seen")),
        Column(reader.say("What to do"), plain=True),
    )
    mine, words = desk.session_id(request), reader.say("End session")
    rows = []
    for session_id, session in desk.site.people.sessions.alive(operator.name):
        since = reader.moment(session.started_at)
        button = Post(words, f"{words}: {since}", (("do", "end"), ("id", session_id)))
        this = reader.say("this one") if session_id == mine else ""
        cells = (Cell(since, note=this), Cell(reader.moment(session.seen_at)))
        rows.append(Row((*cells, Cell("", posts=() if this else (button,)))))
    return Table(columns, tuple(rows))
