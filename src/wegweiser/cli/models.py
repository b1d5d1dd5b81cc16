"""The commands `wegweiser models`: what decides, what it learned, its guard, and retraining."""

from typing import Annotated

import typer

from wegweiser.cli.asking import AsJson, Data, answer

app = typer.Typer(
    no_args_is_help=True, help="The models that decide: snapshots, guard, champion, retraining."
)


@app.command("list")
def list_models(data: Data, as_json: AsJson = False) -> None:
    """List the models that can decide, and which does."""
    answer(data, "models_list", {}, as_json)


@app.command("show")
def show_model(
    data: Data,
    number: Annotated[int | None, typer.Argument(help="Its number; else the newest.")] = None,
    as_json: AsJson = False,
) -> None:
    """Look inside a snapshot: what moves each head most."""
    answer(data, "model_show", {} if number is None else {"number": number}, as_json)


@app.command("guard")
def guard(data: Data, as_json: AsJson = False) -> None:
    """Show how well predictions come true, by channel and message, and what is not trusted."""
    answer(data, "models_guard", {}, as_json)


@app.command("promote")
def promote(name: str, data: Data, as_json: AsJson = False) -> None:
    """Let another model decide for everybody; `shared` is the built-in one."""
    answer(data, "model_promote", {"name": name}, as_json)


@app.command("retrain")
def retrain(
    data: Data,
    adopt: Annotated[bool, typer.Option("--adopt", help="Let what comes out decide.")] = False,
    as_json: AsJson = False,
) -> None:
    """Learn everything once more from the log and compare the SHA-256 of what comes out."""
    answer(data, "models_retrain", {"adopt": adopt}, as_json)
