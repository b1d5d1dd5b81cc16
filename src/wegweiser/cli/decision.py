"""The commands `wegweiser decision`: why one came out as it did, the proof, and "what if"."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, ask, end, refusals
from wegweiser.cli.door import open_door
from wegweiser.cli.files import read_texts
from wegweiser.cli.profiles import target
from wegweiser.terms.json import Json, JsonObject

app = typer.Typer(no_args_is_help=True, help="Decisions: why, the proof, what if, and export.")
Id = Annotated[str, typer.Argument(help="The id of a decision.")]
OptionalId = Annotated[str, typer.Argument(help="The id of a decision, or none with --last.")]
Last = Annotated[int, typer.Option("--last", help="The newest so many instead of one.")]


@app.command("show")
def show_one(decision_id: Id, data: Data, as_json: AsJson = False) -> None:
    """Say why a decision came out as it did."""
    found = ask(data, "decision_show", {"id": decision_id})
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
    else:
        _tell(found)


@app.command()
def verify(
    data: Data, decision_id: OptionalId = "", last: Last = 0, as_json: AsJson = False
) -> None:
    """Derive choices again from stored integers; exit 1 where one came out otherwise."""
    found = ask(data, "decision_verify", _which(decision_id, last))
    show.document(found, as_json)
    if isinstance(found, dict) and (found.get("wrong") or found.get("verified") is False):
        raise typer.Exit(1)


@app.command()
def recompute(
    data: Data, decision_id: OptionalId = "", last: Last = 0, as_json: AsJson = False
) -> None:
    """Decide again from stored inputs; exit 1 where the choice came out otherwise."""
    found = ask(data, "decision_recompute", _which(decision_id, last))
    show.document(found, as_json)
    if isinstance(found, dict) and (found.get("wrong") or found.get("holds") is False):
        raise typer.Exit(1)


@app.command("what-if")
def what_if(
    decision_id: Id,
    data: Data,
    draft: Annotated[
        Path | None, typer.Argument(help="A YAML file or folder, laid over today's rules.")
    ] = None,
    bundle: Annotated[int | None, typer.Option("--bundle", help="An old bundle's number.")] = None,
    model: Annotated[int | None, typer.Option("--model", help="Another model's number.")] = None,
    as_json: AsJson = False,
) -> None:
    """Decide a past situation under other rules, another model, or both."""
    arguments: JsonObject = {"id": decision_id}
    with refusals():
        if draft is not None:
            arguments["files"] = [[name, text] for name, text in read_texts(draft)]
    arguments |= {} if bundle is None else {"bundle": bundle}
    arguments |= {} if model is None else {"model": model}
    found = ask(data, "decision_what_if", arguments)
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
    else:
        _tell_difference(found)


@app.command()
def export(
    data: Data,
    format: Annotated[str, typer.Option("--format", help="dsjson, ccb, csv or parquet")] = "dsjson",
    since: Annotated[str, typer.Option("--since", help="First day; 30 days ago.")] = "",
    until: Annotated[str, typer.Option("--until", help="This day is not exported.")] = "",
    metric: Annotated[str, typer.Option("--metric", help="engaged, or a goal.")] = "engaged",
    out: Annotated[Path | None, typer.Option("--out", help="The file to write.")] = None,
) -> None:
    """Print decisions with what became of them, for other learning systems and for tables."""
    asked = {"format": format, "since": since, "until": until, "metric": metric}
    options = {name: text for name, text in asked.items() if text}
    with refusals(), open_door(data) as door, target(out) as file:
        for part in door.export("decision_log", options):
            file.write(part)


def _which(decision_id: str, last: int) -> JsonObject:
    if bool(decision_id) == bool(last):
        end("Name either the id of a decision, or --last and how many.", 2)
    return {"last": last} if last else {"id": decision_id}


def _tell(found: JsonObject) -> None:
    console = Console()
    explained = found["explain"]
    if not isinstance(explained, dict):
        return
    sentence = explained["sentence"]
    console.print(sentence["en"] if isinstance(sentence, dict) else "")
    steps = Table("step", "dropped", "left")
    for step in _objects(explained["funnel"]):
        steps.add_row(str(step["step"]), str(step.get("dropped", "")), str(step["left"]))
    console.print(steps)
    reasons = Table("candidate", "why not")
    for one in _objects(explained["dropped"])[: show.ROWS_SHOWN]:
        told = [_reason(reason) for reason in _objects(one["reasons"])]
        reasons.add_row(str(one["candidate"]), "\n".join(told))
    console.print(reasons)
    for flip in _objects(explained.get("flips")):
        words = flip["words"]
        console.print(words["en"] if isinstance(words, dict) else "")


def _tell_difference(found: JsonObject) -> None:
    """Print what would have come out otherwise, slot by slot, and which candidates moved."""
    plain = ("decision_id", "replayable", "lacking", "unread", "gone")
    told: JsonObject = {name: found[name] for name in plain if found.get(name)}
    told |= {name: _then(found[name]) for name in ("bundle", "model", "status") if name in found}
    show.document(told, False)
    slots = _objects(found.get("slots"))
    if slots:
        show.table([_compared(slot) for slot in slots])
    lost = found.get("lost")
    gained = found.get("gained")
    moved: list[JsonObject] = [
        {"candidate": name, "then": "; ".join(map(_reason, _objects(reasons)))}
        for name, reasons in (lost.items() if isinstance(lost, dict) else ())
    ]
    moved += [
        {"candidate": name, "then": "possible"}
        for name in (gained if isinstance(gained, list) else [])
    ]
    if moved:
        show.table(moved)


def _then(pair: Json) -> str:
    """Write a value before and after, once where it is the same."""
    if not isinstance(pair, list):
        return str(pair)
    return " -> ".join(dict.fromkeys(map(str, pair)))


def _compared(slot: JsonObject) -> JsonObject:
    nothing = "nothing"
    return {
        "placement": slot["placement"],
        "slot": slot["slot"],
        "before": slot["before"] or nothing,
        "pi": slot["before_pi"],
        "then": slot["after"] or nothing,
        "pi then": slot["after_pi"],
    }


def _reason(reason: JsonObject) -> str:
    parts = [str(reason["step"]), str(reason["reason"])]
    parts += [str(reason[name]) for name in ("failing", "until") if reason.get(name)]
    found = reason.get("found")
    return ": ".join(parts) + ("" if found is None else f" (found {found})")


def _objects(value: Json) -> list[JsonObject]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
