"""The commands `wegweiser score`: what is likely of people and accounts, learned from the past."""

from typing import Annotated

import typer

from wegweiser.cli.asking import AsJson, Data, answer

app = typer.Typer(no_args_is_help=True, help="Predictive scores: learned, checked, explained.")


@app.command("list")
def list_scores(data: Data, as_json: AsJson = False) -> None:
    """List the scores, how good they are, and what is missing."""
    answer(data, "score_list", {}, as_json)


@app.command("show")
def show(key: str, data: Data, as_json: AsJson = False) -> None:
    """Show one score: weights, calibration by tenth, drift, and all its models."""
    answer(data, "score_show", {"key": key}, as_json)


@app.command("train")
def train(
    data: Data,
    key: Annotated[str, typer.Argument(help="All without it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Learn a score now; without it, each is looked at every night and learned once a week."""
    answer(data, "score_train", {"key": key}, as_json)


@app.command("explain")
def explain(key: str, identifier: str, data: Data, as_json: AsJson = False) -> None:
    """Say what makes a score of a person or an account, named as TYPE:VALUE."""
    answer(data, "score_explain", {"key": key, "identifier": identifier}, as_json)
