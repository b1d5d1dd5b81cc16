"""The commands `wegweiser measure` and `wegweiser measures`: figures, tables, charts, files."""

import sys
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, ask, end, refusals
from wegweiser.cli.door import open_door
from wegweiser.cli.profiles import target
from wegweiser.terms.json import Json, JsonObject

CHARTS = {".svg": "svg", ".png": "png", ".json": "spec"}
Language = Annotated[str, typer.Option("--lang", help="en or de")]
File = Path | None


def measure(
    context: typer.Context,
    name: str,
    data: Data,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the table as CSV.")] = False,
    chart: Annotated[
        File, typer.Option("--chart", help="Draw it into a file: .svg, .png, or .json (the spec).")
    ] = None,
    xlsx: Annotated[File, typer.Option("--xlsx", help="Write a workbook.")] = None,
    parquet: Annotated[File, typer.Option("--parquet", help="Write a Parquet file.")] = None,
    lang: Language = "en",
) -> None:
    """Answer a measure; its own options follow as --NAME VALUE (--from, --to, --by, ...).

    `--compare previous` (or year) asks the same for an earlier period; `wegweiser measures`
    lists all measures and options.
    """
    if lang not in ("en", "de"):
        end(f"There is no language {lang!r}; use en or de.", 2)
    asked: JsonObject = {"name": name, "options": dict(_pairs(context.args)), "language": lang}
    files = {_chart_form(chart): chart, "xlsx": xlsx, "parquet": parquet}
    wanted = {form: file for form, file in files.items() if file is not None}
    with refusals(), open_door(data) as door:
        for form, file in wanted.items():
            _write(door.run("measure_file", asked | {"format": form}), file)
        if as_csv:
            _print(door.run("measure_file", asked | {"format": "csv"}))
        elif as_json or not wanted:
            show.measure(door.run("measure", asked), as_json, lang)


def measures(data: Data, as_json: AsJson = False, lang: Language = "en") -> None:
    """List all measures with their options."""
    found = ask(data, "measure_list", {})
    if as_json or not isinstance(found, dict):
        show.document(found, True)
        return
    listed = found["measures"]
    rows = [_line(one, lang) for one in listed if isinstance(one, dict)] if listed else []  # type: ignore[union-attr]
    show.table(rows)


def _line(one: JsonObject, lang: str) -> JsonObject:
    summary, options = one["summary"], one["options"]
    names = [f"--{option['name']}" for option in options]  # type: ignore[index,union-attr,call-overload]
    own = " ".join(names).replace("_", "-")
    told = summary.get(lang, "") if isinstance(summary, dict) else ""
    return {"measure": one["name"], "answers": told, "options": own}


def _chart_form(chart: File) -> str:
    if chart is None:
        return ""
    if chart.suffix not in CHARTS:
        end(f"{chart} is no chart; name a file that ends in {', '.join(CHARTS)}.", 2)
    return CHARTS[chart.suffix]


def _write(found: Json, file: Path) -> None:
    content = _content(found)
    with target(file) as opened:
        opened.write(content)
    print(f"{len(content) / 1e3:,.1f} kB in {file}", file=sys.stderr)


def _print(found: Json) -> None:
    sys.stdout.buffer.write(_content(found))
    sys.stdout.buffer.flush()


def _content(found: Json) -> bytes:
    return b64decode(str(found["content"])) if isinstance(found, dict) else b""


def _pairs(arguments: list[str]) -> Iterator[tuple[str, str]]:
    rest = list(arguments)
    while rest:
        name = rest.pop(0)
        if not name.startswith("--"):
            end(f"{name!r} is not an option; options are written --NAME VALUE.", 2)
        name, given, value = name[2:].partition("=")
        if not given and not rest:
            end(f"--{name} needs a value.", 2)
        yield name.replace("-", "_"), value if given else rest.pop(0)
