"""The portfolio: what all decisions together come to, each question as a panel of its measure."""

import asyncio

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.gate import Gate, computing
from wegweiser.web.pages.measure.asking import wish_of
from wegweiser.web.pages.measure.catalogue import Listed, catalogue
from wegweiser.web.pages.measure.panel import MeasurePanel, panel_of

HERE = "/decisions/portfolio"
# What removes candidates, who gets nothing, which message beats which, what each arm earns.
SHOWN = ("decisions.dropoff", "decisions.nothing", "decisions.contests", "lift.arms")


class PortfolioPage(msgspec.Struct, frozen=True):
    """The panels; `gate` stands where the list of measures is not there yet."""

    panels: tuple[MeasurePanel, ...]
    gate: Gate | None = None

    @property
    def lead(self) -> MeasurePanel | None:
        """The first panel with something to say; its sentence is the answer of the page."""
        return next((one for one in self.panels if one.sentence), None)


async def portfolio(desk: Desk, request: Request) -> Response:
    """Show what decisions come to in the period of the address."""
    reader, listed = desk.reader(request), await catalogue(desk)
    page = PortfolioPage((), computing(reader))
    if listed is not None:
        page = PortfolioPage(await _panels(desk, request, listed))
    frame = desk.frame(
        request,
        reader.say("Portfolio"),
        reader.say("What keeps messages back, who gets nothing, and what wins?"),
        crumbs=(("/decisions", reader.say("Decisions")),),
        refresh=page.gate is not None or any(one.waits for one in page.panels),
    )
    return desk.render(request, "decisions/portfolio.html", frame, page)


async def _panels(
    desk: Desk, request: Request, listed: dict[str, Listed]
) -> tuple[MeasurePanel, ...]:
    reader, view = desk.reader(request), desk.view(request)
    files = desk.may(request, "take_figures")
    shown = [listed[name] for name in SHOWN if name in listed]
    wishes = [wish_of(desk, request, view, one, own=False) for one in shown]
    await desk.answers.get(wishes)
    return tuple(
        await asyncio.gather(
            *(
                panel_of(desk, reader, view, one, wished, files=files)
                for one, wished in zip(shown, wishes, strict=True)
            )
        )
    )
