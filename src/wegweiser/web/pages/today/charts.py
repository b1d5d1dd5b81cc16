"""The two charts of Today as figures: visitors per day, and lift with its intervals."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from wegweiser.web.charts.figures import ForestFigure, Interval, LineFigure, Point, Tick, Width
from wegweiser.web.charts.ticks import decimals_of, step_for, ticks
from wegweiser.web.text import Reader, mark

_LABELS: dict[Width, int] = {"wide": 7, "narrow": 3}
POINTS_AT_MOST = 400
_CAPTIONS = {
    "before": mark("Visitors per day, and in the period before"),
    "year": mark("Visitors per day, and a year before"),
    "none": mark("Visitors per day"),
}
_BESIDE = {
    "before": mark("{day}: {count} visitors, {before} in the period before"),
    "year": mark("{day}: {count} visitors, {before} a year before"),
}


class Daily(msgspec.Struct, frozen=True):
    """One day and its count, beside it the count of the day in the period before."""

    day: date
    count: int
    before: int | None

    @property
    def path(self) -> str:
        """The same page for this day only.

        >>> Daily(date(2026, 11, 22), 3, None).path
        '/?period=2026-11-22..2026-11-22'
        """
        return f"/?period={self.day}..{self.day}"


def visitors_figure(reader: Reader, days: Sequence[Daily], compare: str) -> LineFigure:
    """Make the line chart of visitors per day; at most the newest 400 days.

    `compare` is the word of the address: with which days these are compared.
    """
    days = days[-POINTS_AT_MOST:]
    return LineFigure(
        caption=reader.say(_CAPTIONS[compare]),
        points=tuple(
            Point(at, one.count, _named(reader, one, compare), one.path)
            for at, one in enumerate(days)
        ),
        before=tuple(one.before for one in days if one.before is not None),
        across={width: _dates(reader, days, count) for width, count in _LABELS.items()},
        up=_counts(reader, max(max(one.count, one.before or 0) for one in days)),
    )


def _named(reader: Reader, one: Daily, compare: str) -> str:
    day = reader.day(one.day.isoformat())
    if one.before is None:
        return reader.say("{day}: {count} visitors", day=day, count=reader.number(one.count))
    return reader.say(
        _BESIDE[compare],
        day=day,
        count=reader.number(one.count),
        before=reader.number(one.before),
    )


def _dates(reader: Reader, days: Sequence[Daily], labels: int) -> tuple[Tick, ...]:
    apart = max(1, -(-len(days) // labels))
    return tuple(
        Tick(at, reader.day(days[at].day.isoformat())) for at in range(0, len(days), apart)
    )


def _counts(reader: Reader, highest: int) -> tuple[Tick, ...]:
    places = ticks(0, max(highest, 4), 4, step=max(1.0, step_for(max(highest, 4), 4)))
    decimals = decimals_of(places[1] - places[0])
    return tuple(Tick(place, reader.number(place, decimals)) for place in places)


def lift_figure(reader: Reader, rows: Sequence[Interval]) -> ForestFigure:
    """Make the forest chart; the axis always holds zero and every interval."""
    low, high = min(0.0, *(row.low for row in rows)), max(0.0, *(row.high for row in rows))
    step = step_for(max(high - low, 0.001), 5)
    places = ticks(low, high, 5, step)
    decimals = decimals_of(step * 100)
    return ForestFigure(
        caption=reader.say("Difference to the comparison group, with 95% interval"),
        rows=tuple(rows),
        across=tuple(Tick(place, points(reader, place, decimals)) for place in places),
    )


def points(reader: Reader, difference: float, decimals: int) -> str:
    """Write a difference of two shares as percentage points.

    >>> points(Reader("de", "UTC", 0), 0.021, 1), points(Reader("en", "UTC", 0), -0.021, 1)
    ('+2,1', '-2.1')
    """
    value = round(difference * 100, decimals) + 0.0
    return ("+" if value > 0 else "") + reader.number(value, decimals)


def days_between(first: date, end: date) -> list[date]:
    """Give each day from `first` up to, not including, `end`."""
    return [first + timedelta(days=passed) for passed in range((end - first).days)]
