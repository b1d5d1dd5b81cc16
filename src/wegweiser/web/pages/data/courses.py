"""Charts of Data with their tables: what happened over time, one line for each name."""

import msgspec

from wegweiser.web.charts.figures import AnswerFigure, Curve, CurveFigure, CurvePoint, Tick
from wegweiser.web.charts.ticks import decimals_of, step_for, ticks
from wegweiser.web.pages.data.show import Card
from wegweiser.web.pages.desk import Desk, Panel
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.measure.marks import marks_of
from wegweiser.web.text import Reader

LINES_AT_MOST = 5
_LABELS = 3


class Course(msgspec.Struct, frozen=True):
    """Counts over time: `times` in words, and for each name one count per time.

    `marks` are the times as an axis writes them, which has little room.
    """

    slug: str
    title: str
    caption: str
    heading: str
    times: tuple[str, ...]
    marks: tuple[str, ...]
    counts: tuple[tuple[str, tuple[int, ...]], ...]


async def course_card(desk: Desk, reader: Reader, path: str, course: Course) -> Card | None:
    """Draw a course with its table below; None where there is nothing to draw."""
    if len(course.times) < 2 or not any(any(counts) for _, counts in course.counts):
        return None
    figure = course_figure(reader, path, course)
    return Card(course.title, chart=await drawn(desk, figure), twin=course_table(reader, course))


async def drawn(desk: Desk, figure: AnswerFigure) -> Panel:
    """Have a figure drawn for a card."""
    return Panel(figure.caption, await desk.drawings.draw(figure), marks_of(figure))


def course_figure(reader: Reader, path: str, course: Course) -> CurveFigure:
    """Make the chart of the names that were counted most; a point leads to its row."""
    most = sorted(course.counts, key=lambda one: -sum(one[1]))[:LINES_AT_MOST]
    curves = tuple(
        Curve(
            name,
            tuple(
                CurvePoint(
                    *(at, count, count, count),
                    label=f"{name}, {time}: {reader.number(count)}",
                    path=f"{path}#{course.slug}-r{at}",
                )
                for at, (time, count) in enumerate(zip(course.times, counts, strict=True))
            ),
        )
        for name, counts in most
    )
    step = max(1, -(-len(course.times) // _LABELS))
    across = [Tick(at, course.marks[at]) for at in range(0, len(course.times), step)]
    last = len(course.times) - 1
    if across[-1].at != last:
        across.append(Tick(last, ""))
    highest = max(4, *(count for _, counts in most for count in counts))
    places = ticks(0, highest, 4, step=max(1.0, step_for(highest, 4)))
    decimals = decimals_of(places[1] - places[0])
    up = tuple(Tick(place, reader.number(place, decimals)) for place in places)
    return CurveFigure(course.caption, curves, tuple(across), up)


def course_table(reader: Reader, course: Course) -> Table:
    """List the same counts, one row for each time, of all names."""
    columns = (
        Column(course.heading),
        *(Column(name, number=True) for name, _ in course.counts),
    )
    rows = tuple(
        Row(
            (Cell(time), *(Cell(reader.number(counts[at])) for _, counts in course.counts)),
            anchor=f"{course.slug}-r{at}",
        )
        for at, time in enumerate(course.times)
    )
    return Table(columns, rows, caption=course.caption)
