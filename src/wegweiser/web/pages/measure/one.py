"""A page for every measure, with all its options as a form, and the list of all measures."""

import math

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.choice import choice_word
from wegweiser.web.pages.answers import Wish
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.family import Page
from wegweiser.web.pages.frame.fields import Field
from wegweiser.web.pages.frame.gate import Gate, computing
from wegweiser.web.pages.frame.refusals import said_to
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table, paged
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.measure.asking import KEPT, time_query, wish_of
from wegweiser.web.pages.measure.catalogue import Listed, ListedOption, catalogue
from wegweiser.web.pages.measure.panel import MeasurePanel, panel_of, title_of
from wegweiser.web.pages.measure.tab import TabLink, links_of
from wegweiser.web.pages.measure.tabs import home_of
from wegweiser.web.pages.measure.typed_options import NUMBERS, led_on
from wegweiser.web.text import Reader
from wegweiser.web.typed_number import entry

KINDS = {"whole": "number", "number": "text", "text": "text"}


class OnePage(msgspec.Struct, frozen=True):
    """A measure alone: its panel and the form of its options."""

    tabs: tuple[TabLink, ...]
    panel: MeasurePanel | None
    fields: tuple[Field, ...]
    kept: tuple[tuple[str, str], ...]
    faults: tuple[tuple[str, str], ...]
    gate: Gate | None = None


class AllPage(msgspec.Struct, frozen=True):
    """All measures with what they answer."""

    tabs: tuple[TabLink, ...]
    table: Table | None
    count: int
    gate: Gate | None = None


async def all_measures(desk: Desk, request: Request) -> Response:
    """List all measures."""
    reader, view = desk.reader(request), desk.view(request)
    listed = await catalogue(desk)
    links = links_of(reader, view, None, listed)
    if listed is None:
        page = AllPage(links, None, 0, computing(reader))
    else:
        page = AllPage(links, _listing(reader, listed, time_query(view)), len(listed))
    frame = desk.frame(
        request,
        reader.say("All measures"),
        reader.say("What can be asked?"),
        crumbs=(("/measure", reader.say("Measure")),),
        refresh=listed is None,
    )
    return desk.render(request, "measure/all.html", frame, page)


def _listing(reader: Reader, listed: dict[str, Listed], query: str) -> Table:
    columns = (
        Column(reader.say("Measure")),
        Column(reader.say("Name in programs")),
        Column(reader.say("Stands on")),
    )
    rows = tuple(
        Row(
            (
                Cell(title_of(reader, one), f"/measure/one/{one.name}{query}"),
                Cell(one.name, code=True),
                Cell(reader.say(home_of(one.name).name), f"{home_of(one.name).path}{query}"),
            )
        )
        for one in listed.values()
    )
    return Table(columns, rows)


async def one_measure(desk: Desk, request: Request) -> Response:
    """Show a measure with the options of the address."""
    reader, view = desk.reader(request), desk.view(request)
    name, listed = request.path_params["name"], await catalogue(desk)
    if listed is not None and name not in listed:
        raise HTTPException(404)
    title = name if listed is None else title_of(reader, listed[name])
    if listed is not None:
        if (plain := led_on(request, reader, listed[name])) is not None:
            return plain
        _know_options(request, listed[name])
    page = await _page(desk, request, reader, view, listed)
    tab = home_of(name)
    frame = desk.frame(
        request,
        title,
        crumbs=(("/measure", reader.say("Measure")), (tab.path, reader.say(tab.name))),
        refresh=page.gate is not None or (page.panel is not None and page.panel.waits),
    )
    return desk.render(request, "measure/one.html", frame, page, 422 if page.faults else 200)


def _know_options(request: Request, one: Listed) -> None:
    """Let the frame know the options of a measure as words of its address."""
    page: Page = request.scope["page"]
    words = (*page.words, *(option.name for option in one.asked))
    request.scope["page"] = msgspec.structs.replace(page, words=words)


async def _page(
    desk: Desk, request: Request, reader: Reader, view: View, listed: dict[str, Listed] | None
) -> OnePage:
    name = request.path_params["name"]
    links = links_of(reader, view, home_of(name), listed)
    if listed is None:
        return OnePage(links, None, (), (), (), computing(reader))
    one, wished = listed[name], wish_of(desk, request, view, listed[name], own=True)
    await desk.answers.get([wished])
    files = desk.may(request, "take_figures")
    panel = await panel_of(desk, reader, view, one, wished, files=files)
    if panel.rows is not None:
        shown, pages = paged(reader, view, panel.rows.rows)
        cut = msgspec.structs.replace(panel.rows, rows=tuple(shown), pages=pages)
        panel = msgspec.structs.replace(panel, rows=cut)
    stays = tuple((word, text) for word, text in view.words if word in KEPT and text)
    kept = (*stays, (NUMBERS, reader.language))
    return OnePage(links, panel, _fields(reader, one, wished), kept, _faults(desk, reader, wished))


def _fields(reader: Reader, one: Listed, wished: Wish) -> tuple[Field, ...]:
    asked = dict(wished.options)
    return tuple(_field(reader, option, asked.get(option.name)) for option in one.asked)


def _field(reader: Reader, option: ListedOption, given: str | None) -> Field:
    value = str(option.default) if given is None else given
    value = _as_number(reader, value) if option.kind == "number" else value
    choices = tuple(
        (choice, choice_word(choice, reader.language) or "–") for choice in option.choices
    )
    label = option.help.get(reader.language) or option.name
    return Field(option.name, label, value, KINDS.get(option.kind, "text"), choices)


def _as_number(reader: Reader, value: str) -> str:
    """Write a number as the reader does; what was typed and is none comes back as it is."""
    try:
        number = float(value)
    except ValueError:
        return value
    return entry(reader, number) if math.isfinite(number) else value


def _faults(desk: Desk, reader: Reader, wished: Wish) -> tuple[tuple[str, str], ...]:
    refused = desk.answers.refused(wished)
    return () if refused is None else ((refused.field or "", said_to(reader, refused)),)
