"""The pages of Data as values: tabs, an answer, cards, and what goes on while one looks."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.role import Right
from wegweiser.web.pages.desk import Desk, Panel
from wegweiser.web.pages.form import read_already
from wegweiser.web.pages.frame.fields import Form, sent_back
from wegweiser.web.pages.frame.gate import Gate
from wegweiser.web.pages.frame.table import Table
from wegweiser.web.pages.frame.work import Work
from wegweiser.web.text import mark


class Room(msgspec.Struct, frozen=True):
    """One page of Data: what it is called, what it answers, and whom it lets in."""

    path: str
    name: str
    question: str
    right: Right


ROOMS: tuple[Room, ...] = (
    Room("/data", mark("Sources"), mark("Is it coming in, and is it good?"), "figures"),
    Room("/data/live", mark("Live events"), mark("What arrives this very moment?"), "raw"),
    Room("/data/quarantine", mark("Quarantine"), mark("What could not be used, and why?"), "raw"),
    Room(
        "/data/schema",
        mark("Event schema"),
        mark("What arrives, and what was declared?"),
        "figures",
    ),
    Room(
        "/data/identity",
        mark("Identity quality"),
        mark("How well do we know who is who?"),
        "figures",
    ),
    Room(
        "/data/upload",
        mark("Load a file"),
        mark("What is in the file, and what would be stored?"),
        "publish",
    ),
    Room("/data/tag", mark("Website tag"), mark("Does my website send?"), "senders"),
    Room("/progress", mark("Long work"), mark("What is being done, and how far is it?"), "figures"),
)


class Card(msgspec.Struct, frozen=True):
    """One card; empty parts are left out.

    `lines` are those of an event, each with whether the fault lies there; `folded` are summaries
    with the text below them; `element` is an event to be mended; `twin` is the table of the chart.
    """

    title: str
    sentence: str = ""
    gate: Gate | None = None
    lines: tuple[tuple[str, bool], ...] = ()
    code: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    table: Table | None = None
    folded: tuple[tuple[str, str], ...] = ()
    element: str = ""
    chart: Panel | None = None
    twin: Table | None = None
    forms: tuple[Form, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


class DataPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of Data: `sections` are fetched anew, `still` stays as it is while one types in it.

    `stream` tells when to look again, `pause` is the label of the box that holds it; `again` lets
    a browser without scripts look again by itself.
    """

    answer: str
    sections: tuple[Card, ...] = ()
    still: tuple[Card, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()
    work: Work | None = None
    stream: str = ""
    pause: str = ""
    again: bool = False
    tabs: tuple[tuple[str, str, bool], ...] = ()


def show_data(desk: Desk, request: Request, page: DataPage, refresh: bool = False) -> Response:
    """Write a page of Data under the tabs that the reader may open."""
    reader, path = desk.reader(request), request.url.path
    here = max((one for one in ROOMS if path.startswith(one.path)), key=lambda one: len(one.path))
    tabs = tuple(
        (one.path, reader.say(one.name), one is here)
        for one in ROOMS
        if desk.may(request, one.right)
    )
    frame = desk.frame(
        request,
        reader.say(here.name),
        reader.say(here.question),
        crumbs=(("/data", reader.say("Data")),) if path != "/data" else (),
        refresh=refresh or any(one.chart and one.chart.drawing is None for one in page.sections),
    )
    shown = msgspec.structs.replace(page, tabs=tabs)
    if not page.faults:
        return desk.render(request, "data/room.html", frame, shown)
    shown = msgspec.structs.replace(
        shown,
        sections=_sent_back(request, page, page.sections),
        still=_sent_back(request, page, page.still),
    )
    return desk.render(request, "data/room.html", frame, shown, 422)


def _sent_back(request: Request, page: DataPage, cards: tuple[Card, ...]) -> tuple[Card, ...]:
    given = read_already(request)
    return tuple(
        msgspec.structs.replace(one, forms=sent_back(one.forms, given, page.faults))
        for one in cards
    )
