"""The look that all charts share: tokens of the page instead of colours, words instead of codes."""

import json
from collections.abc import Sequence

import altair as alt

from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.charts.figures import Tick

# The renderer completes relative links with a foreign host; the finishing step takes this off.
HOST = "https://wegweiser.invalid"
FONT = "system-ui, sans-serif"
TEXT_PX = 12
# The longest name beside a row, and the room left of it: fonts of readers run wider than ours.
LABEL_PX = 240
EDGE_PX = 44
# Times below a line stand this far apart, as we measure them; shown they run wider.
APART_PX = 24
# The longest name above a row of a narrow chart: the rest of the line is for the figure.
NAME_PX = 230


def token(name: str) -> str:
    """Give a colour of the page, to be filled in by the browser.

    >>> token("data")
    'var(--data)'
    """
    return f"var(--{name})"


def link(path: str) -> str:
    """Give a link for a mark; only paths of this site are links, anything else is refused."""
    if not path.startswith("/") or path.startswith("//") or "\\" in path:
        raise ValueError(f"a mark may only link to a path of this site, not to {path[:80]!r}")
    return HOST + path


def told(ticks: Sequence[Tick]) -> str:
    """Give the expression that names each tick with its text."""
    # The renderer's own `format` writes a real minus sign.
    words = {f"{tick.at:.6f}".replace("-", "\N{MINUS SIGN}"): tick.label for tick in ticks}
    return f"({json.dumps(words)})[format(datum.value, '.6f')]"


def axis(ticks: Sequence[Tick], **options: Json) -> JsonObject:
    """Make an axis with exactly these ticks; silent for assistive technology."""
    settings: JsonObject = {
        "values": [tick.at for tick in ticks],
        "labelExpr": told(ticks),
        "title": None,
        "aria": False,
        "domain": False,
        "ticks": False,
        "labelFont": FONT,
        "labelFontSize": TEXT_PX,
        "labelColor": token("muted"),
        "labelPadding": 8,
        # Names that touch each other read as one.
        "labelSeparation": 6,
        "gridColor": token("line"),
    }
    return settings | options


def finished(chart: alt.LayerChart | alt.FacetChart) -> JsonObject:
    """Give the specification of a chart, on a transparent ground, without the renderer's words."""
    spec: JsonObject = (
        chart.configure_view(stroke=None)
        .properties(
            background="transparent", autosize=alt.AutoSizeParams(type="fit", contains="padding")
        )
        .to_dict(validate=False)
    )
    return spec
