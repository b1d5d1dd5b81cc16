"""The curve chart: what more of something brings, one line with its band for each name."""

import math
from collections.abc import Sequence

import altair as alt

from wegweiser.terms.json import JsonObject
from wegweiser.web.charts.figures import PIXELS, CurveFigure, Width
from wegweiser.web.charts.theme import APART_PX, FONT, TEXT_PX, axis, finished, link, token

HEIGHT_PX: dict[Width, int] = {"wide": 300, "narrow": 240}
_DASHES: tuple[list[float], ...] = ([], [6, 4], [2, 3], [10, 4, 2, 4], [1, 5])
_COLORS = ("data", "data-2")
_ROOM_PX = 96
# What a name at the end of a line takes, so that names do not lie upon each other.
LINE_PX = 15


def curve_spec(figure: CurveFigure, width: Width) -> JsonObject:
    """Make the Vega-Lite specification; lines differ in stroke, and are named at their ends."""
    x = alt.X(
        "at:Q",
        scale=alt.Scale(domain=[figure.across[0].at, figure.across[-1].at], nice=False),
        axis=axis(figure.across, grid=False, labelFlush=True, labelSeparation=APART_PX),
    )
    y = alt.Y(
        "value:Q",
        scale=alt.Scale(domain=[figure.up[0].at, figure.up[-1].at], nice=False),
        axis=axis(figure.up),
    )
    bands = [_band(figure, number, x, y) for number in range(len(figure.curves))]
    lines = [_line(figure, number, x, y) for number in range(len(figure.curves))]
    chart = alt.layer(*bands, *lines, _names(figure, x, y), _hits(figure, x, y)).properties(
        width=PIXELS[width],
        height=HEIGHT_PX[width],
        padding={"right": _ROOM_PX, "left": 4, "top": 6, "bottom": 4},
    )
    return finished(chart)


def _data(figure: CurveFigure, number: int) -> alt.InlineData:
    return alt.InlineData(
        values=[
            {"at": one.at, "value": one.value, "low": one.low, "high": one.high}
            for one in figure.curves[number].points
        ]
    )


def _color(number: int) -> str:
    return token(_COLORS[number % len(_COLORS)])


def _band(figure: CurveFigure, number: int, x: alt.X, y: alt.Y) -> alt.Chart:
    low = y.copy()
    low.shorthand = "low:Q"
    layer: alt.Chart = (
        alt.Chart(_data(figure, number))
        .mark_area(fill=_color(number), fillOpacity=0.14, aria=False)
        .encode(x=x, y=low, y2="high:Q")
    )
    return layer


def _line(figure: CurveFigure, number: int, x: alt.X, y: alt.Y) -> alt.Chart:
    layer: alt.Chart = (
        alt.Chart(_data(figure, number))
        .mark_line(
            stroke=_color(number),
            strokeWidth=2,
            strokeDash=_DASHES[number % len(_DASHES)],
            aria=False,
        )
        .encode(x=x, y=y)
    )
    return layer


def _names(figure: CurveFigure, x: alt.X, y: alt.Y) -> alt.Chart:
    ends = [one.points[-1] for one in figure.curves]
    gap = LINE_PX * (figure.up[-1].at - figure.up[0].at) / min(HEIGHT_PX.values())
    places = apart([end.value for end in ends], gap)
    rows = [
        {"at": end.at, "value": place, "name": one.name}
        for one, end, place in zip(figure.curves, ends, places, strict=True)
    ]
    layer: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_text(
            align="left",
            dx=6,
            font=FONT,
            fontSize=TEXT_PX,
            color=token("ink"),
            limit=_ROOM_PX - 8,
            aria=False,
        )
        .encode(x=x, y=y, text="name:N")
    )
    return layer


def apart(values: Sequence[float], gap: float) -> list[float]:
    """Move values up so far that no two of them are nearer than a gap; their order stays.

    >>> apart([0.0, 5.0, 0.0], 2.0)
    [0.0, 5.0, 2.0]
    """
    placed = list(values)
    least = -math.inf
    for at in sorted(range(len(placed)), key=lambda at: (placed[at], at)):
        placed[at] = max(placed[at], least)
        least = placed[at] + gap
    return placed


def _hits(figure: CurveFigure, x: alt.X, y: alt.Y) -> alt.Chart:
    """Invisible dots on the lines: they carry the words."""
    rows = [
        {"at": one.at, "value": one.value, "label": one.label, "link": link(one.path or "/")}
        for curve in figure.curves
        for one in curve.points
    ]
    layer: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_point(filled=True, size=120, opacity=0, color=token("data"))
        .encode(x=x, y=y, href="link:N", description="label:N")
    )
    return layer
