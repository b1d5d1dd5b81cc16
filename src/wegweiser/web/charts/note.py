"""What stands where a chart would be empty: the sentence that says why."""

import textwrap

import altair as alt

from wegweiser.terms.json import JsonObject
from wegweiser.web.charts.figures import PIXELS, NoteFigure, Width
from wegweiser.web.charts.theme import FONT, finished, token

SIGNS: dict[Width, int] = {"wide": 96, "narrow": 40}
LINE_PX = 20
SIZE_PX = 15


def note_spec(figure: NoteFigure, width: Width) -> JsonObject:
    """Make the specification of a drawing that is one sentence; there is no axis without data."""
    lines = textwrap.wrap(figure.text, SIGNS[width]) or [""]
    rows = [{"at": number, "text": line} for number, line in enumerate(lines)]
    layer = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_text(align="left", font=FONT, fontSize=SIZE_PX, color=token("ink"), aria=False)
        .encode(
            x=alt.value(0),
            y=alt.Y(
                "at:Q", axis=None, scale=alt.Scale(domain=[-0.5, len(lines) - 0.5], reverse=True)
            ),
            text="text:N",
        )
    )
    chart = alt.layer(layer).properties(width=PIXELS[width], height=LINE_PX * len(lines))
    return finished(chart)
