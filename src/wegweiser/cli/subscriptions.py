"""The commands `wegweiser subscriptions`: what the owner of a mail address wants to hear of."""

from pathlib import Path
from typing import Annotated

import typer

from wegweiser.cli import show as shown
from wegweiser.cli.asking import AsJson, Data, answer, end, refusals
from wegweiser.cli.door import Door, open_door
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.loading import row_batches

ROWS_AT_ONCE = 1_000
MOST_TOLD = 100

app = typer.Typer(no_args_is_help=True, help="Topics of mails, wanted or not, by address.")


@app.command("show")
def show(address: str, data: Data, as_json: AsJson = False) -> None:
    """Say what the owner of an address wants to hear of, topic by topic."""
    answer(data, "subscription_show", {"address": address}, as_json)


@app.command("set")
def note(
    address: str,
    topic: Annotated[str, typer.Argument(help="A topic of messages; * is every topic.")],
    status: Annotated[str, typer.Argument(help="subscribed or unsubscribed.")],
    data: Data,
    reason: Annotated[str, typer.Option("--reason", help="How you know.")] = "",
    as_json: AsJson = False,
) -> None:
    """Note what the owner of an address said, by telephone or in another system."""
    said = {"address": address, "topic": topic, "status": status, "reason": reason}
    answer(data, "subscription_set", {**said}, as_json)


@app.command("load")
def load(
    file: Annotated[Path, typer.Argument(help="CSV, NDJSON, Parquet or XLSX, also gzipped.")],
    data: Data,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be.")] = False,
    as_json: AsJson = False,
) -> None:
    """Load what was said elsewhere: address, topic, status, at, and perhaps reason.

    Rows that cannot be used are listed with what is wrong, and the exit code is 1; the others
    count. The same file loaded again changes nothing.
    """
    with refusals(), open_door(data) as door:
        told = _loaded(door, file, dry_run)
        shown.document(told, as_json)
        if told["refused_rows"]:
            end(f"{told['refused_rows']} rows were not taken.", 1)


def _loaded(door: Door, file: Path, dry_run: bool) -> JsonObject:
    counts = {"rows": 0, "changed": 0, "standing": 0}
    refused: list[Json] = []
    for part in row_batches(file, ROWS_AT_ONCE):
        asked: JsonObject = {"rows": part, "first_row": 1 + counts["rows"], "dry_run": dry_run}
        found = door.run("subscription_load", asked)
        assert isinstance(found, dict)
        for name in counts:
            counts[name] += int(str(found[name]))
        wrong = found["refused"]
        refused += wrong if isinstance(wrong, list) else []
    return {**counts, "refused_rows": len(refused), "refused": refused[:MOST_TOLD]}
