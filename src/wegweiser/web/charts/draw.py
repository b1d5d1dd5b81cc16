"""Drawing, in a worker process: a figure becomes the finished SVG of one width."""

import vl_convert

from wegweiser.terms.json import JsonObject
from wegweiser.web.charts.bars import bars_spec
from wegweiser.web.charts.curve import curve_spec
from wegweiser.web.charts.figures import (
    AnswerFigure,
    BarsFigure,
    CurveFigure,
    ForestFigure,
    MatrixFigure,
    NoteFigure,
    Width,
)
from wegweiser.web.charts.finish import finish
from wegweiser.web.charts.forest import forest_spec
from wegweiser.web.charts.line import line_spec
from wegweiser.web.charts.matrix import matrix_spec
from wegweiser.web.charts.note import note_spec


def draw(figure: AnswerFigure, width: Width, prefix: str) -> str:
    """Draw a figure; raises ValueError for a link that leads away from this site."""
    spec = spec_of(figure, width)
    return finish(_rendered(spec), figure.caption, prefix, width)


def spec_of(figure: AnswerFigure, width: Width) -> JsonObject:
    """Make the Vega-Lite specification of any figure."""
    if isinstance(figure, ForestFigure):
        return forest_spec(figure, width)
    if isinstance(figure, BarsFigure):
        return bars_spec(figure, width)
    if isinstance(figure, CurveFigure):
        return curve_spec(figure, width)
    if isinstance(figure, MatrixFigure):
        return matrix_spec(figure, width)
    if isinstance(figure, NoteFigure):
        return note_spec(figure, width)
    return line_spec(figure, width)


def _rendered(spec: JsonObject) -> str:
    try:
        return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    except ValueError:
        # One failed drawing can leave the renderer unable to do the next one; the third is new.
        return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
