"""The commands `wegweiser effort`: hand the plan of the next period over, and see earlier ones."""

from typing import Annotated

import typer

from wegweiser.cli.asking import AsJson, Data, answer, settings_of
from wegweiser.cli.bundles import By, Reason
from wegweiser.terms.json import JsonObject

app = typer.Typer(no_args_is_help=True, help="Where to concentrate: plans handed over as drafts.")


@app.command("draft")
def draft(
    data: Data,
    name: Annotated[str, typer.Option(help="Name of the draft; else of today.")] = "",
    option: Annotated[
        list[str] | None,
        typer.Option(help="An option of allocate.effort as NAME=VALUE; give it several times."),
    ] = None,
    by: By = "",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Plan the next period as `measure allocate.effort` does, and keep it as a draft to review."""
    options = settings_of(option or [])
    asked: JsonObject = {"name": name, "options": options, "by": by, "reason": reason}
    answer(data, "effort_draft", asked, as_json)


@app.command("list")
def list_plans(data: Data, as_json: AsJson = False) -> None:
    """List the plans that were handed over."""
    answer(data, "effort_list", {}, as_json)
