"""The charts of journeys: the course of one stage, and the mean time in every stage."""

from collections.abc import Mapping

from wegweiser.web.charts.figures import Bar, BarsFigure, LineFigure, Point, Tick, Width
from wegweiser.web.charts.ticks import decimals_of, step_for, ticks
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.journeys.asked import (
    Asked,
    day_of_mark,
    hidden,
    list_path,
    row_path,
    shown,
    stage_name,
    stood_in,
)
from wegweiser.web.pages.period import Span
from wegweiser.web.text import Reader
from wegweiser.workspace.journey_flow_operations import Flow, period_of

_LABELS: Mapping[Width, int] = {"wide": 7, "narrow": 3}


def course_figure(
    desk: Desk,
    reader: Reader,
    asked: Asked,
    flows: tuple[Flow, Flow | None],
    stage: str,
    linked: bool,
) -> LineFigure | None:
    """Draw how many stood in a stage, with the period before dashed; None for hidden counts."""
    flow, earlier = flows
    counts = _marks(flow, stage)
    if any(hidden(reader, count) for count in counts):
        return None
    before = () if earlier is None or reader.sight == "counts" else _marks(earlier, stage)
    days = _days(desk, reader, asked, asked.view.span)
    name = stage_name(desk, reader, stage)
    points = tuple(
        Point(
            at,
            count,
            reader.say(
                "{count} in {stage} on {day}", day=day, count=reader.number(count), stage=name
            ),
            list_path(asked.view, asked.of, stood=stage, at=str(at))
            if linked and count
            else row_path(asked.view, f"at-{at}"),
        )
        for at, (count, day) in enumerate(zip(counts, days, strict=True))
    )
    return LineFigure(
        caption=reader.say("How many stood in {stage}", stage=name),
        points=points,
        before=tuple(float(count) for count in before) if len(before) == len(counts) else (),
        across={width: _ticks(days, labels) for width, labels in _LABELS.items()},
        up=_up(reader, max((*counts, *before, 4))),
    )


def course_table(
    desk: Desk, reader: Reader, asked: Asked, figure: LineFigure, linked: bool
) -> Table:
    """Write the course as rows, with the links of its points that lead to lists."""
    days = _days(desk, reader, asked, asked.view.span)
    rows = tuple(
        Row(
            (
                Cell(day),
                Cell(reader.number(point.value), point.path if linked and point.value else ""),
            ),
            anchor=f"at-{at}",
        )
        for at, (day, point) in enumerate(zip(days, figure.points, strict=True))
    )
    columns = (Column(reader.say("Day")), Column(reader.say("Number"), number=True))
    return Table(columns, rows, caption=figure.caption)


def time_figure(
    desk: Desk, reader: Reader, asked: Asked, flow: Flow, linked: bool
) -> BarsFigure | None:
    """Draw the mean days that those spent in a stage who stood in it at all; None without any.

    Of a few they are hidden as their number is.
    """
    stood = {one.stage: stood_in(asked, one.stage) for one in flow.balances if one.mean_days}
    bars = tuple(
        Bar(
            stage_name(desk, reader, one.stage),
            one.mean_days,
            reader.number(one.mean_days, 1),
            reader.say(
                "{stage}: {days} days on average, of {count}",
                stage=stage_name(desk, reader, one.stage),
                days=reader.number(one.mean_days, 1),
                count=shown(reader, stood[one.stage]),
            ),
            list_path(asked.view, asked.of, ever=one.stage)
            if linked
            else row_path(asked.view, f"in-{one.stage}"),
        )
        for one in flow.balances
        if one.mean_days and not hidden(reader, stood[one.stage])
    )
    if not bars:
        return None
    longest = max(bar.value for bar in bars)
    return BarsFigure(reader.say("Mean days in every stage"), bars, _up(reader, longest))


def _marks(flow: Flow, stage: str) -> tuple[int, ...]:
    return next(one.marks for one in flow.balances if one.stage == stage)


def _days(desk: Desk, reader: Reader, asked: Asked, span: Span) -> list[str]:
    period = period_of(desk.site, asked.of, span.first, span.end)
    return [day_of_mark(reader, mark) for mark in period.marks]


def _ticks(days: list[str], labels: int) -> tuple[Tick, ...]:
    apart = max(1, -(-len(days) // labels))
    return tuple(Tick(at, days[at]) for at in range(0, len(days), apart))


def _up(reader: Reader, highest: float) -> tuple[Tick, ...]:
    places = ticks(0, highest, 4, step=step_for(highest, 4))
    decimals = decimals_of(places[1] - places[0])
    return tuple(Tick(place, reader.number(place, decimals)) for place in places)
