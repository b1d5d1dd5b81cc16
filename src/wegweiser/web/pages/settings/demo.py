"""Demo data: what goes with the demo company, and the button that takes it away."""

from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Field, Form
from wegweiser.web.pages.settings.sections import (
    RoomPage,
    Section,
    number_in,
    show_room,
    word_in,
)
from wegweiser.web.text import Reader, mark

OWN_FOLDER = "wegweiser serve --data ./my-company --port 8001"
REFUSALS = {
    "no_demo": mark(
        "This demo company has no folder of its own. It goes when the server ends, and nothing of"
        " it stays."
    ),
    "not_confirmed": mark("Type the name of the folder; what goes cannot be brought back."),
}


async def demo(desk: Desk, request: Request) -> Response:
    """Show what would go, or take it away."""
    reader = desk.reader(request)
    if not desk.site.demo:
        answer = reader.say("This is no demo company: nothing here is made up.")
        return show_room(desk, request, RoomPage(answer, ()))
    if request.method != "POST":
        return await _page(desk, request)
    confirm = (await read_form(request, desk.form_limits)).get("again", "").strip()
    try:
        if not confirm:
            raise InputRefused("not_confirmed", REFUSALS["not_confirmed"], 422, "again")
        gone = await desk.run(request, "demo_remove", {"confirm": confirm})
    except InputRefused as error:
        return await _page(desk, request, (("again", _refused(reader, error)),))
    return _gone(desk, request, gone)


async def _page(desk: Desk, request: Request, faults: tuple[tuple[str, str], ...] = ()) -> Response:
    reader = desk.reader(request)
    try:
        going = await desk.run(request, "demo_remove", {})
    except InputRefused as error:
        return show_room(desk, request, RoomPage(_refused(reader, error), ()))
    name = word_in(going, "folder")
    answer = reader.count(
        "{count} made-up event goes with one button, and everything that was derived from it.",
        "{count} made-up events go with one button, and everything that was derived from them.",
        number_in(going, "events"),
    )
    form = Form(
        reader.say("Remove demo company"),
        (Field("again", reader.say("Type the name of the folder: {name}", name=name)),),
        sentence=reader.say("The server ends and the folder is deleted. This cannot be undone."),
    )
    sections = (
        Section(reader.say("What goes"), facts=_facts(reader, going)),
        Section(reader.say("Remove demo company"), forms=(form,)),
        Section(
            reader.say("Your own data"),
            reader.say("It belongs into a workspace of its own. Start one beside the demo:"),
            code=OWN_FOLDER,
        ),
    )
    return show_room(desk, request, RoomPage(answer, sections, faults))


def _refused(reader: Reader, error: InputRefused) -> str:
    return (
        reader.say(REFUSALS[error.code]) if error.code in REFUSALS else error.said(reader.language)
    )


def _facts(reader: Reader, going: Json) -> tuple[tuple[str, str], ...]:
    own = word_in(going, "own_sources")
    return (
        (reader.say("Folder"), word_in(going, "folder")),
        (reader.say("Events"), reader.number(number_in(going, "events"))),
        (reader.say("Persons"), reader.number(number_in(going, "persons"))),
        (reader.say("People who may sign in"), reader.number(number_in(going, "people"))),
        (reader.say("Sources of your own, with their events"), own or "–"),
    )


def _gone(desk: Desk, request: Request, gone: Json) -> Response:
    """Say good-bye: no further page comes from this server."""
    reader = desk.reader(request)
    answer = reader.say(
        "The demo company in {folder} goes now, and this server ends with it.",
        folder=word_in(gone, "folder"),
    )
    told = reader.say("Start a workspace for your own data:")
    page = show_room(
        desk, request, RoomPage(answer, (Section(reader.say("Next"), told, code=OWN_FOLDER),))
    )
    desk.site.people.sign_out(request.cookies.get(desk.cookie.name, ""))
    page.delete_cookie(
        desk.cookie.name, path="/", httponly=True, secure=desk.cookie.secure, samesite="lax"
    )
    return page
