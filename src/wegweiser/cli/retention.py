"""The commands `wegweiser retention`: how long content is kept, and what would go."""

from typing import Annotated

import typer

from wegweiser.cli.asking import AsJson, Data, answer

app = typer.Typer(no_args_is_help=True, help="How long content is kept.")


@app.command("show")
def show_rules(data: Data, as_json: AsJson = False) -> None:
    """List the rules, and when they were carried out last."""
    answer(data, "retention_show", {}, as_json)


@app.command("run")
def run(
    data: Data,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would go.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take away what is over now; the server does so by itself every night."""
    answer(data, "retention_run", {"dry_run": dry_run}, as_json)
