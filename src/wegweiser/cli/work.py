"""The commands `wegweiser work`: long work that goes on in a workspace."""

from typing import Annotated

import typer

from wegweiser.cli.asking import AsJson, Data, answer

app = typer.Typer(
    no_args_is_help=True,
    help="Long work: loading, reading quarantine once more, learning, simulating, erasing.",
)
Number = Annotated[str, typer.Argument(help="The id of the work, wrk_...")]


@app.command("list")
def list_works(data: Data, as_json: AsJson = False) -> None:
    """List the newest hundred, with how far each is."""
    answer(data, "work_list", {}, as_json)


@app.command("show")
def show(number: Number, data: Data, as_json: AsJson = False) -> None:
    """Show how far one is, or what came of it."""
    answer(data, "work_show", {"work_id": number}, as_json)


@app.command("cancel")
def cancel(number: Number, data: Data, as_json: AsJson = False) -> None:
    """Stop one after the step under way; what was done stays done."""
    answer(data, "work_cancel", {"work_id": number}, as_json)
