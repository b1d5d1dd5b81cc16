"""People and roles: who may sign in, what each may do, and where they are signed in now."""

from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import JsonObject
from wegweiser.terms.role import RIGHTS, ROLES, may
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Field, Form, Post
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.refusals import OF_PEOPLE, refusal
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.pages.settings.proof import proof_page
from wegweiser.web.pages.settings.sections import (
    RoomPage,
    Section,
    moment_in,
    show_room,
    word_in,
)
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import RIGHTS as RIGHT_WORDS
from wegweiser.web.words import ROLES as ROLE_WORDS
from wegweiser.web.words import named

HERE = "/settings/people"
STATES = {
    "active": mark("has a password"),
    "invited": mark("has a link, no password yet"),
    "link_ended": mark("the link has ended"),
    "by_provider": mark("signs in with the identity provider"),
}
# What the buttons and forms ask for, with the fields that the operation takes.
ASKED = {
    "add": ("people_add", ("name", "role", "email")),
    "role": ("people_role", ("name", "role")),
    "remove": ("people_remove", ("name",)),
    "link": ("people_link", ("name",)),
    "end": ("people_session_end", ("id",)),
    "factor": ("people_factor_drop", ("name",)),
}


async def people(desk: Desk, request: Request) -> Response:
    """Show who there is, or do what was asked for."""
    if request.method != "POST":
        return await _page(desk, request)
    form = await read_form(request, desk.form_limits)
    # To end a session takes nothing from anybody but the session.
    if form.get("do") != "end" and (asked := await proof_page(desk, request, form)):
        return asked
    try:
        return await _done(desk, request, form)
    except (InputRefused, NotFound) as error:
        fault = refusal(desk.reader(request), error, OF_PEOPLE, form, "name")
        return await _page(desk, request, fault=fault)


async def _done(desk: Desk, request: Request, form: dict[str, str]) -> Response:
    reader, done, operator = desk.reader(request), form.get("do", ""), desk.who(request)
    if done not in ASKED or operator is None:
        raise InputRefused("bad_form", "The form cannot be read.", 422)
    name = form.get("name", "").strip()
    if done == "remove" and form.get("again", "").strip() != name:
        wrong = reader.say("Type the name exactly to remove somebody for good.")
        raise InputRefused("not_confirmed", wrong, 422, "again")
    operation, fields = ASKED[done]
    arguments: JsonObject = {field: form.get(field, "").strip() for field in fields}
    told = await desk.run(request, operation, {**arguments, "by": operator.name})
    if link := word_in(told, "link"):
        return await _page(desk, request, link=link, name=name)
    return desk.done(request, HERE, _notice(reader, done, name, word_in(told, "role_before")))


def _notice(reader: Reader, done: str, name: str, before: str) -> Notice:
    if done == "role":
        told = reader.say("The role of {name} is changed. It holds at once.", name=name)
        return Notice(told, HERE, (("do", "role"), ("name", name), ("role", before)))
    if done == "remove":
        return Notice(reader.say("{name} may sign in no more.", name=name))
    if done == "factor":
        return Notice(reader.say("{name} is asked for no second factor any more.", name=name))
    return Notice(reader.say("The session is ended."))


async def _page(
    desk: Desk,
    request: Request,
    link: str = "",
    name: str = "",
    fault: tuple[str, str] | None = None,
) -> Response:
    reader = desk.reader(request)
    listed = rows_in(await desk.run(request, "people_list", {}))
    sessions = rows_in(await desk.run(request, "people_sessions", {}))
    answer = reader.count(
        "{count} person may sign in; {now} signed in now.",
        "{count} people may sign in; {now} signed in now.",
        len(listed),
        now=reader.number(len({word_in(one, "name") for one in sessions})),
    )
    new = [_link_section(reader, name, link)] if link else []
    sections = (
        *new,
        Section(reader.say("People"), table=_people(reader, listed)),
        Section(reader.say("Let somebody in"), forms=(_add_form(reader),)),
        _change_section(reader, listed),
        Section(reader.say("Sessions"), table=_sessions(reader, sessions)),
        Section(reader.say("What each role may do"), table=_rights(reader)),
    )
    return show_room(desk, request, RoomPage(answer, sections, (fault,) if fault else ()))


def _link_section(reader: Reader, name: str, link: str) -> Section:
    told = reader.say(
        "With this link {name} chooses a password. It works once, for three days.", name=name
    )
    return Section(reader.say("One-time link"), told, secret=link)


def _people(reader: Reader, listed: list[JsonObject]) -> Table:
    columns = (
        Column(reader.say("Name")),
        Column(reader.say("Role")),
        Column(reader.say("State")),
        Column(reader.say("Second factor")),
        Column(reader.say("E-mail")),
        Column(reader.say("What to do"), plain=True),
    )
    return Table(columns, tuple(_person(reader, one) for one in listed))


def _person(reader: Reader, one: JsonObject) -> Row:
    name = word_in(one, "name")
    button = reader.say("New link")
    posts = [Post(button, f"{button}: {name}", (("do", "link"), ("name", name)))]
    if one["second_factor"]:
        drop = reader.say("Drop second factor")
        posts.append(Post(drop, f"{drop}: {name}", (("do", "factor"), ("name", name))))
    return Row(
        (
            Cell(name),
            Cell(named(reader, ROLE_WORDS, word_in(one, "role"))),
            Cell(named(reader, STATES, word_in(one, "state"))),
            Cell(reader.say("yes") if one["second_factor"] else reader.say("no")),
            Cell(word_in(one, "email") or "–"),
            Cell("", posts=tuple(posts)),
        )
    )


def _roles(reader: Reader) -> tuple[tuple[str, str], ...]:
    return tuple((role, named(reader, ROLE_WORDS, role)) for role in ROLES)


def _add_form(reader: Reader) -> Form:
    return Form(
        reader.say("Make one-time link"),
        (
            Field("name", reader.say("Name"), required=True),
            Field("role", reader.say("Role"), "viewer", options=_roles(reader)),
            Field(
                "email",
                reader.say("E-mail"),
                kind="email",
                help=reader.say("Sales see the accounts whose owner is this address or name."),
            ),
        ),
        (("do", "add"),),
    )


def _change_section(reader: Reader, listed: list[JsonObject]) -> Section:
    names = tuple((word_in(one, "name"), word_in(one, "name")) for one in listed)
    change = Form(
        reader.say("Change role"),
        (
            Field("name", reader.say("Name"), options=names),
            Field("role", reader.say("Role"), options=_roles(reader)),
        ),
        (("do", "role"),),
    )
    remove = Form(
        reader.say("Remove person"),
        (
            Field("name", reader.say("Name"), options=names),
            Field("again", reader.say("Type the name once more"), required=True),
        ),
        (("do", "remove"),),
        sentence=reader.say(
            "Sessions and links end at once; the password is forgotten. Whom the identity provider"
            " lets in comes back with the next sign-in: take the group away there as well."
        ),
        main=False,
    )
    return Section(reader.say("Change or remove"), forms=(change, remove))


def _sessions(reader: Reader, sessions: list[JsonObject]) -> Table:
    columns = (
        Column(reader.say("Name")),
        Column(reader.say("Since")),
        Column(reader.say("Last seen")),
        Column(reader.say("What to do"), plain=True),
    )
    words = reader.say("End session")
    rows = (
        Row(
            (
                Cell(word_in(one, "name")),
                Cell(moment_in(reader, one, "started_at")),
                Cell(moment_in(reader, one, "seen_at")),
                Cell(
                    "",
                    posts=(
                        Post(
                            words,
                            f"{words}: {word_in(one, 'name')}",
                            (("do", "end"), ("id", word_in(one, "id"))),
                        ),
                    ),
                ),
            )
        )
        for one in sessions
    )
    return Table(columns, tuple(rows), reader.say("Nobody is signed in."))


def _rights(reader: Reader) -> Table:
    """Show the table of rights itself, so that nobody has to believe a description."""
    columns = (Column(reader.say("Right")), *(Column(words) for _, words in _roles(reader)))
    rows = (
        Row(
            (
                Cell(named(reader, RIGHT_WORDS, right)),
                *(Cell(reader.say("yes") if may(role, right) else "–") for role in ROLES),
            )
        )
        for right in RIGHTS
    )
    return Table(columns, tuple(rows))
