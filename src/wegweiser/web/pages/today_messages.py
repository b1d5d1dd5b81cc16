"""The table of messages on Today: who saw them, clicked them, and reached the goal later."""

import msgspec

from wegweiser.terms.json import JsonObject
from wegweiser.terms.result import Answer
from wegweiser.web.pages.rows import number_in, number_or_none, rows_of, text_in
from wegweiser.web.text import Reader


class MessageRow(msgspec.Struct, frozen=True):
    """One message; a rate is empty while too few people saw it."""

    message: str
    people: str
    exposures: str
    clicked: str
    clicked_between: str
    reached: str
    reached_between: str


def message_rows(reader: Reader, answer: Answer | None) -> tuple[MessageRow, ...]:
    """Make a row of each message that was seen."""
    return tuple(_row(reader, row) for row in rows_of(answer))


def _row(reader: Reader, row: JsonObject) -> MessageRow:
    return MessageRow(
        message=text_in(row, "message"),
        people=reader.number(number_in(row, "people")),
        exposures=reader.number(number_in(row, "exposures")),
        clicked=_rate(reader, row, "click_rate"),
        clicked_between=_between(reader, row, "click_rate"),
        reached=_rate(reader, row, "goal_rate"),
        reached_between=_between(reader, row, "goal_rate"),
    )


def _rate(reader: Reader, row: JsonObject, name: str) -> str:
    share = number_or_none(row, name)
    return "" if share is None else reader.percent(share)


def _between(reader: Reader, row: JsonObject, name: str) -> str:
    low, high = number_or_none(row, f"{name}_low"), number_or_none(row, f"{name}_high")
    if low is None or high is None:
        return ""
    return reader.say(
        "between {low} and {high}", low=reader.number(low * 100, 1), high=reader.percent(high)
    )
