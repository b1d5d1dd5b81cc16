"""The commands that publish: apply, diff, and `wegweiser bundle` for what was published."""

from pathlib import Path
from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask, refusals
from wegweiser.cli.door import open_door
from wegweiser.cli.files import read_texts
from wegweiser.terms.json import Json, JsonObject

app = typer.Typer(no_args_is_help=True, help="What was published: list, compare, roll back.")

By = Annotated[str, typer.Option("--by", help="Who says so; kept with it.")]
Reason = Annotated[str, typer.Option("--reason", help="What for; kept with it.")]
Prune = Annotated[bool, typer.Option("--prune", help="Take out what is not in the files.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change; publish nothing.")]
Short = Annotated[bool, typer.Option("--words", help="In words only, without the lines.")]


def apply(
    path: Path,
    data: Data,
    by: By = "",
    reason: Reason = "",
    prune: Prune = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Publish a YAML file, or a folder of them, all or nothing."""
    with refusals():
        # Read before the door is opened, which would make the folder.
        files = texts(path)
        asked: JsonObject = {"files": files, "by": by, "reason": reason, "prune": prune}
        with open_door(data, make=not dry_run) as door:
            found = door.run("apply", {**asked, "dry_run": dry_run})
    if dry_run and not as_json:
        changes(found)
    else:
        show.document(found, as_json)


def diff(
    path: Path, data: Data, prune: Prune = False, words: Short = False, as_json: AsJson = False
) -> None:
    """Say what applying a YAML file, or a folder of them, would change; exit 1 on faults."""
    with refusals():
        files = texts(path)
    found = ask(data, "bundle_validate", {"files": files, "prune": prune})
    if as_json:
        show.document(found, as_json)
    else:
        changes(found, words)
    if isinstance(found, dict) and not found["valid"]:
        raise typer.Exit(1)


def texts(path: Path) -> list[Json]:
    """Read YAML files as [name, text]."""
    return [[name, text] for name, text in read_texts(path)]


def changes(found: Json, words_only: bool = False) -> None:
    """Print faults, warnings and changes for people."""
    told = found if isinstance(found, dict) else {}
    for fault in _rows(told.get("faults")):
        place = f"{fault['file']}, line {fault['line']}: " if fault["file"] else ""
        print(f"fault: {place}{fault['reason']}")
    warnings = told.get("warnings")
    for warning in warnings if isinstance(warnings, list) else []:
        print(f"warning: {warning}")
    rows = _rows(told.get("changes"))
    for row in rows:
        print(f"{row['change']}: {row['name']}")
        words, lines = row.get("words"), row.get("lines")
        for word in words if isinstance(words, list) else []:
            print(f"    {word}")
        for line in lines if isinstance(lines, list) and not words_only else []:
            print(f"  {line}")
    if told.get("others"):
        print(f"{told['others']} documents of kinds that no bundle holds; they are kept as written")
    if not rows and not told.get("faults"):
        print("Nothing changes.")


def _rows(found: Json) -> list[JsonObject]:
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


@app.command("list")
def list_bundles(
    data: Data,
    limit: Annotated[int, typer.Option("--limit", help="How many, newest first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List what was published, newest first: who, when and why."""
    found = ask(data, "bundle_list", {"limit": limit})
    if as_json:
        show.document(found, as_json)
        return
    names = ("number", "bundle", "at", "by", "reason", "restores")
    show.table([{name: row.get(name, "") for name in names} for row in _rows(found)])


@app.command("show")
def show_bundle(
    data: Data,
    number: Annotated[int, typer.Argument(help="Its number; without it, the newest.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Show a published bundle as the YAML that makes it."""
    found = ask(data, "bundle_show", {"number": number or None})
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
        return
    print(f"# {found['bundle']}, published {found.get('at')} by {found.get('by')}")
    print(_joined(found["files"]))


@app.command("diff")
def diff_bundles(
    old: int, new: int, data: Data, words: Short = False, as_json: AsJson = False
) -> None:
    """Say what is different between two published bundles."""
    found = ask(data, "bundle_diff", {"old": old, "new": new})
    if as_json:
        show.document(found, as_json)
    else:
        changes(found, words)


@app.command("rollback")
def rollback(
    number: int, data: Data, by: By = "", reason: Reason = "", as_json: AsJson = False
) -> None:
    """Publish an old bundle again, under a new number."""
    asked: JsonObject = {"number": number, "by": by, "reason": reason}
    answer(data, "bundle_rollback", asked, as_json)


@app.command("export")
def export(
    data: Data,
    folder: Annotated[Path | None, typer.Argument(help="Where to; without it, print.")] = None,
    number: Annotated[int, typer.Option("--number", help="An older one.")] = 0,
) -> None:
    """Write the published bundle as the YAML that `apply` reads."""
    found = ask(data, "bundle_export", {"number": number or None})
    if folder is None:
        print(_joined(found))
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in found.items() if isinstance(found, dict) else ():
        (folder / name).write_text(str(text), encoding="utf-8")
        print(folder / name)


def _joined(files: Json) -> str:
    parts = files.values() if isinstance(files, dict) else ()
    return "---\n".join(map(str, parts)).rstrip("\n")
