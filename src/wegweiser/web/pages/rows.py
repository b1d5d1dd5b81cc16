"""Rows of answers and of what operations give, read by the names of their columns."""

from collections.abc import Iterator

from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.result import Answer


def rows_of(answer: Answer | None) -> Iterator[JsonObject]:
    """Yield each row as an object; nothing for no answer."""
    if answer is not None:
        for row in answer.rows:
            yield dict(zip(answer.columns, row, strict=True))


def rows_in(told: Json, name: str = "") -> list[JsonObject]:
    """Give the objects of a list, or of the list under a name; none where there is no list.

    >>> rows_in({"people": [{"name": "ada"}, None]}, "people"), rows_in(None)
    ([{'name': 'ada'}], [])
    """
    listed = told.get(name) if name and isinstance(told, dict) else told
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def number_in(row: JsonObject, column: str) -> float:
    """Read a number; 0 where there is none."""
    value = row.get(column)
    return float(value) if isinstance(value, int | float) else 0.0


def number_or_none(row: JsonObject, column: str) -> float | None:
    """Read a number; None where there is none."""
    value = row.get(column)
    return float(value) if isinstance(value, int | float) else None


def text_in(row: JsonObject, column: str) -> str:
    """Read a label; empty where there is none."""
    value = row.get(column)
    return "" if value is None else str(value)


def estimate_of(answer: Answer | None, name: str) -> float | None:
    """Give the estimate of one result by its name."""
    if answer is None:
        return None
    return next((found.estimate for found in answer.results if found.name == name), None)
