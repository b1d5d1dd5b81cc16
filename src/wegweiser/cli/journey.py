"""The commands `wegweiser journey`: the table of stages, learning a better one, one stage."""

from pathlib import Path
from typing import Annotated

import typer
import yaml

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask
from wegweiser.cli.journey_flow import flow

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
        print(_in_words(str(found["status"]), found["subjects"], found["fewest"], out))


def _in_words(status: str, subjects: object, fewest: object, out: Path | None) -> str:
    if status == "too_little_data":
        return f"Too little data: {subjects} of {fewest} persons have evidence of stages."
    kept = f"The proposal is in {out}." if out else "Write the proposal with --out FILE."
    if status == "no_better":
        return f"The proposal foretells no better than the table that counts. {kept}"
    return f"The proposal foretells held-out persons better. {kept} Nothing counts until applied."


def _yaml(document: object) -> str:
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, default_flow_style=None)
