"""The commands `wegweiser decide`, for one or for many, and `wegweiser decisions`."""

from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, ask, end, refusals
from wegweiser.cli.door import Door, open_door
from wegweiser.terms.json import Json, JsonObject

app = typer.Typer(invoke_without_command=True, add_completion=False)
_ROWS = 1_000


@app.callback()
def decide(
    context: typer.Context,
    data: Annotated[Path | None, typer.Option("--data", help="The data folder.")] = None,
    user: Annotated[str, typer.Option("--user", help="The user id.")] = "",
    placement: Annotated[str, typer.Option("--placement", help="Key of the placement.")] = "",
    as_json: AsJson = False,
) -> None:
    """Decide for one person and placement; really served and logged."""
    if context.invoked_subcommand is not None:
        return
    if data is None or not user or not placement:
        end("Say --data, --user and --placement; for many: wegweiser decide batch.", 2)
    situation: JsonObject = {
        "subject": {"person": f"user_id:{user}"},
        "placements": [{"key": placement, "max": 1}],
    }
    found = ask(data, "decide", situation)
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
        return
    told = ("decision_id", "status", "reason", "arm", "bundle", "model", "not_before")
    show.document({name: found[name] for name in told if found.get(name) is not None}, False)
    rows = [_shown(item) for item in _objects(found["items"])]
    if rows:
        show.table(rows)


@app.command()
def batch(
    data: Data,
    placement: Annotated[str, typer.Option("--placement", help="A placement that sends.")],
    file: Annotated[
        Path | None, typer.Argument(help="Text file with one identifier (type:value) per line.")
    ] = None,
    segment: Annotated[str, typer.Option("--segment", help="All members of a segment.")] = "",
    request_id: Annotated[
        str, typer.Option("--request-id", help="The same id is the same batch.")
    ] = "",
    results: Annotated[bool, typer.Option("--results", help="Show each decision.")] = False,
    as_json: AsJson = False,
) -> None:
    """Decide for many and send: the lines of a file, or the members of a segment."""
    if (file is None) == (not segment):
        end("Say a file, or --segment, one of them.", 2)
    with refusals():
        named = [] if file is None else _named(file)
        with open_door(data) as door:
            wish: JsonObject = {"placement": placement}
            wish |= {"request_id": request_id} if request_id else {}
            told = _run(door, wish, named, segment)
            if results:
                rows = [row for one in told for row in _results(door, one)]
                show.document(rows, as_json)
            else:
                show.document(_summed(told), as_json)


@app.command()
def cancel(batch_id: str, data: Data, as_json: AsJson = False) -> None:
    """End a batch; what is decided stays."""
    show.document(ask(data, "decide_batch_cancel", {"batch_id": batch_id}), as_json)


@app.command()
def status(batch_id: str, data: Data, as_json: AsJson = False) -> None:
    """Show how far a batch is."""
    show.document(ask(data, "decide_batch_show", {"batch_id": batch_id}), as_json)


def decisions(
    data: Data,
    person: Annotated[str, typer.Option("--person", help="Any identifier (type:value).")] = "",
    message: Annotated[str, typer.Option("--message", help="Where it was chosen.")] = "",
    placement: Annotated[str, typer.Option("--placement", help="Where it was asked for.")] = "",
    since: Annotated[str, typer.Option("--since", help="From this moment on.")] = "",
    until: Annotated[str, typer.Option("--until", help="Before this moment.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000)] = 100,
    after: Annotated[str, typer.Option("--after", help="`next` of the page before.")] = "",
    as_json: AsJson = False,
) -> None:
    """List decisions, oldest first."""
    wanted: JsonObject = {
        "person": person,
        "message": message,
        "placement": placement,
        "since": since,
        "until": until,
        "after": after,
        "limit": limit,
    }
    found = ask(data, "decision_list", wanted)
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
        return
    if rows := [_line(row) for row in _objects(found["decisions"])]:
        show.table(rows)
    if found["next"]:
        print(f"More follow: --after {found['next']}")


def _shown(item: JsonObject) -> JsonObject:
    """Give what a person wants to know of a chosen item."""
    named = ("placement", "message", "variant", "pi", "how", "content")
    return {name: item[name] for name in named if name in item}


def _line(row: JsonObject) -> JsonObject:
    """Give a decision in one line: when, which, about whom, and what came of it."""
    subject = row["subject"]
    who = subject.get("person") or subject.get("device") if isinstance(subject, dict) else ""
    said = [f"{item['message']}/{item['variant']}" for item in _objects(row["items"])]
    placements = row["placements"]
    return {
        "at": str(row["at"])[:19].replace("T", " "),
        "decision_id": row["decision_id"],
        "about": who,
        "placement": ", ".join(map(str, placements)) if isinstance(placements, list) else "",
        "said": ", ".join(said) or row["status"],
    }


def _objects(value: Json) -> list[JsonObject]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _named(file: Path) -> list[str]:
    """Read the identifiers of a file; a line without a type names a user id."""
    lines = (line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines())
    return [line if ":" in line else f"user_id:{line}" for line in lines if line]


def _run(door: Door, wish: JsonObject, named: list[str], segment: str) -> list[JsonObject]:
    """Run as many batches as the file takes, one after the other."""
    if segment:
        return [_ended(door, wish | {"segment": segment})]
    rest, told = iter(named), list[JsonObject]()
    while part := list(islice(rest, _ROWS)):
        subjects: list[Json] = [*part]
        more: JsonObject = {"subjects": subjects}
        if told and "request_id" in wish:
            more["request_id"] = f"{wish['request_id']}/{len(told)}"
        told.append(_ended(door, wish | more))
    if not told:
        end("The file names nobody.", 2)
    return told


def _ended(door: Door, wish: JsonObject) -> JsonObject:
    told = door.run("decide_batch", wish | {"wait": True})
    return told if isinstance(told, dict) else {}


def _results(door: Door, batch: JsonObject) -> list[Json]:
    found: list[Json] = []
    after: Json = 0
    while after is not None:
        asked: JsonObject = {"batch_id": batch["batch_id"], "after": after, "limit": _ROWS}
        page = door.run("decide_batch_results", asked)
        assert isinstance(page, dict)
        rows = page["results"]
        found += rows if isinstance(rows, list) else []
        after = page["next"]
    return found


def _summed(told: list[JsonObject]) -> Json:
    """Give one batch as it is, of several the sums."""
    if len(told) == 1:
        return told[0]
    counts: dict[str, int] = {}
    for one in told:
        each = one["counts"]
        for name, count in each.items() if isinstance(each, dict) else ():
            counts[name] = counts.get(name, 0) + (count if isinstance(count, int) else 0)
    batches: list[Json] = [one["batch_id"] for one in told]
    return {"batches": batches, "status": "done", "counts": dict(counts)}
