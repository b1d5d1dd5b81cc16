"""The command `audit`: who did what when."""

from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, ask, end
from wegweiser.terms.json import JsonObject


def audit(
    data: Data,
    what: Annotated[str, typer.Option("--what", help="How the word begins, such as key.")] = "",
    who: Annotated[str, typer.Option("--who", help="A key id, a name, or a part of it.")] = "",
    about: Annotated[str, typer.Option("--about", help="TYPE:VALUE of somebody.")] = "",
    since: Annotated[str, typer.Option("--since", help="A time, such as 2026-11-03.")] = "",
    limit: Annotated[int, typer.Option("--limit")] = 100,
    head: Annotated[str, typer.Option("--head", help="A chain value that you noted.")] = "",
    as_json: AsJson = False,
) -> None:
    """List who did what when, newest first; exit 1 when rows were changed or removed."""
    asked: JsonObject = {"what": what, "who": who, "about": about, "since": since, "limit": limit}
    found = ask(data, "audit", asked | {"head": head})
    rows = found.get("rows") if isinstance(found, dict) else None
    if as_json or not isinstance(rows, list):
        show.document(found, as_json)
    else:
        show.table([_shown(row) for row in rows if isinstance(row, dict)])
    if isinstance(found, dict) and not found["intact"]:
        end(f"Row {found['first_fault']} was changed or taken away.", 1)
    if isinstance(found, dict) and found.get("head_stands") is False:
        end("The row that you noted is not there: rows were taken away.", 1)


def _shown(row: JsonObject) -> JsonObject:
    """Give what a reader looks for; the chain is for machines."""
    return {name: row.get(name, "") for name in ("number", "at", "who", "what", "about", "detail")}
