"""The commands `wegweiser journey`: the table of stages, learning a better one, one stage."""

from pathlib import Path
from typing import Annotated

import typer
import yaml

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask
from wegweiser.cli.journey_flow import flow
from wegweiser.terms.json import JsonObject

app = typer.Typer(no_args_is_help=True, help="The journey: stages, what tells of them, learning.")
app.command("flow")(flow)


@app.command("show")
def show_journey(data: Data, as_json: AsJson = False) -> None:
    """Show the journey that counts as a document that `wegweiser apply` takes."""
    found = ask(data, "journey_show", {})
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
    else:
        print(_yaml(found["journey"]))


@app.command("stage")
def stage(
    identifier: str,
    data: Data,
    as_of: Annotated[str, typer.Option("--as-of", help="A time; without it, now.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show where a person or an account is, and why; named as TYPE:VALUE."""
    answer(data, "stage", {"identifier": identifier, "as_of": as_of}, as_json)


@app.command("learn")
def learn(
    data: Data,
    out: Annotated[Path | None, typer.Option("--out", help="File for the proposal.")] = None,
    fewest: Annotated[int, typer.Option("--fewest", help="The fewest persons needed.")] = 500,
    as_json: AsJson = False,
) -> None:
    """Learn tables from what people did and propose them; `wegweiser apply` makes them count."""
    found = ask(data, "journey_learn", {"fewest": fewest})
    proposal = found.pop("proposal", None) if isinstance(found, dict) and not as_json else None
    if out is not None and isinstance(found, dict):
        proposal = found.get("proposal") if proposal is None else proposal
        if proposal is not None:
            head = f"# Learned from {found['subjects']} persons; read it, then apply it.\n"
            out.write_text(head + _yaml(proposal), encoding="utf-8")
    show.document(found, as_json)
    if isinstance(found, dict) and not as_json:
        print(in_words(found, out))


def in_words(found: JsonObject, out: Path | None) -> str:
    """Say what came of learning, and what to do with the proposal."""
    status, lead = found["status"], found["lead"]
    if status == "too_little_data":
        return (
            f"Too little data: {found['subjects']} of {found['fewest']} persons have evidence of "
            "stages."
        )
    kept = f"The proposal is in {out}." if out else "Write the proposal with --out FILE."
    by = f"by {lead} per session or look"
    if status == "points_better":
        return (
            f"Points that decay foretell held-out persons better than both tables, {by}. Leave "
            f"the tables as they are. {kept}"
        )
    if status == "no_better":
        return f"The proposal foretells no better than the table that counts. {kept}"
    return (
        f"The proposal foretells held-out persons better than the table that counts and than "
        f"points, {by}. {kept} Nothing counts until applied."
    )


def _yaml(document: object) -> str:
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, default_flow_style=None)
