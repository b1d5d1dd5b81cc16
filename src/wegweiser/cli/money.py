"""The commands `wegweiser money`: costs, rates, figures over time, and leaks in a flat file."""

from pathlib import Path
from typing import Annotated

import typer

from wegweiser.cli.asking import AsJson, Data, answer, refusals
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.loading import read_rows

app = typer.Typer(no_args_is_help=True, help="Money: what marketing costs, and foreign currency.")
File = Annotated[Path, typer.Argument(help="CSV, NDJSON, Parquet or XLSX, also gzipped.")]


def _rows(file: Path) -> list[Json]:
    with refusals():
        return read_rows(file)
    return []


@app.command("load")
def load(
    file: File,
    data: Data,
    name: Annotated[str, typer.Option(help="Name to keep it under; else the file's own.")] = "",
    as_json: AsJson = False,
) -> None:
    """Load a file of costs: day, kind, amount, currency, and whose they are or what drives them."""
    answer(data, "cost_load", {"file": name or file.name, "rows": _rows(file)}, as_json)


@app.command("files")
def files(data: Data, as_json: AsJson = False) -> None:
    """List the loaded files of costs."""
    answer(data, "cost_list", {}, as_json)


@app.command("remove")
def remove(name: str, data: Data, as_json: AsJson = False) -> None:
    """Take a file of costs away."""
    answer(data, "cost_remove", {"file": name}, as_json)


@app.command("rates")
def rates(
    data: Data,
    file: Annotated[Path | None, typer.Argument(help="day, currency, rate, base")] = None,
    as_json: AsJson = False,
) -> None:
    """Load rates of foreign money, or list them."""
    if file is None:
        answer(data, "rate_list", {}, as_json)
    else:
        answer(data, "rate_load", {"rows": _rows(file)}, as_json)


@app.command("forget-rates")
def forget_rates(currency: str, data: Data, as_json: AsJson = False) -> None:
    """Take all rates of a currency away."""
    answer(data, "rate_remove", {"currency": currency}, as_json)


@app.command("series")
def series(
    data: Data,
    file: Annotated[Path | None, typer.Argument(help="day, name, role, value")] = None,
    name: Annotated[str, typer.Option(help="Name to keep it under; else the file's own.")] = "",
    as_json: AsJson = False,
) -> None:
    """Load a file of sales, media, controls or events over time, or list what was loaded."""
    if file is None:
        answer(data, "series_list", {}, as_json)
    else:
        asked: JsonObject = {"file": name or file.name, "rows": _rows(file)}
        answer(data, "series_load", asked, as_json)


@app.command("forget-series")
def forget_series(name: str, data: Data, as_json: AsJson = False) -> None:
    """Take a file of series away."""
    answer(data, "series_remove", {"file": name}, as_json)


@app.command("leaks")
def leaks(
    file: File,
    goal: Annotated[str, typer.Option(help="The column of the goal: yes or no.")],
    data: Data,
    confirmed: Annotated[
        list[str] | None,
        typer.Option(help="A column that was filled before the goal; give it several times."),
    ] = None,
    person: Annotated[str, typer.Option(help="The column that tells people apart.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say of every column of a flat file whether it may stand beside the goal."""
    asked: JsonObject = {
        "rows": _rows(file),
        "goal": goal,
        "confirmed": [*(confirmed or [])],
        "person": person,
    }
    answer(data, "leak_check", asked, as_json)
