"""Charts of the sources: what each of them sent hour by hour, and how much of it was refused."""

from wegweiser.terms.instant import HOUR_MS
from wegweiser.terms.json import JsonObject
from wegweiser.web.charts.figures import Bar, BarsFigure, Tick
from wegweiser.web.charts.ticks import decimals_of, ticks
from wegweiser.web.pages.data.courses import Course, course_card, drawn
from wegweiser.web.pages.data.show import Card
from wegweiser.web.pages.data.told import moment_in, whole_in, word_in
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.text import Reader

SLUG = "source-refused"


async def source_charts(
    desk: Desk, reader: Reader, path: str, found: list[JsonObject]
) -> list[Card]:
    """Give the cards with something to draw on them."""
    course = await course_card(desk, reader, path, hours_of(reader, found))
    return [*([] if course is None else [course]), *await _refused(desk, reader, path, found)]


def hours_of(reader: Reader, found: list[JsonObject]) -> Course:
    """Tell what each source sent in each hour, from the first that was looked at until now."""
    by_source = {
        word_in(one, "source"): {
            moment_in(hour, "hour") or 0: whole_in(hour, "elements")
            for hour in rows_in(one.get("hours"))
        }
        for one in found
        if one.get("hours")
    }
    known = [at for hours in by_source.values() for at in hours]
    first = min(known, default=reader.now)
    hours = range(first, reader.now // HOUR_MS * HOUR_MS + 1, HOUR_MS) if known else range(0)
    return Course(
        slug="source-hours",
        title=reader.say("Events per hour"),
        caption=reader.say("Events per hour and source, as the last 2,000 requests show"),
        heading=reader.say("Hour"),
        times=tuple(reader.moment(at) for at in hours),
        marks=tuple(reader.time(at) for at in hours),
        counts=tuple(
            (name, tuple(counts.get(at, 0) for at in hours)) for name, counts in by_source.items()
        ),
    )


async def _refused(desk: Desk, reader: Reader, path: str, found: list[JsonObject]) -> list[Card]:
    heard = [one for one in found if whole_in(one, "elements")]
    if not any(whole_in(one, "refused") for one in heard):
        return []
    figure = refused_figure(reader, path, heard)
    columns = (
        Column(reader.say("Source")),
        Column(reader.say("Share rejected"), number=True),
        Column(reader.say("Events"), number=True),
    )
    rows = tuple(
        Row(
            (Cell(bar.name), Cell(bar.shown), Cell(reader.number(whole_in(one, "elements")))),
            anchor=f"{SLUG}-r{at}",
        )
        for at, (bar, one) in enumerate(zip(figure.bars, heard, strict=True))
    )
    twin = Table(columns, rows, caption=figure.caption)
    return [Card(reader.say("Share rejected"), chart=await drawn(desk, figure), twin=twin)]


def refused_figure(reader: Reader, path: str, heard: list[JsonObject]) -> BarsFigure:
    """Draw how much of what each source sent was refused."""
    shares = [whole_in(one, "refused") / whole_in(one, "elements") for one in heard]
    places = ticks(0.0, max(0.01, *shares), 5)
    decimals = decimals_of((places[1] - places[0]) * 100)
    bars = tuple(
        Bar(
            name,
            share,
            reader.percent(share),
            reader.say("{name}: {share} rejected", name=name, share=reader.percent(share)),
            path=f"{path}#{SLUG}-r{at}",
        )
        for at, (name, share) in enumerate(
            zip((word_in(one, "source") for one in heard), shares, strict=True)
        )
    )
    return BarsFigure(
        reader.say("Share rejected, by source"),
        bars,
        tuple(Tick(at, reader.percent(at, decimals)) for at in places),
    )
