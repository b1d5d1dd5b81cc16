"""The bar chart: one bar for each row, its value in words beside it."""

import altair as alt

from wegweiser.terms.json import JsonObject
from wegweiser.web.charts.figures import PIXELS, BarsFigure, Tick, Width
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

WIDE_ROW_PX = 26
NARROW_ROW_PX = 44


def bars_spec(figure: BarsFigure, width: Width) -> JsonObject:
    """Make the Vega-Lite specification of a bar chart.

    Names stand beside the bars, and above them where the chart is narrow.
    """
    beside = width == "wide"
    data = alt.Chart(alt.InlineData(values=_rows(figure)))
    x = alt.X(
        "value:Q",
        scale=alt.Scale(domain=[figure.across[0].at, figure.across[-1].at], nice=False),
        axis=axis(figure.across, orient="top", grid=beside, labelFlush=not beside),
    )
    names = [Tick(number + 0.5, bar.name) for number, bar in enumerate(figure.bars)]
    y = alt.Y(
        "top:Q",
        scale=alt.Scale(domain=[len(figure.bars), 0], nice=False),
        axis=axis(names, grid=False, labelColor=token("ink"), labelLimit=LABEL_PX)
        if beside
        else None,
    )
    layers = [_bars(data, x, y), _words(data, y, "shown", figure, beside), _hits(data, y, figure)]
    if not beside:
        layers.append(_words(data, y, "name", figure, beside))
    if any(bar.before is not None for bar in figure.bars):
        layers.insert(1, _before(figure, x, y))
    height = (WIDE_ROW_PX if beside else NARROW_ROW_PX) * len(figure.bars) + 24
    chart = alt.layer(*layers).properties(
        width=PIXELS[width],
        height=height,
        padding={
            "right": 84 if beside else 4,
            "left": EDGE_PX if beside else 4,
            "top": 6,
            "bottom": 4,
        },
    )
    return finished(chart)


def _rows(figure: BarsFigure) -> list[JsonObject]:
    return [
        {
            "top": number + 0.16,
            "bottom": number + 0.84,
            "low_top": number + 0.5,
            "low_bottom": number + 0.9,
            "middle": number + 0.5,
            "words": number + 0.26,
            "above": number,
            "below": number + 1,
            "name": bar.name,
            "value": bar.value,
            "zero": 0,
            "shown": bar.shown,
            "label": bar.label,
            "link": link(bar.path or "/"),
        }
        for number, bar in enumerate(figure.bars)
    ]


def _bars(data: alt.Chart, x: alt.X, y: alt.Y) -> alt.Chart:
    beside = y["axis"] is not None
    top = y.copy()
    top.shorthand = "top:Q" if beside else "low_top:Q"
    layer: alt.Chart = data.mark_rect(fill=token("data"), aria=False).encode(
        x=x, x2="zero:Q", y=top, y2="bottom:Q" if beside else "low_bottom:Q"
    )
    return layer


def _before(figure: BarsFigure, x: alt.X, y: alt.Y) -> alt.Chart:
    """A stroke across each bar where the earlier time stood."""
    beside = y["axis"] is not None
    begin, end = (0.06, 0.94) if beside else (0.44, 0.96)
    rows: list[JsonObject] = [
        {"value": bar.before, "top": number + begin, "low_top": number + end}
        for number, bar in enumerate(figure.bars)
        if bar.before is not None
    ]
    top = y.copy()
    top.shorthand = "top:Q"
    layer: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_rule(color=token("ink"), strokeWidth=2, aria=False)
        .encode(x=x, y=top, y2="low_top:Q")
    )
    return layer


def _words(data: alt.Chart, y: alt.Y, field: str, figure: BarsFigure, beside: bool) -> alt.Chart:
    place = y.copy()
    place.shorthand = "middle:Q" if beside else "words:Q"
    first = not beside and field == "name"
    at = figure.across[0].at if first else figure.across[-1].at
    layer: alt.Chart = data.mark_text(
        align="left" if beside or first else "right",
        dx=10 if beside else 0,
        font=FONT,
        fontSize=TEXT_PX,
        color=token("ink"),
        limit=NAME_PX if first else 0,
        aria=False,
    ).encode(x=alt.XDatum(at), y=place, text=f"{field}:N")
    return layer


def _hits(data: alt.Chart, y: alt.Y, figure: BarsFigure) -> alt.Chart:
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
