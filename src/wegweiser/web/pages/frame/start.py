"""What stands above a page, or instead of it, until what it rests on is there."""

import msgspec
from starlette.requests import Request

from wegweiser.web.pages.frame.gate import Gate
from wegweiser.web.pages.frame.table import Table


class Start(msgspec.Struct, frozen=True):
    """The gate of a whole page; `example` has made-up rows, `shut` leaves the page itself out."""

    gate: Gate
    example: Table | None = None
    shut: bool = False


def start_of(request: Request) -> Start | None:
    """Give what stands above a page that lacks its data; nothing above a refusal."""
    found: Start | None = request.scope.get("start")
    return found if request.scope.get("page") is not None else None


def is_shut(request: Request) -> bool:
    """Tell whether a page is left out, so that nothing is asked for it."""
    start = start_of(request)
    return start is not None and start.shut
