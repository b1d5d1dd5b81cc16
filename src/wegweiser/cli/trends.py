"""The commands `wegweiser trends`: what is rising, and what was decided about it."""

from pathlib import Path
from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask, refusals
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.loading import read_rows

app = typer.Typer(no_args_is_help=True, help="Trends: what is rising, and what is done about it.")
Language = Annotated[str, typer.Option("--lang", help="en or de")]


@app.command("rising")
def rising(
    data: Data,
    kind: Annotated[str, typer.Option(help="Kind of terms, empty for all.")] = "",
    term: Annotated[str, typer.Option(help="One term: its past and its forecast.")] = "",
    margin: Annotated[float, typer.Option(help="Money earned per goal.")] = 0.0,
    as_json: AsJson = False,
    lang: Language = "en",
) -> None:
    """Say what rises, as `wegweiser measure trend.rising` does with all its options."""
    options: JsonObject = {"kind": kind, "term": term, "margin": str(margin)}
    found = ask(data, "measure", {"name": "trend.rising", "options": options})
    show.measure(found, as_json, lang)


@app.command("load")
def load(
    file: Annotated[Path, typer.Argument(help="CSV, NDJSON, Parquet or XLSX: date, series, value")],
    data: Data,
    name: Annotated[str, typer.Option(help="Name to keep it under; else the file's own.")] = "",
    as_json: AsJson = False,
) -> None:
    """Load series from outside, such as search interest, for `measure trend.outside`."""
    with refusals():
        rows: list[Json] = [_indexed(row) for row in read_rows(file)]
        answer(data, "series_load", {"file": name or file.name, "rows": rows}, as_json)


def _indexed(row: Json) -> Json:
    if not isinstance(row, dict):
        return row
    names = {"date": "day", "series": "name"}
    told: JsonObject = {names.get(column, column): value for column, value in row.items()}
    return {"role": "index"} | told


@app.command("decide")
def decide(
    kind: Annotated[str, typer.Argument(help="Kind of the term, such as query or topic.")],
    term: str,
    decision: Annotated[str, typer.Argument(help="follow, wait or ignore")],
    data: Data,
    why: Annotated[str, typer.Option(help="A reason to remember.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write down what is done about a rising topic."""
    told: JsonObject = {"kind": kind, "term": term, "decision": decision, "why": why}
    answer(data, "topic_decide", told, as_json)


@app.command("decisions")
def decisions(data: Data, as_json: AsJson = False) -> None:
    """List what was decided about topics."""
    answer(data, "topic_list", {}, as_json)
