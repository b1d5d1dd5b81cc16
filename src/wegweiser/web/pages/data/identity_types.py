"""Types of identifiers for review: which senders made up, and how many values a person has."""

from starlette.requests import Request

from wegweiser.terms.json import JsonObject
from wegweiser.terms.role import SMALLEST_CELL
from wegweiser.web.pages.data.show import Card
from wegweiser.web.pages.data.told import moment_in, whole_in, word_in
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.pages.small_counts import shown
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import named

STATES = {
    "unclassified": mark("for review: counts as weak"),
    "classified": mark("classified"),
    "refused": mark("refused as identifier"),
}


async def seen_types(desk: Desk, request: Request) -> JsonObject:
    """Ask for the types, without waiting for very many."""
    told = await desk.run(request, "identity_types", {"wait": False})
    assert isinstance(told, dict)
    return told


def kinds_in(told: JsonObject) -> list[str]:
    """Give the names of the types."""
    return [word_in(one, "type") for one in rows_in(told.get("types"))]


def types_card(reader: Reader, told: JsonObject) -> Card:
    """List the types with values per person, and say what becomes of them."""
    rows = rows_in(told.get("types"))
    waiting = sum(word_in(one, "state") == "unclassified" for one in rows)
    sentence = reader.count(
        "{count} type that senders made up is for review. From {most} values per person on "
        "average a type is refused, unless the rules of identity give it a class.",
        "{count} types that senders made up are for review. From {most} values per person on "
        "average a type is refused, unless the rules of identity give it a class.",
        waiting,
        most=reader.number(whole_in(told, "refused_from")),
    )
    columns = (
        Column(reader.say("Type")),
        Column(reader.say("State")),
        Column(reader.say("Values per person"), number=True),
        Column(reader.say("Distinct values"), number=True),
        Column(reader.say("People"), number=True),
        Column(reader.say("Since")),
        Column(reader.say("Sources")),
    )
    nothing = reader.say("No sender made up a type of identifier.")
    if told.get("counted_at") is None:
        nothing = reader.say("The values are being counted. Look again in some minutes.")
        sentence = ""
    table = Table(columns, tuple(_row(reader, one) for one in rows), nothing)
    return Card(reader.say("Types for review"), sentence=sentence, table=table)


def _row(reader: Reader, one: JsonObject) -> Row:
    since, sources = moment_in(one, "since"), one.get("sources")
    persons = whole_in(one, "persons")
    is_crowded = one.get("crowded") is True
    return Row(
        (
            Cell(word_in(one, "type"), code=True),
            Cell(named(reader, STATES, word_in(one, "state"))),
            Cell(_average(reader, one, persons), tone="bad" if is_crowded else ""),
            Cell(shown(reader, whole_in(one, "values"))),
            Cell(shown(reader, persons)),
            Cell("–" if since is None else reader.day_of(since)),
            Cell(", ".join(map(str, sources)) if isinstance(sources, list) else ""),
        )
    )


def _average(reader: Reader, one: JsonObject, persons: int) -> str:
    average = one.get("values_per_person")
    hidden = reader.sight == "counts" and persons < SMALLEST_CELL
    if hidden or not persons or not isinstance(average, int | float):
        return "–"
    return reader.number(average, 2)
