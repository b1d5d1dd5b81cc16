"""One timeline of a person: events, decisions and their outcomes, newest first."""

from collections.abc import Iterable, Sequence

import msgspec

from wegweiser.terms.decision import Decision
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.profile import Happening
from wegweiser.web.pages.facts import cut, seen_text
from wegweiser.web.text import Reader
from wegweiser.web.words import CHANNELS, EVENTS, OUTCOMES, named

LINES_AT_MOST = 250


class Line(msgspec.Struct, frozen=True):
    """One line; `why` is the page that explains a decision."""

    at: int
    kind: str
    time: str
    name: str
    detail: str
    why: str = ""


class Day(msgspec.Struct, frozen=True):
    """The lines of one day."""

    name: str
    lines: tuple[Line, ...]


def timeline_of(
    reader: Reader,
    happenings: Iterable[Happening],
    decisions: Iterable[Decision],
    outcomes: Iterable[Outcome],
) -> tuple[Day, ...]:
    """Merge everything into days, newest first."""
    lines = [_event(reader, one) for one in happenings]
    lines += [_decision(reader, one) for one in decisions]
    lines += [_outcome(reader, one) for one in outcomes]
    lines.sort(key=lambda line: -line.at)
    return _days(reader, lines[:LINES_AT_MOST])


def _days(reader: Reader, lines: Sequence[Line]) -> tuple[Day, ...]:
    days: dict[str, list[Line]] = {}
    for line in lines:
        days.setdefault(reader.day_of(line.at), []).append(line)
    return tuple(Day(name, tuple(found)) for name, found in days.items())


def _event(reader: Reader, one: Happening) -> Line:
    name = named(reader, EVENTS, one.name)
    return Line(one.at, "event", reader.time(one.at), cut(name), seen_text(reader, one.detail))


def _decision(reader: Reader, one: Decision) -> Line:
    return Line(
        one.at,
        "decision",
        reader.time(one.at),
        decided(reader, one),
        named(reader, CHANNELS, one.channel),
        f"/decisions/{one.decision_id}",
    )


def decided(reader: Reader, one: Decision) -> str:
    """Say in a few words what was decided."""
    if one.ghost:
        return reader.say("Nothing shown: control group")
    if not one.items:
        return reader.say("Nothing shown")
    messages = reader.all_of([cut(item.message) for item in one.items])
    return reader.say("Message chosen: {message}", message=messages)


def _outcome(reader: Reader, one: Outcome) -> Line:
    detail = one.goal or one.placement
    return Line(
        one.at, "outcome", reader.time(one.at), named(reader, OUTCOMES, one.kind), cut(detail)
    )
