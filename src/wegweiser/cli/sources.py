"""The commands `wegweiser source`: senders, their options, and the proof of user ids."""

from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask, settings_of

app = typer.Typer(no_args_is_help=True, help="Sources: who sends events.")
Settings = Annotated[list[str] | None, typer.Argument(help="NAME=VALUE; NAME= takes one back.")]


@app.command("create")
def create(name: str, data: Data, as_json: AsJson = False, kind: str = "live") -> None:
    """Make a source; its write key and secret key are shown this once."""
    show.document(ask(data, "source_create", {"name": name, "kind": kind}, make=True), as_json)


@app.command("list")
def list_sources(data: Data, as_json: AsJson = False) -> None:
    """List the sources."""
    answer(data, "source_list", {}, as_json)


@app.command("health")
def health(data: Data, as_json: AsJson = False) -> None:
    """Tell how each source does: last event, pace, delay, refusals, silence."""
    answer(data, "source_health", {}, as_json)


@app.command("arrivals")
def arrivals(
    data: Data,
    source: Annotated[str, typer.Option("--source", help="Only those of this source.")] = "",
    name: Annotated[str, typer.Option("--name", help="Only events of this name.")] = "",
    limit: Annotated[int, typer.Option("--limit", help="How many, at most 1,000.")] = 200,
    as_json: AsJson = False,
) -> None:
    """List the newest elements as they came, with what became of each."""
    answer(data, "arrival_list", {"source": source, "name": name, "limit": limit}, as_json)


@app.command("show")
def show_source(name: str, data: Data, as_json: AsJson = False) -> None:
    """Show a source with its options and keys."""
    answer(data, "source_show", {"name": name}, as_json)


@app.command("rename")
def rename(name: str, new_name: str, data: Data, as_json: AsJson = False) -> None:
    """Give a source another name."""
    answer(data, "source_rename", {"name": name, "new_name": new_name}, as_json)


@app.command("options")
def options(name: str, data: Data, changes: Settings = None, as_json: AsJson = False) -> None:
    """Show the options of a source, or change some of them."""
    given = settings_of(changes or [])
    answer(data, "source_options", {"name": name, "options": given}, as_json)


@app.command("user-hash")
def user_hash(
    name: str,
    data: Data,
    new: Annotated[
        bool, typer.Option("--new", help="Make another one; the one before stays valid beside it.")
    ] = False,
    retire: Annotated[
        bool, typer.Option("--retire", help="End the one before: its hashes prove nothing more.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the secret with which your server proves the user ids in its pages."""
    answer(data, "source_user_hash", {"name": name, "new": new, "retire": retire}, as_json)
