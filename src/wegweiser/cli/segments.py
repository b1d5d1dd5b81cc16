"""The commands `wegweiser segment`: list, show, try a rule before it is saved, members, export."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask, end, refusals
from wegweiser.cli.door import open_door
from wegweiser.terms.json import JsonObject

PAGE = 500
app = typer.Typer(no_args_is_help=True, help="Segments: who is in them, live.")
Key = Annotated[str, typer.Argument(help="The key of the segment.")]
Purpose = Annotated[
    str, typer.Option("--purpose", help="Only persons who granted this purpose, such as email.")
]


@app.command("list")
def list_segments(data: Data, as_json: AsJson = False) -> None:
    """List the segments with their sizes now."""
    found = ask(data, "segment_list", {})
    rows = found.get("segments") if isinstance(found, dict) else None
    if as_json or not isinstance(rows, list):
        show.document(found, as_json)
    elif rows:
        fields = ("key", "name", "of", "size", "when")
        show.table([{name: row[name] for name in fields} for row in rows if isinstance(row, dict)])
    else:
        print("No segment is declared. Apply one: {kind: segment, key: ..., when: ...}")


@app.command("show")
def show_segment(
    key: Key,
    data: Data,
    days: Annotated[int, typer.Option("--days", help="Days of history, today included.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Show one segment: its rule, its size now and on each of the last days."""
    answer(data, "segment_show", {"key": key, "days": days}, as_json)


@app.command("versions")
def versions(key: Key, data: Data, as_json: AsJson = False) -> None:
    """List what a segment was declared as, newest first."""
    answer(data, "segment_versions", {"key": key}, as_json)


@app.command("around")
def around(key: Key, data: Data, as_json: AsJson = False) -> None:
    """Tell who of a segment granted what, what they will bring, and who is in others as well."""
    answer(data, "segment_around", {"key": key}, as_json)


@app.command("preview")
def preview(
    when: Annotated[str, typer.Argument(help="The rule in CEL.")],
    data: Data,
    of: Annotated[str, typer.Option("--of", help="person or account")] = "person",
    whole: Annotated[
        bool, typer.Option("--whole", help="Count everybody, however long that takes.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say how many a rule would take in, with up to 10 examples; nothing is saved."""
    answer(data, "segment_preview", {"when": when, "of": of, "whole": whole}, as_json)


@app.command("members")
def members(
    key: Key,
    data: Data,
    limit: Annotated[int, typer.Option("--limit", help="How many; at most 1000.")] = 100,
    after: Annotated[str, typer.Option("--after", help="`next` of the page before.")] = "",
    purpose: Purpose = "",
    as_json: AsJson = False,
) -> None:
    """List members, with the time at which each entered."""
    asked: JsonObject = {"key": key, "limit": limit, "after": after, "purpose": purpose}
    found = ask(data, "segment_members", asked)
    rows = found.get("members") if isinstance(found, dict) else None
    if as_json or not isinstance(rows, list):
        show.document(found, as_json)
    elif rows:
        show.table([_short(row) for row in rows if isinstance(row, dict)])
    else:
        print("Nobody is in it now.")


def _short(row: JsonObject) -> JsonObject:
    names = ("person_id", "group_id", "entered_at", "identifiers")
    return {name: row[name] for name in names if name in row}


@app.command("export")
def export(
    key: Key,
    data: Data,
    purpose: Purpose = "",
    format: Annotated[str, typer.Option("--format", help="ndjson")] = "ndjson",
) -> None:
    """Print all members, one object a line."""
    if format != "ndjson":
        end(f"There is no format {format!r}; use ndjson.", 2)
    for row in _pages(data, key, purpose):
        sys.stdout.buffer.write(msgspec.json.encode(_exported(row)) + b"\n")
    sys.stdout.buffer.flush()


def _pages(data: Path, key: str, purpose: str) -> Iterator[JsonObject]:
    after = ""
    with refusals(), open_door(data) as door:
        while True:
            asked: JsonObject = {"key": key, "limit": PAGE, "after": after, "purpose": purpose}
            found = door.run("segment_members", asked)
            rows = found.get("members") if isinstance(found, dict) else None
            for row in rows if isinstance(rows, list) else []:
                if isinstance(row, dict):
                    yield row
            after = str(found.get("next", "")) if isinstance(found, dict) else ""
            if not after:
                return


def _exported(row: JsonObject) -> JsonObject:
    """Write a member as exports do."""
    names = {"person_id": "personId", "group_id": "groupId", "entered_at": "enteredAt"}
    names["ad_consent"] = "adConsent"
    return {names.get(name, name): value for name, value in row.items()}


@app.command("remove")
def remove(key: Key, data: Data, as_json: AsJson = False) -> None:
    """Declare a segment no more: all its members leave it, and its history goes."""
    answer(data, "segment_remove", {"key": key}, as_json)


@app.command("recount")
def recount(data: Data, as_json: AsJson = False) -> None:
    """Look at everybody anew; tells how many memberships had been wrong (goal: 0)."""
    answer(data, "segment_recount", {}, as_json)
