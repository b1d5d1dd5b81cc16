"""The commands `wegweiser verdicts`: write verdicts down, and see how they fared."""

from typing import Annotated

import typer

from wegweiser.cli.asking import AsJson, Data, answer

app = typer.Typer(no_args_is_help=True, help="Verdicts: written down, and graded later.")


@app.command("keep")
def keep(
    data: Data,
    by: Annotated[str, typer.Option(help="What is judged.")] = "message",
    goal: Annotated[str, typer.Option(help="Goal that counts, empty for any.")] = "",
    margin: Annotated[float, typer.Option(help="Money earned per goal.")] = 0.0,
    costs: Annotated[str, typer.Option(help="Cost per contact, else as declared.")] = "",
    window_days: Annotated[int, typer.Option(help="Days for the goal.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Judge now, and write each advice down with what it rests on."""
    options = {
        "by": by,
        "goal": goal,
        "margin": str(margin),
        "costs": costs,
        "window_days": str(window_days),
    }
    answer(data, "verdict_keep", {"options": {**options}}, as_json)


@app.command("list")
def list_verdicts(data: Data, as_json: AsJson = False) -> None:
    """List what was advised, whether it stands, and the share that later data reversed."""
    answer(data, "verdict_list", {}, as_json)
