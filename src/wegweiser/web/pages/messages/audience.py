"""The live audience of a message in three numbers, and what keeps it from the others."""

from collections.abc import Mapping

import msgspec

from wegweiser.terms.json import Json
from wegweiser.web.pages.decisions.explanation import Reason
from wegweiser.web.pages.decisions.reasons import why
from wegweiser.web.pages.small_counts import shown
from wegweiser.web.text import Reader


class Count(msgspec.Struct, frozen=True):
    """A number of people with its interval, and of companies."""

    people: int
    low: int
    high: int
    accounts: int


class Reach(msgspec.Struct, frozen=True):
    """Whom a message would reach, as its operation tells it."""

    matches: Count
    consented: Count
    free: Count
    of_all: int
    looked_at: int
    exact: bool
    against: dict[str, int]
    examples: tuple[str, ...]
    excluded: tuple[str, ...]


class Line(msgspec.Struct, frozen=True):
    """One of the three numbers; `id` names it for whoever looks for it on the page."""

    id: str
    name: str
    people: str
    accounts: str
    between: str


class Audience(msgspec.Struct, frozen=True):
    """The audience in words."""

    sentence: str
    lines: tuple[Line, ...]
    against: tuple[tuple[str, str], ...]


def read_reach(told: Json) -> Reach:
    """Read what the operation tells."""
    return msgspec.convert(told, Reach)


def audience_of(reader: Reader, reach: Reach, caps: Mapping[str, str]) -> Audience:
    """Say whom a message would reach; small numbers are hidden from who sees counts only."""
    lines = (
        _line(reader, "matches", reader.say("Match the rules"), reach.matches),
        _line(reader, "consented", reader.say("Have given consent as well"), reach.consented),
        _line(reader, "free", reader.say("May be contacted today"), reach.free),
    )
    against = tuple(
        (_words(reader, written, caps), shown(reader, number))
        for written, number in reach.against.items()
    )
    sentence = reader.say(
        "Of {all} people {free} may be reached by this message today.",
        all=shown(reader, reach.of_all),
        free=lines[2].people,
    )
    return Audience(sentence, lines, against)


def _line(reader: Reader, id_: str, name: str, count: Count) -> Line:
    between = ""
    if count.low != count.high:
        between = reader.say(
            "between {low} and {high}",
            low=reader.number(count.low),
            high=reader.number(count.high),
        )
    return Line(id_, name, shown(reader, count.people), shown(reader, count.accounts), between)


def _words(reader: Reader, written: str, caps: Mapping[str, str]) -> str:
    step, _, reason = written.partition(":")
    return why(reader, Reason(step, reason), caps)
