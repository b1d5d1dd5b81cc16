"""What became of a message lately, in words: per channel and stage, and why it loses."""

from collections.abc import Iterable, Mapping

import msgspec
from starlette.requests import Request

from wegweiser.web.pages.decisions.explanation import Reason
from wegweiser.web.pages.decisions.reasons import caps_of, why
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import cut
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.small_counts import shown
from wegweiser.web.text import Reader
from wegweiser.web.values import value_words

REASONS_SHOWN = 10


class Part(msgspec.Struct, frozen=True):
    """Decisions for it on one channel or at one stage, and what followed."""

    decisions: int
    people: int
    seen: int
    clicked: int


class Told(msgspec.Struct, frozen=True):
    """What the operation tells."""

    looked_at: int
    chosen: int
    held_back: int
    outdrawn: int
    dropped: dict[str, int]
    channels: dict[str, Part]
    stages: dict[str, Part]


class CourseShown(msgspec.Struct, frozen=True):
    """The tables of the page, and the sentence above them."""

    sentence: str
    channels: Table
    stages: Table
    losses: Table


async def course_of(desk: Desk, request: Request, key: str) -> CourseShown:
    """Ask what became of a message in the newest decisions."""
    reader = desk.reader(request)
    told = msgspec.convert(await desk.run(request, "message_course", {"key": key}), Told)
    sentence = reader.say(
        "In the newest {count} decisions it was chosen {chosen} times, {held} times only the"
        " control group kept it back, and {lost} times another was drawn.",
        count=reader.number(told.looked_at),
        chosen=shown(reader, told.chosen),
        held=shown(reader, told.held_back),
        lost=shown(reader, told.outdrawn),
    )
    return CourseShown(
        sentence,
        _parts(reader, reader.say("Channel"), "channel", told.channels.items()),
        _parts(reader, reader.say("Stage"), "stage", told.stages.items()),
        _losses(reader, told, caps_of(desk, reader)),
    )


def _parts(reader: Reader, name: str, column: str, parts: Iterable[tuple[str, Part]]) -> Table:
    columns = (
        Column(name),
        Column(reader.say("Decisions"), number=True),
        Column(reader.say("People"), number=True),
        Column(reader.say("Seen"), number=True),
        Column(reader.say("Clicked"), number=True),
    )
    ordered = sorted(parts, key=lambda one: (-one[1].decisions, one[0]))
    rows = tuple(
        Row(
            (
                Cell(value_words(reader, column, code) or reader.say("not known")),
                *(
                    Cell(shown(reader, number))
                    for number in (one.decisions, one.people, one.seen, one.clicked)
                ),
            )
        )
        for code, one in ordered
    )
    return Table(columns, rows, reader.say("It was not chosen in the newest decisions."))


def _losses(reader: Reader, told: Told, caps: Mapping[str, str]) -> Table:
    """Say why it loses: outdrawn by another, or kept back, the commonest first."""
    columns = (Column(reader.say("Why it loses")), Column(reader.say("Decisions"), number=True))
    found: list[tuple[str, int]] = [
        (_why(reader, code, caps), many) for code, many in told.dropped.items()
    ]
    if told.outdrawn:
        found.append((reader.say("another message was drawn"), told.outdrawn))
    ordered = sorted(found, key=lambda one: (-one[1], one[0]))[:REASONS_SHOWN]
    rows = tuple(Row((Cell(words), Cell(shown(reader, many)))) for words, many in ordered)
    return Table(columns, rows, reader.say("It did not lose in the newest decisions."))


def _why(reader: Reader, code: str, caps: Mapping[str, str]) -> str:
    step, _, reason = code.partition(":")
    return cut(why(reader, Reason(step, reason), caps))
