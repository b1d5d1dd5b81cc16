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
    segment: Annotated[
        str, typer.Option("--segment", help="Also say what its members would hear now.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Hold a draft against past decisions: its choices, its value, or that nobody can tell."""
    wish: JsonObject = {"metric": metric, "placement": placement, "from": start, "to": end}
    wish |= {"segment": segment} if segment else {}
    with refusals():
        files: list[Json] = [[name, text] for name, text in read_texts(draft)] if draft else []
    found = ask(data, "simulate", {**wish, "files": files})
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
    else:
        tell(found)
        _segment(found)


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
            f"{_round(fitness['largest_weight'])}; {_percent(fitness['unsupported'])} of what the "
            "policy would choose was hardly ever tried."
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
    _strata(found, console)
    _messages(found, console)


def _values(found: JsonObject, console: Console) -> None:
    target = found["target"]
    if not isinstance(target, dict):
        return
    table = Table("estimator", "value", "low", "high")
    for name, words in ESTIMATORS.items():
        value = target[name]
        if isinstance(value, dict) and isinstance(ends := value["found"], dict):
            table.add_row(words, *_ends(ends))
            if isinstance(drawn := value["resampled"], dict):
                table.add_row("  by drawing units again", *_ends(drawn))
    console.print(table)
    clipped = f"Weights above {_round(target['clip'])} in {_percent(target['clipped'])} of choices"
    console.print(f"{clipped} are cut off by the clipped one.")


def _strata(found: JsonObject, console: Console) -> None:
    strata = found["strata"]
    if not isinstance(strata, list) or not strata:
        return
    table = Table("part", "", "choices", "count in full", "value", "low", "high")
    for one in strata:
        if isinstance(one, dict):
            ends = _ends(one["value"]) if isinstance(one["value"], dict) else ["cannot tell"]
            counts = (_round(one["n"]), _round(one["effective"]))
            table.add_row(str(one["by"]), str(one["key"]), *counts, *ends)
    console.print(table)


def _ends(found: JsonObject) -> list[str]:
    return [f"{found[name]:.5f}" for name in ("estimate", "low", "high")]


def _percent(share: Json) -> str:
    return f"{100 * share:.1f}%" if isinstance(share, int | float) else str(share)


def _messages(found: JsonObject, console: Console) -> None:
    shifts = found["messages"]
    headings = ("message", "chosen", "under the draft", "reached", "reached under the draft")
    table = Table(*headings, "plain mean (biased by selection)")
    for shift in shifts if isinstance(shifts, list) else ():
        if isinstance(shift, dict):
            name = str(shift["message"]) or "(nothing)"
            mean = shift["mean_reward"]
            plain = f"{mean:.5f}" if isinstance(mean, int | float) else ""
            counts = (str(shift["before"]), _round(shift["after"]))
            reach = [_round(shift[name]) for name in ("units", "units_after")]
            table.add_row(name, *counts, *reach, plain)
    console.print(table)
    budget = found.get("budget")
    for spent in budget if isinstance(budget, list) else ():
        if isinstance(spent, dict):
            told = f"{spent['before']} begun, {_round(spent['after'])} under the draft"
            console.print(f"Contacts by {spent['channel']}: {told}.")


def _segment(found: JsonObject) -> None:
    """Print what a segment would hear."""
    told = found.get("segment")
    if not isinstance(told, dict):
        return
    console = Console()
    asked = f"{told['members']} members, {told['looked_at']} of them asked about"
    console.print(f"Segment {told['segment']} now: {asked}.")
    parts = told["parts"]
    table = Table("placement", "message", "members")
    for part in parts if isinstance(parts, list) else ():
        messages = part["messages"] if isinstance(part, dict) else None
        if isinstance(part, dict) and isinstance(messages, dict):
            for name, number in messages.items():
                table.add_row(str(part["placement"]), name or "(nothing)", _round(number))
    console.print(table)


def _round(value: Json) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.2f}" if isinstance(value, float) else str(value or "")
