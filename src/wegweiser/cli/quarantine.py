"""The commands `wegweiser quarantine`: see what was set aside, mend it, or give it up."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask, end
from wegweiser.terms.json import Json, JsonObject

app = typer.Typer(no_args_is_help=True, help="Elements that were set aside, with the reason.")
Code = Annotated[str, typer.Option("--code", help="Only those set aside for this reason.")]
FromSource = Annotated[str, typer.Option("--source", help="Only those of this source.")]
Day = Annotated[str, typer.Option("--day", help="Only those that came on this day (UTC).")]
Ids = Annotated[list[str] | None, typer.Argument(help="quarantineIds such as q-12-3.")]
Limit = Annotated[int, typer.Option("--limit", help="How many to list, at most 1,000.")]
After = Annotated[str, typer.Option("--after", help="Go on after this quarantineId.")]
All = Annotated[bool, typer.Option("--all", help="Everything that is set aside.")]


@app.command("list")
def list_quarantined(
    data: Data,
    code: Code = "",
    source: FromSource = "",
    day: Day = "",
    limit: Limit = 100,
    after: After = "",
    as_json: AsJson = False,
) -> None:
    """Count what is set aside by reason, and list it, oldest first."""
    arguments: JsonObject = {"code": code, "source": source, "day": day, "limit": limit}
    arguments["after"] = after
    found = ask(data, "quarantine_list", arguments)
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
        return
    if "codes" in found:
        show.document(found["codes"], as_json)
    rows = found["quarantined"]
    names = ("quarantineId", "receivedAt", "code", "messageId", "message")
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict):
            print("  ".join(str(row[name]) for name in names))
    if found["next"]:
        print(f"More: --after {found['next']}")


@app.command("show")
def show_quarantined(quarantine_id: str, data: Data, as_json: AsJson = False) -> None:
    """Show one element with the reason."""
    answer(data, "quarantine_show", {"id": quarantine_id}, as_json)


@app.command("fix")
def fix(
    quarantine_id: str,
    data: Data,
    element: Annotated[
        Path | None, typer.Option("--element", help="JSON file with the whole mended element.")
    ] = None,
    patch: Annotated[
        Path | None, typer.Option("--patch", help="JSON file with a merge patch (RFC 7396).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take in a mended element under its old messageId and the time it came."""
    if (element is None) == (patch is None):
        end("Give --element FILE or --patch FILE.", 2)
    arguments: JsonObject = {"id": quarantine_id}
    for name, path in (("element", element), ("patch", patch)):
        if path is not None:
            arguments[name] = _document(path)
    answer(data, "quarantine_fix", arguments, as_json)


@app.command("replay")
def replay(
    data: Data,
    ids: Ids = None,
    code: Code = "",
    source: FromSource = "",
    day: Day = "",
    everything: All = False,
    as_json: AsJson = False,
) -> None:
    """Read elements once more, after a mapping or a schema was mended; exit 1 if some stay."""
    found = ask(data, "quarantine_replay", _chosen(ids, code, source, day, everything))
    show.document(found, as_json)
    if isinstance(found, dict) and found["still_quarantined"]:
        raise typer.Exit(1)


@app.command("discard")
def discard(
    data: Data,
    ids: Ids = None,
    code: Code = "",
    source: FromSource = "",
    day: Day = "",
    everything: All = False,
    as_json: AsJson = False,
) -> None:
    """Give elements up for ever; they count as dropped."""
    arguments = _chosen(ids, code, source, day, everything)
    answer(data, "quarantine_discard", arguments, as_json)


@app.command("undo")
def undo(
    work: Annotated[str, typer.Argument(help="The replay as `work list` shows it, wrk_...")],
    data: Data,
    as_json: AsJson = False,
) -> None:
    """Put back into quarantine what a replay from the pages let in; makes everything anew."""
    answer(data, "work_begin", {"kind": "undo", "work_id": work}, as_json)


def _chosen(
    ids: list[str] | None, code: str, source: str, day: str, everything: bool
) -> JsonObject:
    return {"ids": [*(ids or [])], "code": code, "source": source, "day": day, "all": everything}


def _document(path: Path) -> Json:
    try:
        found: Json = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        end(f"{path} cannot be read: {error.strerror}.", 1)
    except msgspec.DecodeError as error:
        end(f"{path} is not JSON: {error}.", 1)
    return found
