"""How answers are printed: one JSON document, or a short table for people."""

import sys

import msgspec
from rich.console import Console
from rich.table import Table

from wegweiser.terms.json import Json, JsonObject

ROWS_SHOWN = 40


def document(found: Json, as_json: bool) -> None:
    """Print a document."""
    if as_json:
        _print_json(found)
        return
    rows = found.items() if isinstance(found, dict) else enumerate(_listed(found))
    table = Table(show_header=False, box=None)
    for name, value in rows:
        table.add_row(str(name), value if isinstance(value, str) else _written(value))
    Console().print(table)


def measure(found: Json, as_json: bool) -> None:
    """Print the answer of a measure: its sentences, then its table."""
    if as_json or not isinstance(found, dict):
        _print_json(found)
        return
    console = Console()
    answer = found.get("answer")
    if isinstance(answer, dict):
        for result in _listed(answer.get("results")):
            if isinstance(result, dict):
                sentence = result.get("sentence")
                console.print(sentence["en"] if isinstance(sentence, dict) else "")
        table = Table(*[str(column) for column in _listed(answer.get("columns"))])
        rows = _listed(answer.get("rows"))
        for row in rows[:ROWS_SHOWN]:
            table.add_row(*[_written(cell) for cell in _listed(row)])
        console.print(table)
        if len(rows) > ROWS_SHOWN:
            console.print(f"{len(rows) - ROWS_SHOWN} more rows: add --json to see all.")


def table(rows: list[JsonObject]) -> None:
    """Print rows of the same fields as a table."""
    shown = Table(*(rows[0] if rows else ()))
    for row in rows:
        shown.add_row(*[_written(cell) for cell in row.values()])
    Console().print(shown)


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _written(value: Json) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else msgspec.json.encode(value).decode()


def _print_json(found: Json) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
    sys.stdout.buffer.flush()
