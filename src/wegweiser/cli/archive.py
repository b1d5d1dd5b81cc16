"""The commands `wegweiser archive`: how far behind it is, and merging its files."""

import typer

from wegweiser.cli.asking import AsJson, Data, answer

app = typer.Typer(no_args_is_help=True, help="The archive that measures read.")


@app.command("show")
def show(data: Data, as_json: AsJson = False) -> None:
    """Show how far the archive is behind the log."""
    answer(data, "archive_show", {}, as_json)


@app.command("compact")
def compact(data: Data, as_json: AsJson = False) -> None:
    """Merge small files of days that are over; a server does this by itself when it is idle."""
    answer(data, "archive_compact", {}, as_json)
