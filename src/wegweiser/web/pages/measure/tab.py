"""A tab of Measure: its leading panels whole, the rest with a link and what is known of it."""

import asyncio

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.web.pages.answers import Wish
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.fields import Form
from wegweiser.web.pages.frame.gate import Gate, computing
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.measure.alarms import AlarmSection, alarms_of
from wegweiser.web.pages.measure.asking import time_query, wish_of
from wegweiser.web.pages.measure.catalogue import Listed, catalogue
from wegweiser.web.pages.measure.field_words import with_fields
from wegweiser.web.pages.measure.gates import is_withheld
from wegweiser.web.pages.measure.panel import MeasurePanel, panel_of, path_of, title_of
from wegweiser.web.pages.measure.seen import seen
from wegweiser.web.pages.measure.subscribe import Said, form_of, said_by
from wegweiser.web.pages.measure.tabs import BY_KEY, TABS, Tab
from wegweiser.web.text import Reader


class TabLink(msgspec.Struct, frozen=True):
    """One tab in the row of tabs."""

    name: str
    path: str
    here: bool


class TabPage(msgspec.Struct, frozen=True):
    """Everything on a tab; `gate` stands where the list of measures is not there yet."""

    tabs: tuple[TabLink, ...]
    panels: tuple[MeasurePanel, ...]
    more: Table | None
    alarms: AlarmSection | None = None
    gate: Gate | None = None
    subscribe: Form | None = None
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def lead(self) -> MeasurePanel | None:
        """The panel whose sentence is the answer of the page."""
        return self.panels[0] if self.panels else None


async def measure_tab(desk: Desk, request: Request) -> Response:
    """Show a tab; without a name the first."""
    tab = BY_KEY.get(request.path_params.get("tab", TABS[0].key))
    if tab is None:
        raise HTTPException(404)
    reader, view = desk.reader(request), desk.view(request)
    listed = await catalogue(desk)
    said = Said({})
    if request.method == "POST":
        said = await said_by(desk, request, tab, _wishes(desk, request, view, tab, listed))
        if said.notice is not None:
            return desk.done(request, tab.path, said.notice)
    page = await _page(desk, request, view, tab, listed)
    page = msgspec.structs.replace(
        page, faults=said.faults, subscribe=_form(desk, request, tab, said)
    )
    frame = desk.frame(
        request,
        reader.say(tab.name),
        reader.say(tab.question),
        crumbs=(("/measure", reader.say("Measure")),),
        refresh=page.gate is not None or any(one.waits for one in page.panels),
    )
    return desk.render(request, "measure/tab.html", frame, page, 422 if page.faults else 200)


def _form(desk: Desk, request: Request, tab: Tab, said: Said) -> Form | None:
    """Give the form that has the tab sent, to whoever may publish."""
    return form_of(desk, request, tab, said.given) if desk.may(request, "publish") else None


def _wishes(
    desk: Desk, request: Request, view: View, tab: Tab, listed: dict[str, Listed] | None
) -> list[Wish]:
    """Say what the leading panels ask; nothing while the list of measures is not there."""
    leads = [(listed or {})[name] for name in tab.leads if name in (listed or {})]
    return [wish_of(desk, request, view, one, own=False) for one in leads]


async def _page(
    desk: Desk, request: Request, view: View, tab: Tab, listed: dict[str, Listed] | None
) -> TabPage:
    reader = desk.reader(request)
    links = links_of(reader, view, tab, listed)
    if listed is None:
        return TabPage(links, (), None, gate=computing(reader))
    wishes = _wishes(desk, request, view, tab, listed)
    await desk.answers.get(wishes)
    files = desk.may(request, "take_figures")
    # Drawn at the same time: each may be waited for.
    panels = await asyncio.gather(
        *(panel_of(desk, reader, view, listed[one.measure], one, files=files) for one in wishes)
    )
    others = [listed[name] for name in tab.more if name in listed]
    alarms = await alarms_of(desk, request) if tab.key == "watch" else None
    return TabPage(links, tuple(panels), _more(desk, request, view, others), alarms)


def links_of(
    reader: Reader, view: View, here: Tab | None, listed: dict[str, Listed] | None
) -> tuple[TabLink, ...]:
    """Link the tabs on which something is registered, with time and filters of this page."""
    shown = [tab for tab in TABS if listed is None or any(name in listed for name in tab.leads)]
    query = time_query(view)
    links = [TabLink(reader.say(tab.name), f"{tab.path}{query}", tab is here) for tab in shown]
    return (*links, TabLink(reader.say("All measures"), f"/measure/one{query}", False))


def _more(desk: Desk, request: Request, view: View, others: list[Listed]) -> Table | None:
    """List the other measures with what is known of their answers; none is asked for here."""
    if not others:
        return None
    reader = desk.reader(request)
    columns = (Column(reader.say("More on this")), Column(reader.say("Answer")))
    rows = []
    for one in others:
        wished = wish_of(desk, request, view, one, own=False)
        answer = desk.answers.known(wished)
        told = reader.say("Open it to have it computed.")
        if answer is not None and not is_withheld(answer):
            named = with_fields(answer, one, reader.language)
            told = seen(reader, named, one.unit_in(wished)).answer.sentence[reader.language]
        link = path_of(wished) + time_query(view)
        rows.append(Row((Cell(title_of(reader, one), link), Cell(told))))
    return Table(columns, tuple(rows))
