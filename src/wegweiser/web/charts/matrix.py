"""The matrix: fields by two properties, darker where there is more, with words in them."""

import altair as alt

from wegweiser.terms.json import JsonObject
from wegweiser.web.charts.figures import PIXELS, MatrixFigure, Tick, Width
from wegweiser.web.charts.theme import FONT, TEXT_PX, axis, finished, link, token

ROW_PX = 72
# The darkest field still bears words in ink, in both themes.
MOST_OPAQUE = 0.34
LEAST_OPAQUE = 0.05
_GAP = 0.02


def matrix_spec(figure: MatrixFigure, width: Width) -> JsonObject:
    """Make the Vega-Lite specification of a matrix; names of rows stand beside it."""
    data = alt.Chart(alt.InlineData(values=_rows(figure)))
    columns = [Tick(at + 0.5, name) for at, name in enumerate(figure.columns)]
    rows = [Tick(at + 0.5, name) for at, name in enumerate(figure.rows)]
    limit = 130 if width == "wide" else 74
    x = alt.X(
        "left:Q",
        scale=alt.Scale(domain=[0, len(columns)], nice=False),
        axis=axis(columns, orient="top", grid=False, labelLimit=190 if width == "wide" else 84),
    )
    y = alt.Y(
        "top:Q",
        scale=alt.Scale(domain=[len(rows), 0], nice=False),
        axis=axis(rows, grid=False, labelColor=token("ink"), labelLimit=limit),
    )
    layers = [_fields(data, x, y), _words(data, x, y, "first", -9), _words(data, x, y, "second", 9)]
    chart = alt.layer(*layers).properties(
        width=PIXELS[width],
        height=ROW_PX * len(rows) + 24,
        padding={"right": 6, "left": 6, "top": 6, "bottom": 6},
    )
    return finished(chart)


def _rows(figure: MatrixFigure) -> list[JsonObject]:
    return [
        {
            "left": one.left + _GAP,
            "right": one.right - _GAP,
            "top": one.top + _GAP,
            "bottom": one.bottom - _GAP,
            "middle": (one.left + one.right) / 2,
            "centre": (one.top + one.bottom) / 2,
            "opacity": LEAST_OPAQUE + (MOST_OPAQUE - LEAST_OPAQUE) * one.shade,
            "first": one.first,
            "second": one.second,
            "label": one.label,
            "link": link(one.path or "/"),
        }
        for one in figure.tiles
    ]


def _fields(data: alt.Chart, x: alt.X, y: alt.Y) -> alt.Chart:
    layer: alt.Chart = data.mark_rect(fill=token("data"), stroke=token("edge")).encode(
        x=x,
        x2="right:Q",
        y=y,
        y2="bottom:Q",
        fillOpacity=alt.FillOpacity("opacity:Q", scale=None),
        href="link:N",
        description="label:N",
    )
    return layer


def _words(data: alt.Chart, x: alt.X, y: alt.Y, field: str, below: int) -> alt.Chart:
    across, down = x.copy(), y.copy()
    across.shorthand, down.shorthand = "middle:Q", "centre:Q"
    layer: alt.Chart = data.mark_text(
        dy=below, font=FONT, fontSize=TEXT_PX, color=token("ink"), aria=False
    ).encode(x=across, y=down, text=f"{field}:N")
    return layer
