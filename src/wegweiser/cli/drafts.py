"""The commands `wegweiser draft`: documents that wait for their publication."""

from pathlib import Path

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask, refusals
from wegweiser.cli.bundles import By, Prune, Reason, Short, changes, texts
from wegweiser.cli.door import open_door
from wegweiser.terms.json import Json, JsonObject

app = typer.Typer(no_args_is_help=True, help="Documents that wait for their publication.")


@app.command("save")
def save(
    name: str,
    path: Path,
    data: Data,
    by: By = "",
    reason: Reason = "",
    prune: Prune = False,
    as_json: AsJson = False,
) -> None:
    """Keep a YAML file, or a folder of them, as a draft; also an unfinished one."""
    with refusals():
        asked: JsonObject = {"name": name, "files": texts(path), "prune": prune}
        with open_door(data, make=True) as door:
            found = door.run("draft_save", {**asked, "by": by, "reason": reason})
    _told(found, as_json)


@app.command("list")
def list_drafts(data: Data, as_json: AsJson = False) -> None:
    """List all drafts."""
    found = ask(data, "draft_list", {})
    if as_json:
        show.document(found, as_json)
        return
    names = ("name", "status", "authors", "base", "changed_at", "reason")
    rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    show.table([{one: row.get(one) for one in names} for row in rows])


@app.command("show")
def show_draft(name: str, data: Data, as_json: AsJson = False) -> None:
    """Show a draft with its documents."""
    found = ask(data, "draft_show", {"name": name})
    _told(found, as_json)
    documents = found.get("documents") if isinstance(found, dict) and not as_json else None
    for file, text in documents.items() if isinstance(documents, dict) else ():
        print(f"# {file}\n{text}")


@app.command("diff")
def diff(name: str, data: Data, words: Short = False, as_json: AsJson = False) -> None:
    """Say what publishing a draft would change."""
    found = ask(data, "draft_diff", {"name": name})
    if as_json:
        show.document(found, as_json)
    else:
        changes(found, words)


@app.command("submit")
def submit(name: str, data: Data, by: By = "", as_json: AsJson = False) -> None:
    """Ask for the review of a draft."""
    answer(data, "draft_submit", {"name": name, "by": by}, as_json)


@app.command("approve")
def approve(name: str, data: Data, by: By = "", as_json: AsJson = False) -> None:
    """Approve a draft that was submitted."""
    answer(data, "draft_approve", {"name": name, "by": by}, as_json)


@app.command("publish")
def publish(
    name: str, data: Data, by: By = "", reason: Reason = "", as_json: AsJson = False
) -> None:
    """Publish a draft."""
    answer(data, "draft_publish", {"name": name, "by": by, "reason": reason}, as_json)


@app.command("discard")
def discard(name: str, data: Data, by: By = "", as_json: AsJson = False) -> None:
    """Forget a draft."""
    answer(data, "draft_discard", {"name": name, "by": by}, as_json)


def _told(found: Json, as_json: bool) -> None:
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
        return
    shown: JsonObject = {
        one: found[one] for one in ("name", "status", "authors", "base", "reason") if found.get(one)
    }
    show.document(shown, False)
    changes(found, words_only=True)
