"""How we know that identifiers are one person: the evidence as a table and a small drawing."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import msgspec

from wegweiser.terms.identity import kind_of, value_of
from wegweiser.terms.source import Source, Trust
from wegweiser.web.pages.facts import cut, seen_text
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import KINDS, TRUSTS, named

NODES_AT_MOST = 12
WIDTH, HEIGHT = 640, 260
REASONS = {
    "proof_required": mark("needs proof by a server or a sign-in"),
    "alias_untrusted": mark("only a trusted source may replace an identifier"),
    "shared": mark("the device is shared"),
    "quarantined": mark("too many people use this value"),
    "two_owners": mark("two people use this device"),
    "claim_on_known": mark("claims somebody who is known already"),
    "unique_conflict": mark("would join two proven people"),
    "limit_exceeded": mark("too many values of this kind in too short a time"),
    "separated": mark("an operator said that they are two"),
    "cut": mark("an operator took this evidence out"),
    "restored": mark("an operator went back to a time before it"),
    "blocked": mark("the value is nobody's identifier"),
    "cap_identifiers": mark("the person has as many identifiers as one can have"),
    "cap_merges": mark("the person is made of as many parts as one can be"),
    "proof_invalid": mark("its proof is not valid"),
    "inferred": mark("it is only a suggestion"),
    "waiting": mark("too much is joined here; it waits for an operator"),
    "frozen": mark("too much is joined here; it waits for an operator"),
}
# For whom an identifier is written: on the page of one person not all are theirs.
ReaderOf = Callable[[str], Reader]
# What would make the pair join.
CHANGES = {
    "proof_required": mark("A sign-in, or the same statement from a server, would join them."),
    "alias_untrusted": mark("The same statement from a server would join them."),
    "shared": mark("Taking the other person's evidence on the device out would join them."),
    "quarantined": mark("Rules that allow this value would join them."),
    "two_owners": mark("A sign-in of one person on both devices would join them."),
    "claim_on_known": mark("A click in a mail to this address would join them."),
    "unique_conflict": mark("Saying which id replaces the other would join them."),
    "limit_exceeded": mark("The same evidence again later would join them."),
    "separated": mark("Undoing what the operator said would join them."),
    "cut": mark("Undoing what the operator said would join them."),
    "restored": mark("Undoing what the operator said would join them."),
    "cap_identifiers": mark("Rules that allow more would join them."),
    "cap_merges": mark("Rules that allow more would join them."),
    "waiting": mark("An operator can release it."),
    "frozen": mark("An operator can release it."),
}


class Evidence(Protocol):
    """What the views tell of one link."""

    @property
    def a(self) -> str: ...
    @property
    def b(self) -> str: ...
    @property
    def source_id(self) -> str: ...
    @property
    def trust(self) -> Trust: ...
    @property
    def at(self) -> int: ...
    @property
    def message_id(self) -> str: ...
    @property
    def reason(self) -> str: ...


class Link(msgspec.Struct, frozen=True):
    """One row of the table: two identifiers and what says that they belong together."""

    a: str
    b: str
    source: str
    trust: str
    at: str
    times: str
    message_id: str
    joins: bool
    reason: str
    change: str
    pair: tuple[str, str]


class Node(msgspec.Struct, frozen=True):
    """A point of the drawing."""

    x: float
    y: float
    kind: str
    value: str


class Stroke(msgspec.Struct, frozen=True):
    """A line of the drawing; one that does not join is dashed."""

    x1: float
    y1: float
    x2: float
    y2: float
    joins: bool


class Graph(msgspec.Struct, frozen=True):
    """The drawing of the strongest links."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    strokes: tuple[Stroke, ...]


def links_of(
    reader: Reader, evidence: Iterable[Evidence], sources: Iterable[Source], reader_of: ReaderOf
) -> tuple[Link, ...]:
    """Make a row of all evidence that says the same: its oldest event, and how often."""
    names = {source.source_id: source.name for source in sources}
    alike: dict[tuple[str, str, str, int, str], list[Evidence]] = {}
    for one in evidence:
        alike.setdefault((one.a, one.b, one.source_id, int(one.trust), one.reason), []).append(one)
    return tuple(
        _link(reader, min(found, key=lambda one: one.at), len(found), names, reader_of)
        for found in alike.values()
    )


def _link(
    reader: Reader, one: Evidence, times: int, names: dict[str, str], reader_of: ReaderOf
) -> Link:
    of_operator = one.trust == Trust.OPERATOR
    trust = reader.say(TRUSTS[int(one.trust)])
    return Link(
        a=identifier_in_words(reader_of(one.a), one.a),
        b=identifier_in_words(reader_of(one.b), one.b),
        source=trust if of_operator else names.get(one.source_id, one.source_id),
        trust=trust,
        at=reader.moment(one.at),
        times=reader.number(times),
        message_id=seen_text(reader, one.message_id),
        joins=not one.reason,
        reason=named(reader, REASONS, one.reason),
        change=reader.say(CHANGES[one.reason]) if one.reason in CHANGES else "",
        pair=(one.a, one.b),
    )


def identifier_in_words(reader: Reader, name: str) -> str:
    """Write an identifier with its type in words, its value as far as the reader may see it."""
    return f"{named(reader, KINDS, kind_of(name))} {reader.private(cut(value_of(name)))}"


def graph_of(reader: Reader, evidence: Sequence[Evidence], reader_of: ReaderOf) -> Graph | None:
    """Place the identifiers on an ellipse; None when there is nothing to join."""
    ends = [name for one in evidence for name in (one.a, one.b)]
    names = list(dict.fromkeys(ends))[:NODES_AT_MOST]
    if len(names) < 2:
        return None
    places = {name: _place(number, len(names)) for number, name in enumerate(names)}
    nodes = tuple(
        Node(
            *places[name],
            named(reader, KINDS, kind_of(name)),
            _short(reader_of(name), value_of(name)),
        )
        for name in names
    )
    strokes = {
        (one.a, one.b, not one.reason): Stroke(*places[one.a], *places[one.b], not one.reason)
        for one in evidence
        if one.a in places and one.b in places
    }
    return Graph(WIDTH, HEIGHT, nodes, tuple(strokes.values()))


def _place(number: int, count: int) -> tuple[float, float]:
    angle = math.pi + 2 * math.pi * number / count
    x = WIDTH / 2 + (WIDTH / 2 - 110) * math.cos(angle)
    y = HEIGHT / 2 + (HEIGHT / 2 - 40) * math.sin(angle)
    return round(x, 1), round(y, 1)


def _short(reader: Reader, value: str) -> str:
    value = reader.private(value)
    return value if len(value) <= 22 else f"{value[:12]}…{value[-8:]}"
