"""The commands `wegweiser report`: scheduled reports, their fate, a look before they are sent."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask
from wegweiser.cli.profiles import target

app = typer.Typer(no_args_is_help=True, help="Reports that are sent again and again.")
Out = Annotated[Path | None, typer.Option("--out", help="The HTML file to write.")]


@app.command("list")
def list_reports(data: Data, as_json: AsJson = False) -> None:
    """List reports: when each is due, when it was sent last, what failed last."""
    found = ask(data, "report_list", {})
    reports = found.get("reports") if isinstance(found, dict) else None
    if as_json or not isinstance(reports, list):
        show.document(found, True)
        return
    names = ("key", "next_due", "last_sent", "last_error")
    show.table([{name: one[name] for name in names} for one in reports if isinstance(one, dict)])


@app.command("show")
def show_report(key: str, data: Data, as_json: AsJson = False) -> None:
    """Show one report and what became of its last hand-overs."""
    answer(data, "report_show", {"key": key}, as_json)


@app.command("preview")
def preview(key: str, data: Data, out: Out = None) -> None:
    """Write the page of a report as of now, to be read or printed; nothing is sent."""
    found = ask(data, "report_preview", {"key": key})
    page = str(found["html"]) if isinstance(found, dict) else ""
    with target(out) as opened:
        opened.write(page.encode())
    if out is not None:
        print(f"{len(page) / 1e3:,.1f} kB in {out}", file=sys.stderr)


@app.command("send")
def send(key: str, data: Data, as_json: AsJson = False) -> None:
    """Send a report at once, beside its schedule."""
    answer(data, "report_send", {"key": key}, as_json)


@app.command("remove")
def remove(key: str, data: Data, as_json: AsJson = False) -> None:
    """Keep a report no more."""
    answer(data, "report_remove", {"key": key}, as_json)
