"""An answer of any measure as a chart: for a notebook, a file or a mail."""

import altair as alt
import msgspec
import vl_convert

from wegweiser.terms.json import JsonObject
from wegweiser.terms.result import Answer
from wegweiser.web.charts.answer_figure import figure_of
from wegweiser.web.charts.draw import spec_of
from wegweiser.web.charts.palette import in_light

DOTS_PER_POINT = 2
TITLE_PX = 16
FRAME_PX = 14
SIDES = ("left", "right", "top", "bottom")


def chart(answer: Answer, language: str) -> alt.LayerChart:
    """Give the chart of an answer; its caption is the title."""
    made: alt.LayerChart = alt.LayerChart.from_dict(_spec(answer, language), validate=False)
    return made


def spec(answer: Answer, language: str) -> bytes:
    """Give the Vega-Lite specification as JSON."""
    return msgspec.json.encode(_spec(answer, language))


def svg(answer: Answer, language: str) -> bytes:
    """Draw an SVG file."""
    return vl_convert.vegalite_to_svg(_spec(answer, language), allowed_base_urls=[]).encode()


def png(answer: Answer, language: str) -> bytes:
    """Draw a PNG file, two dots for each point."""
    return vl_convert.vegalite_to_png(
        _spec(answer, language), scale=DOTS_PER_POINT, allowed_base_urls=[]
    )


def _spec(answer: Answer, language: str) -> JsonObject:
    figure = figure_of(answer, language)
    drawn = in_light(spec_of(figure, "wide"))
    title: JsonObject = {
        "text": figure.caption,
        "anchor": "start",
        "fontSize": TITLE_PX,
        "offset": TITLE_PX,
    }
    held = drawn.get("padding")
    inner: dict[str, int] = msgspec.convert(held, dict[str, int]) if held else {}
    padding: JsonObject = {side: inner.get(side, 0) + FRAME_PX for side in SIDES}
    # The renderer takes title and frame from the height of the marks, so that it is made larger.
    height = msgspec.convert(drawn["height"], int) + 2 * TITLE_PX + 2 * FRAME_PX
    return drawn | {
        "title": title,
        "description": figure.caption,
        "padding": padding,
        "height": height,
    }
