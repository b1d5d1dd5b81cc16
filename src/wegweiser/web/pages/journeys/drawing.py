"""The stage flow as a drawing: stages left and right, a ribbon for each kind of move."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

HEIGHT, TOP, GAP = 400, 28, 10


class Shape(msgspec.Struct, frozen=True):
    """How wide a drawing is, and where its two rows of bars stand."""

    width: int
    left: int
    right: int
    bar: int
    # Between a bar and its name.
    gap: int


WIDE = Shape(760, 170, 590, 12, 10)
# Fits a phone without a step to the side.
NARROW = Shape(324, 118, 206, 8, 5)


class Node(msgspec.Struct, frozen=True):
    """A stage at one end: a bar with its name and count."""

    x: float
    y: float
    height: float
    text_x: float
    anchor: str
    name: str
    count: str


class Ribbon(msgspec.Struct, frozen=True):
    """A move: its outline, its kind, what it says, and the list behind it."""

    path: str
    way: str
    label: str
    link: str


class FlowDrawing(msgspec.Struct, frozen=True):
    """Everything that the macro draws."""

    width: int
    height: int
    bar: int
    # Where the words above the bars end, and begin.
    heads: tuple[int, int]
    nodes: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]


class Cell(msgspec.Struct, frozen=True):
    """One kind of move to be drawn; `size` is how thick."""

    source: str
    target: str
    size: int
    way: str
    label: str
    link: str


def drawing_of(
    stages: Sequence[str],
    cells: Sequence[Cell],
    name: Callable[[str], str],
    counts: tuple[Mapping[str, str], Mapping[str, str]],
    shape: Shape = WIDE,
) -> FlowDrawing:
    """Place the stages by size and let the ribbons run; `counts` by stage at start and end."""
    total = sum(cell.size for cell in cells)
    left = _places(stages, [(cell.source, cell.size) for cell in cells], total)
    right = _places(stages, [(cell.target, cell.size) for cell in cells], total)
    nodes = [
        _node(shape, place, name(stage), counts[0][stage], True) for stage, place in left.items()
    ] + [
        _node(shape, place, name(stage), counts[1][stage], False) for stage, place in right.items()
    ]
    bottom = max((node.y + node.height for node in nodes), default=HEIGHT)
    ribbons = _ribbons(shape, stages, cells, left, right)
    heads = (shape.left - shape.gap, shape.right + shape.gap)
    return FlowDrawing(shape.width, round(bottom) + GAP, shape.bar, heads, tuple(nodes), ribbons)


# Top and height of a bar.
_Place = tuple[float, float]


def _places(
    stages: Sequence[str], sizes: Sequence[tuple[str, int]], total: int
) -> dict[str, _Place]:
    present = [
        (stage, size)
        for stage in stages
        if (size := sum(number for name, number in sizes if name == stage))
    ]
    scale = (HEIGHT - GAP * (len(stages) - 1)) / total if total else 0.0
    places: dict[str, _Place] = {}
    y = float(TOP)
    for stage, size in present:
        places[stage] = (y, size * scale)
        # Room for two lines of text beside a thin bar.
        y += max(size * scale + GAP, 20)
    return places


def _node(shape: Shape, place: _Place, name: str, count: str, left: bool) -> Node:
    y, height = place
    x = shape.left if left else shape.right - shape.bar
    text_x = shape.left - shape.gap if left else shape.right + shape.gap
    return Node(
        x, round(y, 1), round(max(height, 1), 1), text_x, "end" if left else "start", name, count
    )


def _ribbons(
    shape: Shape,
    stages: Sequence[str],
    cells: Sequence[Cell],
    left: Mapping[str, _Place],
    right: Mapping[str, _Place],
) -> tuple[Ribbon, ...]:
    order = {stage: place for place, stage in enumerate(stages)}
    total = sum(cell.size for cell in cells)
    scale = (HEIGHT - GAP * (len(stages) - 1)) / total if total else 0.0
    out = {stage: y for stage, (y, _) in left.items()}
    into = {stage: y for stage, (y, _) in right.items()}
    starts: dict[Cell, float] = {}
    ends: dict[Cell, float] = {}
    for cell in sorted(cells, key=lambda one: (order[one.source], order[one.target])):
        starts[cell] = out[cell.source]
        out[cell.source] += cell.size * scale
    for cell in sorted(cells, key=lambda one: (order[one.target], order[one.source])):
        ends[cell] = into[cell.target]
        into[cell.target] += cell.size * scale
    # Those who stayed lie below all others.
    ordered = sorted(cells, key=lambda one: (one.way != "stayed", one.size))
    return tuple(
        Ribbon(
            _outline(shape, starts[cell], ends[cell], cell.size * scale),
            cell.way,
            cell.label,
            cell.link,
        )
        for cell in ordered
    )


def _outline(shape: Shape, start: float, end: float, thick: float) -> str:
    x0, x1 = shape.left + shape.bar, shape.right - shape.bar
    middle = (x0 + x1) // 2
    thick = max(thick, 1.5)
    return (
        f"M{x0} {start:.1f}C{middle} {start:.1f} {middle} {end:.1f} {x1} {end:.1f}"
        f"v{thick:.1f}C{middle} {end + thick:.1f} {middle} {start + thick:.1f}"
        f" {x0} {start + thick:.1f}z"
    )
