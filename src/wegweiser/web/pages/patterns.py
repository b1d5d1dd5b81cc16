"""All parts of the pages on one page, to be looked at in both themes and languages."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.web.charts.figures import Interval
from wegweiser.web.pages.desk import Desk, Panel
from wegweiser.web.pages.form import Fault
from wegweiser.web.pages.frame import gate
from wegweiser.web.pages.frame.controls import Controls
from wegweiser.web.pages.frame.gate import Gate
from wegweiser.web.pages.frame.method import Method
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.table import Cell, Row, Table, paged, sortable
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.frame.work import Work, time_left
from wegweiser.web.pages.today.charts import lift_figure
from wegweiser.web.text import Reader
from wegweiser.web.words import TONES, VERDICTS

EXAMPLES = 60
PER_PAGE = 5


class PatternsPage(msgspec.Struct, frozen=True):
    """One of every part."""

    verdicts: tuple[tuple[str, str], ...]
    gates: tuple[str, ...]
    states: tuple[Gate, ...]
    chart: Panel
    spark: tuple[float, ...]
    table: Table
    method: Method
    notices: tuple[Notice, ...]
    works: tuple[Work, ...]
    faults: tuple[tuple[str, str], ...]


async def patterns(desk: Desk, request: Request) -> Response:
    """Show the parts; the figures on it are examples and say so."""
    reader, view = desk.reader(request), desk.view(request)
    example = reader.say("Example")
    rows = [
        Interval(f"{example} 1", 0.031, 0.012, 0.05, "+3.1", "1", "good", "/patterns"),
        Interval(f"{example} 2", 0.004, -0.02, 0.028, "+0.4", "2", "", "/patterns"),
        Interval(f"{example} 3", -0.03, -0.05, -0.01, "-3.0", "3", "bad", "/patterns"),
    ]
    chart = await desk.panel(lift_figure(reader, rows))
    frame = desk.frame(
        request,
        reader.say("Patterns"),
        reader.say("The parts of every page"),
        refresh=chart.drawing is None,
    )
    fault = Fault("example-field", reader.say("Example"))
    page = PatternsPage(
        verdicts=tuple((reader.say(text), TONES.get(code, "")) for code, text in VERDICTS.items()),
        gates=("computing", "quiet"),
        states=_states(reader, frame.controls),
        chart=chart,
        spark=(3.0, 5.0, 4.0, 8.0, 6.0),
        table=_table(reader, view),
        method=Method(
            example, example, (example, example), example, ((example, "12"),), example, "SELECT 1"
        ),
        notices=(
            Notice(example, "/patterns"),
            Notice(example, path="/patterns", words=example),
            Notice(example, tone="bad"),
        ),
        works=(
            Work("work-1", example, example, 40, time_left(reader, 0.4, 120), "/patterns"),
            Work("work-2", example, example, result="/patterns", over=True),
        ),
        faults=((fault.field, fault.sentence),),
    )
    return desk.render(request, "patterns.html", frame, page)


def _states(reader: Reader, controls: Controls | None) -> tuple[Gate, ...]:
    example = reader.say("Example")
    return (
        gate.setup(reader, example, example, "/patterns"),
        gate.waiting(reader, example, "/patterns"),
        gate.little(reader, 12, 400, 30),
        gate.computing(reader),
        gate.stale(reader, reader.now),
        gate.no_match(reader, controls),
        gate.OPEN,
    )


def _table(reader: Reader, view: View) -> Table:
    name, count = reader.say("Name"), reader.say("Number")
    numbers = list(range(1, EXAMPLES + 1))
    if view.sorted_by[1]:
        numbers.reverse()
    shown, pages = paged(reader, view, numbers, PER_PAGE)
    return Table(
        (sortable(view, "name", name), sortable(view, "count", count, number=True)),
        tuple(
            Row(
                (
                    Cell(f"{reader.say('Example')} {number}", "/patterns"),
                    Cell(reader.number(number), note=reader.say("Example")),
                ),
                here=number == 1,
            )
            for number in shown
        ),
        reader.say("Nothing waits for an answer."),
        reader.say("Example"),
        pages,
    )
