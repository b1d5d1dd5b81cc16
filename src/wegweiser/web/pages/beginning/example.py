"""Rows of an example, for pages that have nothing to show yet; nobody in them is real."""

from wegweiser.terms.instant import HOUR_MS
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import ARMS, EVENTS, VERDICTS

# A cell is a marked word, a number, a share of 1, a moment as hours ago, or a name as it is.
Value = str | int | float | tuple[int, str]

_BEST, _LEARN = mark("the best one"), mark("drawn to keep learning")
_BETTER, _OPEN = VERDICTS["helps"], VERDICTS["cannot_tell"]
_EXPLORE, _EVALUATE, _VALIDATE = mark("explore"), mark("evaluate"), mark("validate")
_STORED, _ASIDE = mark("stored"), mark("set aside")
_LIVE, _PAUSED = mark("live"), mark("paused")

# Kind of example -> heads of the columns, and rows.
EXAMPLES: dict[str, tuple[tuple[str, ...], tuple[tuple[Value, ...], ...]]] = {
    "today": (
        (mark("Figure"), mark("Value"), mark("Period before")),
        (
            (mark("Visitors"), 1_240, 1_170),
            (mark("Decisions"), 3_810, 3_640),
            (mark("Known profiles"), 412, 398),
        ),
    ),
    "profiles": (
        (mark("Name"), mark("Account"), mark("Last seen")),
        (
            ("Ada Example", "Example Tools", (2, "ago")),
            ("Ben Example", "Example Mills", (5, "ago")),
        ),
    ),
    "pairs": (
        (mark("Name"), mark("Comparison"), mark("Probability")),
        (("Ada Example", "A. Example", 0.97), ("Ben Example", "Benno Example", 0.71)),
    ),
    "journeys": (
        (mark("From"), mark("To"), mark("Accounts")),
        ((_EXPLORE, _EVALUATE, 42), (_EVALUATE, _VALIDATE, 17), (_VALIDATE, _EXPLORE, 5)),
    ),
    "segments": (
        (mark("Name"), mark("Rule"), mark("Size")),
        (("team", 'person.traits.plan == "team"', 318),),
    ),
    "messages": (
        (mark("Message"), mark("State"), mark("Seen by"), mark("Lift")),
        (("cart-reminder", _LIVE, 2_140, _BETTER), ("spring-guide", _PAUSED, 910, _OPEN)),
    ),
    "decisions": (
        (mark("Message"), mark("Reason"), mark("Probability"), mark("Arm")),
        (
            ("cart-reminder", _BEST, 0.82, ARMS["main"]),
            ("spring-guide", _LEARN, 0.06, ARMS["main"]),
        ),
    ),
    "events": (
        (mark("Event"), mark("Source"), mark("What became of it")),
        (
            (EVENTS["Page Viewed"], "website", _STORED),
            (EVENTS["Identified"], "shop", _STORED),
            ("Order Completed", "shop", _ASIDE),
        ),
    ),
}


def example_of(reader: Reader, kind: str) -> Table:
    """Give the rows of an example in the language of the reader.

    >>> example_of(Reader("de", "UTC", 0), "journeys").rows[0].cells[2].text
    '42'
    """
    heads, rows = EXAMPLES[kind]
    numbers = [isinstance(one, int | float) for one in rows[0]]
    columns = tuple(
        Column(reader.say(words), number) for words, number in zip(heads, numbers, strict=True)
    )
    return Table(
        columns,
        tuple(Row(tuple(Cell(_written(reader, one)) for one in row)) for row in rows),
        caption=reader.say("Example, not your data"),
    )


def _written(reader: Reader, one: Value) -> str:
    if isinstance(one, str):
        return reader.say(one)
    if isinstance(one, tuple):
        return reader.moment(reader.now - one[0] * HOUR_MS)
    return reader.percent(one, 0) if isinstance(one, float) else reader.number(one)
