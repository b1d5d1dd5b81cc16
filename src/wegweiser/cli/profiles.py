"""The commands that give profiles to other programs: tables of all of them, and their changes."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import Annotated, BinaryIO

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask, end, refusals
from wegweiser.cli.door import open_door
from wegweiser.terms.json import JsonObject

EXPORTS = ("events", "persons", "accounts", "decisions", "outcomes", "quarantine")
KIND = "profiles"
FORMATS = ("csv", "jsonl", "parquet")
TOLD_EVERY_S = 1.0
Out = Annotated[Path | None, typer.Option("--out", help="The file to write; else it is printed.")]
Segment = Annotated[str, typer.Option("--segment", help="Only members of this segment.")]
Of = Annotated[str, typer.Option("--of", help="persons or accounts")]
Purpose = Annotated[
    str, typer.Option("--purpose", help="Only persons who granted this purpose, such as email.")
]


def export(
    kind: str,
    data: Data,
    format: Annotated[
        str, typer.Option("--format", help="ndjson; of profiles csv, jsonl or parquet")
    ] = "",
    of: Of = "",
    segment: Segment = "",
    purpose: Purpose = "",
    out: Out = None,
) -> None:
    """Print events, persons, accounts, decisions, outcomes or quarantine, one object a line.

    `profiles` are a table of persons or accounts for other programs.
    """
    if kind == KIND:
        asked = {"of": of, "segment": segment, "purpose": purpose}
        _table(data, format or FORMATS[0], asked, out)
        return
    if format not in ("", "ndjson"):
        end(f"There is no format {format!r}; use ndjson.", 2)
    if kind not in EXPORTS:
        end(f"There is no export {kind!r}; choose from {', '.join((*EXPORTS, KIND))}.", 2)
    if of or segment or purpose:
        end("Only `export profiles` takes --of, --segment and --purpose.", 2)
    with refusals(), open_door(data) as door, target(out) as file:
        for lines in _told(door.export(kind), out):
            file.write(lines)


def _table(data: Path, form: str, options: dict[str, str], out: Path | None) -> None:
    """Write a table of profiles to a file, or to standard output."""
    if form not in FORMATS:
        end(f"There is no format {form!r}; use {', '.join(FORMATS)}.", 2)
    asked = {"format": form, **{name: text for name, text in options.items() if text}}
    with refusals(), open_door(data) as door, target(out) as file:
        for part in _told(door.export(KIND, asked), out):
            file.write(part)


@contextmanager
def target(out: Path | None) -> Iterator[BinaryIO]:
    """Give what to write to; a file gets its name only when it is whole, as nobody else's."""
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if out.is_dir():
        end(f"{out} is a folder; name a file.", 2)
    try:
        # A name of its own: two exports at once, and links that others laid, do no harm.
        made, name = mkstemp(".part", f"{out.name}.", out.parent)
    except OSError as error:
        end(f"{out} cannot be written: {error.strerror}.", 1)
    try:
        with os.fdopen(made, "wb") as target:
            yield target
        Path(name).replace(out)
    finally:
        Path(name).unlink(missing_ok=True)


def _told(parts: Iterator[bytes], out: Path | None) -> Iterator[bytes]:
    """Say on standard error how far it is, where somebody watches."""
    watched = out is not None and sys.stderr.isatty()
    size_bytes, said_at = 0, time.monotonic()
    for part in parts:
        yield part
        size_bytes += len(part)
        if watched and time.monotonic() - said_at > TOLD_EVERY_S:
            said_at = time.monotonic()
            print(f"\r{size_bytes / 1e6:,.1f} MB", end="", file=sys.stderr, flush=True)
    if out is not None:
        sign = "\r" if watched else ""
        print(f"{sign}{size_bytes / 1e6:,.1f} MB in {out}", file=sys.stderr)


def changes(
    data: Data,
    after: Annotated[
        str, typer.Option("--after", help="Id of a change or log position; else from now.")
    ] = "",
    types: Annotated[
        str, typer.Option("--types", help="Comma list, such as profile.changed.")
    ] = "",
    purpose: Annotated[
        str, typer.Option("--purpose", help="Purposes that must be granted; none for no filter.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show changes of profiles, and after which id to go on."""
    asked: JsonObject = {
        "after": after,
        "types": [part for part in types.split(",") if part],
        "purpose": [part for part in purpose.split(",") if part],
    }
    answer(data, "profile_changes", asked, as_json)


def timeline(
    identifier: str,
    data: Data,
    kinds: Annotated[
        str, typer.Option("--kinds", help="Comma list, such as event,trait,decision; else all.")
    ] = "",
    days: Annotated[int, typer.Option("--days", help="How far back.")] = 90,
    limit: Annotated[int, typer.Option("--limit", help="How many lines; at most 1000.")] = 50,
    channel: Annotated[
        str, typer.Option("--channel", help="Only what came by it, such as web or email.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show what happened to one person, named as TYPE:VALUE, newest first."""
    asked: JsonObject = {
        "identifier": identifier,
        "kinds": [part for part in kinds.split(",") if part],
        "days": days,
        "limit": limit,
        "channel": channel,
    }
    found = ask(data, "timeline", asked)
    lines = found.get("timeline") if isinstance(found, dict) else None
    if as_json or not isinstance(lines, list):
        show.document(found, as_json)
        return
    rows = [line for line in lines if isinstance(line, dict)]
    show.table([{"at": row["at"], "kind": row["kind"], "what": _about(row)} for row in rows])


def find(
    words: Annotated[list[str], typer.Argument(help="Words of name, e-mail, id or company.")],
    data: Data,
    limit: Annotated[int, typer.Option("--limit", help="How many; at most 100.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Find people and accounts; mistakes in longer words are forgiven."""
    found = ask(data, "profile_search", {"words": " ".join(words), "limit": limit})
    rows = found.get("found") if isinstance(found, dict) else None
    if as_json or not isinstance(rows, list):
        show.document(found, as_json)
        return
    show.table([row for row in rows if isinstance(row, dict)])


def _about(row: JsonObject) -> str:
    """Say what a line is about in its own words, without what stands beside it."""
    told = (value for name, value in row.items() if name not in ("at", "kind", "id"))
    return ", ".join(str(value) for value in told if value not in ("", None, {}, []))
