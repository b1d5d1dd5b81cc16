"""Journeys: how many moved from which stage to which, and what went together with it."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.role import SMALLEST_CELL
from wegweiser.terms.wrong import wrong
from wegweiser.web.charts.figures import BarsFigure, LineFigure
from wegweiser.web.pages.desk import Desk, Panel
from wegweiser.web.pages.frame.gate import OPEN, Gate, computing, no_match, waiting
from wegweiser.web.pages.frame.table import Table
from wegweiser.web.pages.journeys.asked import (
    SHOWN,
    Asked,
    asked_of,
    list_path,
    row_path,
    shown,
    stage_name,
)
from wegweiser.web.pages.journeys.charts import course_figure, course_table, time_figure
from wegweiser.web.pages.journeys.drawing import NARROW, WIDE, FlowDrawing, drawing_of
from wegweiser.web.pages.journeys.drawing import Cell as Move
from wegweiser.web.pages.journeys.tables import (
    by_stage,
    matrix,
    shows_all,
    tide,
    tide_more,
    touched,
    touched_more,
)
from wegweiser.web.pages.journeys.words import FIGURES, WAYS_IN_WORDS, answer_of
from wegweiser.web.text import Reader, mark
from wegweiser.workspace.journey_flow_operations import Flow, flow_of, way_of

UNIT_WORDS = {"account": mark("Accounts"), "person": mark("People")}


class Figure(msgspec.Struct, frozen=True):
    """One kind of move with its count, the count before, and the list behind it."""

    name: str
    count: str
    before: str
    path: str


class JourneysPage(msgspec.Struct, frozen=True):
    """Everything on the page; parts are empty while a gate is shut."""

    gate: Gate
    answer: str
    units: tuple[tuple[str, str, bool], ...]
    figures: tuple[Figure, ...] = ()
    drawings: tuple[tuple[str, FlowDrawing], ...] = ()
    caption: str = ""
    legend: tuple[tuple[str, str], ...] = ()
    matrix: Table | None = None
    stages: Table | None = None
    touched: Table | None = None
    touched_more: tuple[str, str] = ("", "")
    tide: Table | None = None
    tide_more: tuple[str, str] = ("", "")
    sample: str = ""
    course: Panel | None = None
    time: Panel | None = None
    courses: tuple[tuple[str, str, bool], ...] = ()
    course_rows: Table | None = None

    @property
    def waits(self) -> bool:
        """True while a chart is being drawn."""
        panels = (self.course, self.time)
        return any(one is not None and one.drawing is None for one in panels)


async def journeys(desk: Desk, request: Request) -> Response:
    """Show the moves between the first and the last day of the period."""
    reader = desk.reader(request)
    asked = await asked_of(desk, request)
    span = asked.view.compared
    before = None if span is None else await asked_of(desk, request, span)
    under_way = asked.travellers is None or (before is not None and before.travellers is None)
    frame = desk.frame(
        request,
        reader.say("Journeys"),
        reader.say("Where do buyers stand, and where do they move?"),
        refresh=under_way,
    )
    gate = OPEN
    if asked.travellers is None:
        gate = computing(reader)
    elif not asked.moved:
        gate = no_match(reader, frame.controls) if asked.view.chips else waiting(reader)
    if gate.state != "data":
        page = JourneysPage(gate, gate.sentence, _units(reader, asked))
    else:
        page = await _page(desk, request, reader, asked, before)
        if page.waits:
            frame = msgspec.structs.replace(frame, refresh=True)
    return desk.render(request, "journeys/flow.html", frame, page)


def _units(reader: Reader, asked: Asked) -> tuple[tuple[str, str, bool], ...]:
    return tuple(
        (reader.say(words), asked.view.to(of=unit), unit == asked.of)
        for unit, words in UNIT_WORDS.items()
    )


async def _page(
    desk: Desk, request: Request, reader: Reader, asked: Asked, before: Asked | None
) -> JourneysPage:
    flow = flow_of(asked.moved, asked.days_per_mark)
    earlier = None
    if before is not None and before.travellers is not None:
        earlier = flow_of(before.moved, before.days_per_mark)
    linked = desk.may(request, "define")
    stage = _stage(request, flow)
    course = course_figure(desk, reader, asked, (flow, earlier), stage, linked)
    time = time_figure(desk, reader, asked, flow, linked)
    return JourneysPage(
        OPEN,
        answer_of(reader, asked.of, flow),
        _units(reader, asked),
        _figures(reader, asked, flow, earlier, linked),
        _drawings(desk, reader, asked, flow, linked),
        _caption(desk, reader, flow),
        tuple((way, reader.say(WAYS_IN_WORDS[way])) for way in WAYS_IN_WORDS if flow.ways[way]),
        matrix(desk, reader, asked, flow, linked),
        by_stage(desk, reader, asked, flow, linked),
        touched(reader, asked, flow, linked, shows_all(request)),
        touched_more(reader, asked, flow, shows_all(request)),
        tide(desk, reader, asked, linked),
        tide_more(reader, asked, linked),
        _sample(reader, asked),
        None if course is None else await _drawn(desk, course),
        None if time is None else await _drawn(desk, time),
        _stages(desk, reader, asked, flow, stage),
        None if course is None else course_table(desk, reader, asked, course, linked),
    )


async def _drawn(desk: Desk, figure: LineFigure | BarsFigure) -> Panel:
    marks = figure.points if isinstance(figure, LineFigure) else figure.bars
    return Panel(figure.caption, await desk.drawings.draw(figure), len(marks))


def _stage(request: Request, flow: Flow) -> str:
    """Read whose course is drawn; without a word that of the stage with most at the end."""
    written = request.query_params.get("stage", "")
    if written in SHOWN:
        return written
    if written:
        told = wrong("address_word", word="stage", known=", ".join(SHOWN))
        raise InputRefused("bad_stage", told, 422, "stage")
    return max(flow.balances, key=lambda one: one.end).stage


def _stages(
    desk: Desk, reader: Reader, asked: Asked, flow: Flow, stage: str
) -> tuple[tuple[str, str, bool], ...]:
    return tuple(
        (stage_name(desk, reader, one.stage), asked.view.to(stage=one.stage), one.stage == stage)
        for one in flow.balances
        if any(one.marks)
    )


def _figures(
    reader: Reader, asked: Asked, flow: Flow, earlier: Flow | None, linked: bool
) -> tuple[Figure, ...]:
    def before(way: str) -> str:
        if earlier is None:
            return ""
        return reader.say("before: {count}", count=shown(reader, earlier.ways[way]))

    return tuple(
        Figure(
            reader.say(words),
            shown(reader, flow.ways[way]),
            before(way),
            list_path(asked.view, asked.of, way=way) if linked and flow.ways[way] else "",
        )
        for way, words in FIGURES.items()
    )


def _drawings(
    desk: Desk, reader: Reader, asked: Asked, flow: Flow, linked: bool
) -> tuple[tuple[str, FlowDrawing], ...]:
    """Draw the flow wide and narrow; the page shows the one that fits.

    Nothing where every stream is a count that the reader may not see.
    """
    hidden = reader.sight == "counts"
    if hidden and all(count < SMALLEST_CELL for count in flow.cells.values()):
        # Ribbons of one thickness would be a drawing of nothing.
        return ()
    cells = [
        Move(
            source,
            target,
            # A small cell shows neither its figure nor its thickness.
            max(count, SMALLEST_CELL) if hidden else count,
            way_of(source, target),
            reader.say(
                "{count} from {source} to {target}",
                count=shown(reader, count),
                source=stage_name(desk, reader, source),
                target=stage_name(desk, reader, target),
            ),
            list_path(asked.view, asked.of, source=source, target=target)
            if linked
            else row_path(asked.view, f"from-{source}"),
        )
        for (source, target), count in flow.cells.items()
    ]
    starts = {one.stage: shown(reader, one.start) for one in flow.balances}
    ends = {one.stage: shown(reader, one.end) for one in flow.balances}

    def name(stage: str) -> str:
        return stage_name(desk, reader, stage)

    return tuple(
        (kind, drawing_of(SHOWN, cells, name, (starts, ends), shape))
        for kind, shape in (("wide", WIDE), ("narrow", NARROW))
    )


def _caption(desk: Desk, reader: Reader, flow: Flow) -> str:
    moves = [(step, count) for step, count in flow.cells.items() if step[0] != step[1]]
    if not moves:
        return reader.say("Nobody moved between these two days.")
    (source, target), count = moves[0]
    return reader.say(
        "The most frequent move leads from {source} to {target}: {count}.",
        source=stage_name(desk, reader, source),
        target=stage_name(desk, reader, target),
        count=shown(reader, count),
    )


def _sample(reader: Reader, asked: Asked) -> str:
    found = asked.travellers
    if found is None or found.looked_at == found.of_all:
        return ""
    return reader.say(
        "Counted in a sample: {some} of {all}.",
        some=reader.number(found.looked_at),
        all=reader.number(found.of_all),
    )
