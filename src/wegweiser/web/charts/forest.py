"""The forest chart: estimates with their intervals around zero, one row each."""

from typing import Literal

import altair as alt

from wegweiser.terms.json import JsonObject
from wegweiser.web.charts.figures import PIXELS, ForestFigure, Interval, Tick, Width
from wegweiser.web.charts.theme import (
    EDGE_PX,
    FONT,
    LABEL_PX,
    NAME_PX,
    TEXT_PX,
    axis,
    finished,
    link,
    token,
)

WIDE_ROW_PX = 34
NARROW_ROW_PX = 48
TONES = {"good": "good", "bad": "bad"}


def forest_spec(figure: ForestFigure, width: Width) -> JsonObject:
    """Make the Vega-Lite specification of a forest chart.

    Names stand beside the rows, and above them where the chart is narrow.
    """
    beside = width == "wide"
    x = alt.X(
        "low:Q",
        scale=alt.Scale(domain=[figure.across[0].at, figure.across[-1].at], nice=False),
        axis=axis(figure.across, orient="top", grid=beside, labelFlush=not beside),
    )
    rows = [_row(number, row) for number, row in enumerate(figure.rows)]
    data = alt.Chart(alt.InlineData(values=rows))
    y = _rows_axis(figure, beside)
    layers = [_zero(x), _bars(data, x, y), _points(data, x, y)]
    layers += _words(data, x, y, figure, beside)
    layers.append(_hits(data, x, y, figure))
    height = (WIDE_ROW_PX if beside else NARROW_ROW_PX) * len(rows) + 24
    chart = alt.layer(*layers).properties(
        width=PIXELS[width],
        height=height,
        padding={
            "right": 64 if beside else 4,
            "left": EDGE_PX if beside else 4,
            "top": 6,
            "bottom": 4,
        },
    )
    return finished(chart)


def _rows_axis(figure: ForestFigure, beside: bool) -> alt.Y:
    scale = alt.Scale(domain=[len(figure.rows), 0], nice=False)
    if not beside:
        return alt.Y("low_line:Q", scale=scale, axis=None)
    names = [Tick(number + 0.5, row.name) for number, row in enumerate(figure.rows)]
    return alt.Y(
        "middle:Q",
        scale=scale,
        axis=axis(names, grid=False, labelColor=token("ink"), labelLimit=LABEL_PX),
    )


def _zero(x: alt.X) -> alt.Chart:
    line = alt.Chart(alt.InlineData(values=[{"low": 0}]))
    layer: alt.Chart = line.mark_rule(color=token("edge"), aria=False).encode(x=x)
    return layer


def _row(number: int, row: Interval) -> JsonObject:
    return {
        "middle": number + 0.5,
        "low_line": number + 0.72,
        "words": number + 0.3,
        "above": number,
        "below": number + 1,
        "name": row.name,
        "estimate": row.estimate,
        "low": row.low,
        "high": row.high,
        "shown": row.shown,
        "label": row.label,
        "color": token(TONES.get(row.tone, "data-2")),
        "link": link(row.path or "/"),
    }


def _color() -> alt.Color:
    return alt.Color("color:N", scale=None, legend=None)


def _bars(data: alt.Chart, x: alt.X, y: alt.Y) -> alt.Chart:
    layer: alt.Chart = data.mark_rule(strokeWidth=2.5, aria=False).encode(
        x=x, x2="high:Q", y=y, color=_color()
    )
    return layer


def _points(data: alt.Chart, x: alt.X, y: alt.Y) -> alt.Chart:
    place = x.copy()
    place.shorthand = "estimate:Q"
    layer: alt.Chart = data.mark_point(filled=True, size=80, opacity=1, aria=False).encode(
        x=place, y=y, color=_color()
    )
    return layer


def _words(
    data: alt.Chart, x: alt.X, y: alt.Y, figure: ForestFigure, beside: bool
) -> list[alt.Chart]:
    if beside:
        return [_text(data, y, figure.across[-1].at, "left", "shown", dx=10)]
    height = y.copy()
    height.shorthand = "words:Q"
    return [
        _text(data, height, figure.across[0].at, "left", "name"),
        _text(data, height, figure.across[-1].at, "right", "shown"),
    ]


def _text(
    data: alt.Chart, y: alt.Y, at: float, side: Literal["left", "right"], field: str, dx: int = 0
) -> alt.Chart:
    layer: alt.Chart = data.mark_text(
        align=side,
        dx=dx,
        font=FONT,
        fontSize=TEXT_PX,
        color=token("ink"),
        limit=NAME_PX if field == "name" else 0,
        aria=False,
    ).encode(x=alt.XDatum(at), y=y, text=f"{field}:N")
    return layer


def _hits(data: alt.Chart, x: alt.X, y: alt.Y, figure: ForestFigure) -> alt.Chart:
    """Invisible rows of full width: they carry name and link."""
    top = y.copy()
    top.shorthand = "above:Q"
    layer: alt.Chart = data.mark_rect(fill=token("data"), fillOpacity=0, strokeOpacity=0).encode(
        x=alt.XDatum(figure.across[0].at),
        x2=alt.X2Datum(figure.across[-1].at),
        y=top,
        y2="below:Q",
        href="link:N",
        description="label:N",
    )
    return layer
