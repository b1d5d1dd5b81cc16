"""Revenue per day on Today, as the panel of its measure; nothing where there is no ledger."""

from starlette.requests import Request

from wegweiser.web.pages.answers import Wish, wish
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.measure.catalogue import catalogue
from wegweiser.web.pages.measure.panel import MeasurePanel, panel_of
from wegweiser.web.pages.period import Span

MEASURE = "revenue.ledger"


def revenue_wish(span: Span, zone: str) -> Wish:
    """Say what is asked: revenue per day beside the period before."""
    return wish(MEASURE, {**span.options, "zone": zone, "by": "day", "compare": "previous"})


async def revenue_panel(desk: Desk, request: Request, one: Wish) -> MeasurePanel | None:
    """Make the panel; None where there is no revenue to show."""
    listed = await catalogue(desk)
    if listed is None or MEASURE not in listed or desk.answers.known(one) is None:
        return None
    files = desk.may(request, "take_figures")
    reader, view = desk.reader(request), desk.view(request)
    panel = await panel_of(desk, reader, view, listed[MEASURE], one, files=files)
    return panel if panel.gate.state in ("data", "stale") else None
