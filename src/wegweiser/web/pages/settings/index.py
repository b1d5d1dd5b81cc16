"""The rooms of Settings that a role may open, each with its question."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.settings.rooms import ROOMS


class IndexPage(msgspec.Struct, frozen=True):
    """Name, path and question of each room."""

    rooms: tuple[tuple[str, str, str], ...]


async def index(desk: Desk, request: Request) -> Response:
    """Show the rooms."""
    reader = desk.reader(request)
    page = IndexPage(
        tuple(
            (reader.say(room.name), room.path, reader.say(room.question))
            for room in ROOMS
            if (room.right is None or desk.may(request, room.right))
            and (desk.site.demo or not room.of_demo)
        )
    )
    frame = desk.frame(
        request, reader.say("Settings"), reader.say("Who may do what, and how long is it kept?")
    )
    return desk.render(request, "settings/index.html", frame, page)
