"""The command `wegweiser simulate`: what a draft would have chosen and earned."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, ask, refusals
from wegweiser.cli.files import read_texts
from wegweiser.terms.json import Json, JsonObject

ESTIMATORS = {
    "normalised": "self-normalised (SNIPS)",
    "inverse": "inverse probability (IPS)",
    "doubly_robust": "doubly robust (DR)",
    "clipped_robust": "doubly robust, clipped",
    "difference": "difference to what was logged",
}


def simulate(
    data: Data,
    draft: Annotated[
        Path | None, typer.Argument(help="A YAML file or folder; none asks about today's rules.")
    ] = None,
    metric: Annotated[str, typer.Option("--metric", help="engaged, or a goal.")] = "engaged",
    placement: Annotated[str, typer.Option("--placement", help="Only this one.")] = "",
    start: Annotated[str, typer.Option("--from", help="First day; 30 days ago.")] = "",
    end: Annotated[str, typer.Option("--to", help="This day is not asked any more.")] = "",
    as_json: AsJson = False,
) -> None:
    """Hold a draft against past decisions: its choices, its value, or that nobody can tell."""
    wish: JsonObject = {"metric": metric, "placement": placement, "from": start, "to": end}
    with refusals():
        files: list[Json] = [[name, text] for name, text in read_texts(draft)] if draft else []
    found = ask(data, "simulate", {**wish, "files": files})
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
    else:
        tell(found)


def tell(found: JsonObject) -> None:
    """Print an off-policy answer for people."""
    console = Console()
    sentence = found["sentence"]
    console.print(sentence["en"] if isinstance(sentence, dict) else "")
    fitness = found["fitness"]
    if isinstance(fitness, dict):
        console.print(
            f"{found['n']} choices of {found['units']} units; {_round(fitness['effective'])} count "
            f"in full; mean weight {_round(fitness['mean_weight'])} (should be 1), largest "
            f"{_round(fitness['largest_weight'])}."
        )
        if not fitness["weights_fit"]:
            console.print("The mean weight strays from 1: these are not the chances of the draw.")
        if fitness["amber"]:
            console.print("One choice alone weighs more than 5% of all: be careful.")
    unread = found["unread"]
    if isinstance(unread, list) and unread:
        console.print(
            f"Not on record, so unknown to the draft's rules: {', '.join(map(str, unread))}"
        )
    _values(found, console)
    _messages(found, console)


def _values(found: JsonObject, console: Console) -> None:
    target = found["target"]
    if not isinstance(target, dict):
        return
    table = Table("estimator", "value", "low", "high")
    for name, words in ESTIMATORS.items():
        value = target[name]
        if isinstance(value, dict) and isinstance(ends := value["found"], dict):
            table.add_row(words, *(f"{ends[key]:.5f}" for key in ("estimate", "low", "high")))
    console.print(table)


def _messages(found: JsonObject, console: Console) -> None:
    shifts = found["messages"]
    table = Table("message", "chosen", "under the draft", "plain mean (biased by selection)")
    for shift in shifts if isinstance(shifts, list) else ():
        if isinstance(shift, dict):
            name = str(shift["message"]) or "(nothing)"
            mean = shift["mean_reward"]
            plain = f"{mean:.5f}" if isinstance(mean, int | float) else ""
            table.add_row(name, str(shift["before"]), _round(shift["after"]), plain)
    console.print(table)


def _round(value: Json) -> str:
    return f"{value:,.2f}" if isinstance(value, int | float) else str(value)
