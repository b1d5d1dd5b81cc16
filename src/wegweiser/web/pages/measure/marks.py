"""The chart of an answer, each mark a link to what it is made of."""

import msgspec

from wegweiser.terms.result import Answer
from wegweiser.web.charts.answer_figure import figure_of
from wegweiser.web.charts.figures import (
    AnswerFigure,
    BarsFigure,
    Curve,
    CurveFigure,
    ForestFigure,
    LineFigure,
    MatrixFigure,
    NoteFigure,
)
from wegweiser.web.charts.strip_figure import SHARE
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.measure.twin import figure_anchor, leads_to
from wegweiser.web.text import Reader


def linked_figure(reader: Reader, view: View, answer: Answer, slug: str) -> AnswerFigure | None:
    """Give the chart; a mark leads to its day, else to its row. None where nothing is drawn."""
    figure = figure_of(answer, reader.language)
    if isinstance(figure, NoteFigure):
        return None
    if isinstance(figure, LineFigure):
        return _line(view, answer, figure, slug)
    if isinstance(figure, ForestFigure):
        return _forest(view, answer, figure, slug)
    if isinstance(figure, BarsFigure):
        return _bars(view, answer, figure, slug)
    if isinstance(figure, CurveFigure):
        return _curves(view, answer, figure, slug)
    return _matrix(view, figure, slug)


def marks_of(figure: AnswerFigure) -> int:
    """Count the marks that one may walk through.

    >>> marks_of(NoteFigure("", ""))
    0
    """
    if isinstance(figure, LineFigure):
        return len(figure.points)
    if isinstance(figure, ForestFigure):
        return len(figure.rows)
    if isinstance(figure, BarsFigure):
        return len(figure.bars)
    if isinstance(figure, CurveFigure):
        return sum(len(curve.points) for curve in figure.curves)
    if isinstance(figure, MatrixFigure):
        return len(figure.tiles)
    return 0


def _line(view: View, answer: Answer, figure: LineFigure, slug: str) -> LineFigure:
    column = answer.columns[0]
    points = tuple(
        msgspec.structs.replace(
            point,
            path=leads_to(view, answer.measure, column, row[0]) or f"{view.to()}#{slug}-r{at}",
        )
        for at, (point, row) in enumerate(zip(figure.points, answer.rows, strict=True))
    )
    return msgspec.structs.replace(figure, points=points)


def _forest(view: View, answer: Answer, figure: ForestFigure, slug: str) -> ForestFigure:
    by_name = {one.name: one for one in answer.results}
    anchors = (
        figure_anchor(slug, by_name[row.result]) if row.result else f"{slug}-r{row.row}"
        for row in figure.rows
    )
    rows = tuple(
        msgspec.structs.replace(row, path=f"{view.to()}#{anchor}")
        for row, anchor in zip(figure.rows, anchors, strict=True)
    )
    return msgspec.structs.replace(figure, rows=rows)


def _bars(view: View, answer: Answer, figure: BarsFigure, slug: str) -> BarsFigure:
    stages = [one for one in answer.results if one.unit == SHARE]
    anchors = (
        [figure_anchor(slug, one) for one in stages]
        if stages
        else [f"{slug}-r{at}" for at in range(len(figure.bars))]
    )
    bars = tuple(
        msgspec.structs.replace(bar, path=f"{view.to()}#{anchor}")
        for bar, anchor in zip(figure.bars, anchors, strict=True)
    )
    return msgspec.structs.replace(figure, bars=bars)


def _curves(view: View, answer: Answer, figure: CurveFigure, slug: str) -> CurveFigure:
    places: dict[str, list[int]] = {}
    for at, row in enumerate(answer.rows):
        places.setdefault(str(row[0]), []).append(at)
    curves = tuple(
        Curve(
            curve.name,
            tuple(
                msgspec.structs.replace(point, path=f"{view.to()}#{slug}-r{at}")
                for point, at in zip(curve.points, places[curve.name], strict=True)
            ),
        )
        for curve in figure.curves
    )
    return msgspec.structs.replace(figure, curves=curves)


def _matrix(view: View, figure: MatrixFigure, slug: str) -> MatrixFigure:
    tiles = tuple(
        msgspec.structs.replace(tile, path=f"{view.to()}#{slug}-r{tile.at}")
        for tile in figure.tiles
    )
    return msgspec.structs.replace(figure, tiles=tiles)
