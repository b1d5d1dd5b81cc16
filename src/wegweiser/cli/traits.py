"""The commands `wegweiser traits`: what is worked out about people and accounts."""

import typer

from wegweiser.cli.asking import AsJson, Data, answer

app = typer.Typer(no_args_is_help=True, help="Computed traits, intents, purchases, use and scores.")


@app.command("list")
def list_traits(data: Data, as_json: AsJson = False) -> None:
    """List the computed traits, since when each counts, and the intent signals."""
    answer(data, "traits_list", {}, as_json)


@app.command("show")
def show(identifier: str, data: Data, as_json: AsJson = False) -> None:
    """Show what is worked out about a person or an account, named as TYPE:VALUE."""
    answer(data, "traits_show", {"identifier": identifier}, as_json)


@app.command("catch-up")
def catch_up(data: Data, as_json: AsJson = False) -> None:
    """Let new traits count what happened before they were declared."""
    answer(data, "traits_catch_up", {}, as_json)


@app.command("score")
def score(data: Data, as_json: AsJson = False) -> None:
    """Compare all who ordered now; without it, that is done once a day."""
    answer(data, "traits_score", {}, as_json)
