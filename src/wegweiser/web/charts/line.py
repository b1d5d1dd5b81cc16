"""The line chart: a series over time, dashed beside it the period before."""

import altair as alt

from wegweiser.terms.json import JsonObject
from wegweiser.web.charts.figures import PIXELS, LineFigure, Width
from wegweiser.web.charts.theme import APART_PX, axis, finished, link, token

HEIGHT_PX: dict[Width, int] = {"wide": 260, "narrow": 220}


def line_spec(figure: LineFigure, width: Width) -> JsonObject:
    """Make the Vega-Lite specification of a line chart."""
    x, y = _axes(figure, width)
    now: list[JsonObject] = [{"at": one.at, "value": one.value} for one in figure.points]
    layers = [
        _series(now, x, y, "data", []),
        _hits(figure, x),
    ]
    if len(figure.points) == 1:
        layers.insert(0, _dots(figure, x, y))
    if figure.before:
        rows: list[JsonObject] = [
            {"at": at, "value": value} for at, value in enumerate(figure.before)
        ]
        layers.insert(0, _series(rows, x, y, "data-2", [5, 4]))
    chart = alt.layer(*layers).properties(width=PIXELS[width], height=HEIGHT_PX[width])
    return finished(chart)


def _axes(figure: LineFigure, width: Width) -> tuple[alt.X, alt.Y]:
    last = max(len(figure.points), len(figure.before)) - 1
    domain = [-0.5, last + 0.5] if last < 1 else [0, last]
    x = alt.X(
        "at:Q",
        scale=alt.Scale(domain=domain, nice=False),
        axis=axis(figure.across[width], grid=False, labelFlush=True, labelSeparation=APART_PX),
    )
    top = [figure.up[0].at, figure.up[-1].at]
    y = alt.Y("value:Q", scale=alt.Scale(domain=top, nice=False), axis=axis(figure.up))
    return x, y


def _series(rows: list[JsonObject], x: alt.X, y: alt.Y, color: str, dash: list[float]) -> alt.Chart:
    layer: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(stroke=token(color), strokeWidth=2, strokeDash=dash, aria=False)
        .encode(x=x, y=y)
    )
    return layer


def _dots(figure: LineFigure, x: alt.X, y: alt.Y) -> alt.Chart:
    rows = [{"at": point.at, "value": point.value} for point in figure.points]
    layer: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_point(filled=True, color=token("data"), size=60, opacity=1, aria=False)
        .encode(x=x, y=y)
    )
    return layer


def _hits(figure: LineFigure, x: alt.X) -> alt.Chart:
    """Invisible strips of full height, one per point: they carry name and link."""
    last = max(len(figure.points), len(figure.before)) - 1
    least, most = (-0.5, 0.5) if last < 1 else (0.0, float(last))
    rows = [
        {
            "at": max(point.at - 0.5, least),
            "until": min(point.at + 0.5, most),
            "label": point.label,
            "link": link(point.path or "/"),
        }
        for point in figure.points
    ]
    layer: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_rect(fill=token("data"), fillOpacity=0, strokeOpacity=0)
        .encode(x=x, x2="until:Q", href="link:N", description="label:N")
    )
    return layer
