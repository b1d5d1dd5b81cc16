"""How answers are printed: one JSON document, or a short table for people."""

import sys

import msgspec
from rich.console import Console
from rich.table import Table

from wegweiser.terms.json import Json, JsonObject

ROWS_SHOWN = 40
# Records of more fields do not fit beside each other.
_COLUMNS = 7


def document(found: Json, as_json: bool) -> None:
    """Print a document; lists of records in it follow as tables, or one below the other."""
    if as_json:
        _print_json(found)
        return
    if isinstance(found, dict):
        _fields({name: value for name, value in found.items() if not _records(value)})
        for name, value in found.items():
            if rows := _records(value):
                Console().print(f"\n{name}", highlight=False)
                _listing(rows)
    elif rows := _records(found):
        _listing(rows)
    else:
        _fields({str(number): value for number, value in enumerate(_listed(found))})


def measure(found: Json, as_json: bool, lang: str = "en") -> None:
    """Print the answer of a measure: its sentences, its table, and how fresh it is."""
    if as_json or not isinstance(found, dict):
        _print_json(found)
        return
    console = Console()
    answer = found.get("answer")
    if isinstance(answer, dict):
        for sentence in _sentences(answer, lang):
            console.print(sentence)
        table = Table(*[str(column) for column in _listed(answer.get("columns"))])
        rows = _listed(answer.get("rows"))
        for row in rows[:ROWS_SHOWN]:
            table.add_row(*[_written(cell) for cell in _listed(row)])
        console.print(table)
        if len(rows) > ROWS_SHOWN:
            console.print(f"{len(rows) - ROWS_SHOWN} more rows: add --json or --csv to see all.")
        fresh = {"en": "Everything is in it up to", "de": "Enthalten ist alles bis"}[lang]
        console.print(f"{fresh} {found.get('fresh_until')}.")


def _sentences(answer: JsonObject, lang: str) -> list[str]:
    """Give one sentence a figure; where it was compared, that of the change."""
    compared = answer.get("compared")
    changes = _listed(compared.get("changes")) if isinstance(compared, dict) else []
    changed = {one["name"]: one for one in changes if isinstance(one, dict)}
    results = [one for one in _listed(answer.get("results")) if isinstance(one, dict)]
    shown = [changed.get(one["name"], one)["sentence"] for one in results]
    return [str(sentence.get(lang)) for sentence in shown if isinstance(sentence, dict)]


def table(rows: list[JsonObject]) -> None:
    """Print rows of the same fields as a table; nothing is cut off, and ids can be copied."""
    shown = Table()
    for name in rows[0] if rows else ():
        shown.add_column(name, overflow="fold", no_wrap=name == "id" or name.endswith("_id"))
    for row in rows:
        shown.add_row(*[_written(cell) for cell in row.values()])
    Console().print(shown)


def _fields(found: JsonObject) -> None:
    """Print names and values, one below the other, with nothing cut off."""
    if not found:
        return
    shown = Table(show_header=False, box=None)
    shown.add_column(no_wrap=True)
    shown.add_column(overflow="fold")
    for name, value in found.items():
        shown.add_row(name, _written(value))
    Console().print(shown)


def _records(value: Json) -> list[JsonObject]:
    """Give the objects of a list, nothing where it is no list of objects alone."""
    rows = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
    return rows if isinstance(value, list) and len(rows) == len(value) else []


def _listing(rows: list[JsonObject]) -> None:
    """Print records as a table where they fit into one, else one below the other."""
    names = {tuple(row) for row in rows}
    if len(names) == 1 and len(rows[0]) <= _COLUMNS:
        table(rows)
        return
    for number, row in enumerate(rows):
        if number:
            print()
        _fields(row)


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _written(value: Json) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else msgspec.json.encode(value).decode()


def _print_json(found: Json) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
    sys.stdout.buffer.flush()
