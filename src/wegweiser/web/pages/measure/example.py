"""Charts of an example, for panels that have no data yet."""

from wegweiser.web.charts.figures import (
    AnswerFigure,
    Bar,
    BarsFigure,
    ForestFigure,
    Interval,
    LineFigure,
    Point,
    Tick,
    Width,
)
from wegweiser.web.text import Reader

_DAYS = (12.0, 15.0, 11.0, 18.0, 21.0, 17.0, 24.0, 26.0)
_LIFTS = ((0.06, 0.03, 0.09, "good"), (0.01, -0.02, 0.04, ""), (-0.01, -0.035, 0.015, ""))
_AMOUNTS = (40.0, 28.0, 15.0)
JUDGED = ("lift", "verdicts", "geo.", "allocate.")
OVER_TIME = ("web.visits", "revenue.ledger", "watch.", "trend.")


def example_figure(reader: Reader, measure: str) -> AnswerFigure:
    """Give a chart of invented figures of the kind that a measure has."""
    if measure.startswith(JUDGED):
        return _forest(reader)
    return _line(reader) if measure.startswith(OVER_TIME) else _bars(reader)


def _named(reader: Reader, at: int) -> str:
    return reader.say("Example {letter}", letter="ABC"[at])


def _line(reader: Reader) -> LineFigure:
    points = tuple(
        Point(at, value, reader.say("Example: {value}", value=reader.number(value)))
        for at, value in enumerate(_DAYS)
    )
    along = tuple(
        Tick(at, reader.say("Day {number}", number=reader.number(at + 1))) for at in (0, 3, 6)
    )
    up = tuple(Tick(at, reader.number(at)) for at in (0, 10, 20, 30))
    across: dict[Width, tuple[Tick, ...]] = {"wide": along, "narrow": along}
    return LineFigure(reader.say("Example, not your data"), points, (), across, up)


def _forest(reader: Reader) -> ForestFigure:
    rows = tuple(
        Interval(
            _named(reader, at),
            estimate,
            low,
            high,
            reader.percent(estimate, 0),
            f"{_named(reader, at)}: {reader.percent(estimate, 0)}",
            tone,
        )
        for at, (estimate, low, high, tone) in enumerate(_LIFTS)
    )
    across = tuple(Tick(at, reader.percent(at, 0)) for at in (-0.05, 0.0, 0.05, 0.1))
    return ForestFigure(reader.say("Example, not your data"), rows, across)


def _bars(reader: Reader) -> BarsFigure:
    bars = tuple(
        Bar(
            _named(reader, at),
            value,
            reader.number(value),
            f"{_named(reader, at)}: {reader.number(value)}",
        )
        for at, value in enumerate(_AMOUNTS)
    )
    across = tuple(Tick(at, reader.number(at)) for at in (0, 20, 40))
    return BarsFigure(reader.say("Example, not your data"), bars, across)
