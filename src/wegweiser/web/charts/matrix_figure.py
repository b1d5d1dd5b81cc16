"""Groups of customers as a matrix: value upwards, potential to the right."""

from collections.abc import Sequence

import msgspec

from wegweiser.terms.column import column_word
from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer
from wegweiser.web.charts.figures import MatrixFigure, Tile
from wegweiser.web.text import Reader

_LEVELS = ("low", "middle", "high")
_SIDE = len(_LEVELS)
_Place = tuple[int, int]


def matrix_of(answer: Answer, caption: str, reader: Reader) -> MatrixFigure | None:
    """Draw each group over its cells, darker the more it is worth; None for other answers."""
    if answer.columns[:2] != ("group", "cells"):
        return None
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    most = max((_worth(row) for row in rows), default=0.0)
    tiles = [
        msgspec.structs.replace(tile, at=at)
        for at, row in enumerate(rows)
        for tile in _tiles(row, most, reader)
    ]
    columns, upwards = (
        tuple(column_word(f"{level}_{axis}", reader.language) for level in _LEVELS)
        for axis in ("potential", "value")
    )
    return MatrixFigure(caption, columns, upwards[::-1], tuple(tiles))


def _worth(row: dict[str, Json]) -> float:
    return max(0.0, float(str(row["value"])))


def _tiles(row: dict[str, Json], most: float, reader: Reader) -> list[Tile]:
    """Draw one field over cells that are a rectangle, else one per cell with words in the first."""
    places = [_place(cell) for cell in str(row["cells"]).split(", ")]
    customers = reader.number(float(str(row["customers"])))
    words = f"{customers} {column_word('customers', reader.language)}"
    second = f"{column_word('value', reader.language)} {reader.number(float(str(row['value'])))}"
    label = f"{row[f'name_{reader.language}']}: {words}, {second}"
    shade = _worth(row) / most if most > 0 else 0.0
    (left, top), (right, bottom) = _corners(places)
    if (right - left) * (bottom - top) == len(places):
        return [Tile(left, right, top, bottom, words, second, shade, label)]
    return [
        Tile(x, x + 1, y, y + 1, words if not at else "", second if not at else "", shade, label)
        for at, (x, y) in enumerate(places)
    ]


def _place(cell: str) -> _Place:
    value, potential = (_LEVELS.index(level) for level in cell.split("/"))
    return potential, _SIDE - 1 - value


def _corners(places: Sequence[_Place]) -> tuple[_Place, _Place]:
    across, down = ([place[axis] for place in places] for axis in (0, 1))
    return (min(across), min(down)), (max(across) + 1, max(down) + 1)
