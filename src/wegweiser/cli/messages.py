"""The commands `wegweiser message`: whom a message would reach, and what keeps it from somebody."""

from pathlib import Path
from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, ask, refusals
from wegweiser.cli.files import read_texts
from wegweiser.terms.json import JsonObject

app = typer.Typer(no_args_is_help=True, help="Messages: whom one would reach, and why not.")

Draft = Annotated[
    Path | None, typer.Option("--draft", help="A YAML file with the message as it would be.")
]


@app.command("reach")
def reach(key: str, data: Data, draft: Draft = None, as_json: AsJson = False) -> None:
    """Count whom a message would reach: its rules, of these consent, of these nothing against."""
    found = ask(data, "message_reach", _wish(data, key, draft))
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
        return
    named = (("match its rules", "matches"), ("and consent", "consented"), ("and free", "free"))
    rows: list[JsonObject] = []
    for words, name in named:
        counts = found[name]
        rows.append({"": words, **counts} if isinstance(counts, dict) else {"": words})
    show.table(rows)


@app.command("course")
def course(key: str, data: Data, as_json: AsJson = False) -> None:
    """Tell what became of a message in the newest decisions, and what kept it back."""
    found = ask(data, "message_course", {"key": key})
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
        return
    named = ("looked_at", "chosen", "held_back", "outdrawn")
    show.table([{"": name.replace("_", " "), "decisions": found[name]} for name in named])
    dropped = found["dropped"]
    if isinstance(dropped, dict) and dropped:
        show.table([{"kept back by": name, "decisions": many} for name, many in dropped.items()])


@app.command("standing")
def standing(
    key: str, person: str, data: Data, draft: Draft = None, as_json: AsJson = False
) -> None:
    """Tell of a person (TYPE:VALUE) how far each variant gets, and what is against it."""
    found = ask(data, "message_standing", {**_wish(data, key, draft), "person": person})
    show.document(found, as_json)


def _wish(data: Path, key: str, draft: Path | None) -> JsonObject:
    if draft is None:
        return {"key": key}
    with refusals():
        [(_, text)] = read_texts(draft)
    return {"key": key, "document": ask(data, "message_read", {"text": text})}
