"""The commands `wegweiser plan`: the declared events, and what arrives instead."""

from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask

app = typer.Typer(no_args_is_help=True, help="The tracking plan: declared against arriving.")


@app.command("show")
def show_plan(data: Data, as_json: AsJson = False) -> None:
    """List the declared schemas, and how often each was broken since the server began."""
    answer(data, "plan_show", {}, as_json)


@app.command("report")
def report(
    data: Data,
    days: Annotated[int, typer.Option("--days", help="The days to look at, today included.")] = 7,
    as_json: AsJson = False,
) -> None:
    """Compare what arrived with what was declared, and with the weeks before."""
    found = ask(data, "plan_report", {"days": days})
    findings = found.get("findings") if isinstance(found, dict) else None
    if as_json or not isinstance(findings, list):
        show.document(found, as_json)
    elif findings:
        show.table([row for row in findings if isinstance(row, dict)])
    else:
        print("Nothing differs from the plan and from the time before.")
