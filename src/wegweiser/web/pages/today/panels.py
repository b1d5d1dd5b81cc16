"""Panels of Today that are those of a measure: revenue per day, decisions by channel."""

from starlette.requests import Request

from wegweiser.web.pages.answers import Wish
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.measure.catalogue import catalogue
from wegweiser.web.pages.measure.panel import MeasurePanel, panel_of


async def panel_where_known(desk: Desk, request: Request, one: Wish) -> MeasurePanel | None:
    """Make the panel of a measure; None where it has nothing to show."""
    listed = await catalogue(desk)
    if listed is None or one.measure not in listed or desk.answers.known(one) is None:
        return None
    files = desk.may(request, "take_figures")
    reader, view = desk.reader(request), desk.view(request)
    panel = await panel_of(desk, reader, view, listed[one.measure], one, files=files)
    return panel if panel.gate.state in ("data", "stale") else None
