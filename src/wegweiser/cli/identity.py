"""The commands `wegweiser identity`: why, take apart, take back, what waits, the rules."""

from pathlib import Path
from typing import Annotated

import typer
import yaml

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask, end
from wegweiser.cli.identity_options import By, Preview, Reason
from wegweiser.cli.identity_types import classify, types
from wegweiser.terms.json import Json, JsonObject

app = typer.Typer(no_args_is_help=True, help="Who is who: why, and how to take it back.")
rules = typer.Typer(no_args_is_help=True, help="The rules by which identifiers become persons.")
app.add_typer(rules, name="rules")
app.command("types")(types)
app.command("classify")(classify)

Everybody = Annotated[bool, typer.Option("--all", help="All persons, however long ago.")]


@app.command("show")
def show_identity(identifier: str, data: Data, as_json: AsJson = False) -> None:
    """Show what a person is called, and what operators said about them."""
    answer(data, "identity_show", {"identifier": identifier}, as_json)


@app.command("why")
def why(a: str, b: str, data: Data, as_json: AsJson = False) -> None:
    """Say why two identifiers (TYPE:VALUE) are, or are not, one person."""
    found = ask(data, "identity_why", {"a": a, "b": b})
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
        return
    print("One person:" if found["one_person"] else "Not one person:")
    for row in _rows(found["path"] if found["one_person"] else found["refused"]):
        print("  " + _pair_in_words(row))
    nearest = found.get("nearest_change")
    if isinstance(nearest, dict):
        print(f"What would join them: {nearest['change']}")


def _pair_in_words(row: JsonObject) -> str:
    told = f"{row['a']} and {row['b']}: {row['source']} ({row['trust']}), {row['event_time']}"
    told += f", event {row['event_id']}"
    return f"{told}, refused ({row['reason']}): {row['rule']}" if "reason" in row else told


def _rows(found: Json) -> list[JsonObject]:
    rows = found if isinstance(found, list) else []
    return [row for row in rows if isinstance(row, dict)]


@app.command("link")
def link(
    a: str,
    b: str,
    data: Data,
    preview: Preview = False,
    by: By = "",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Say that two identifiers are one person."""
    _say(data, "link", {"a": a, "b": b}, preview, by, reason, as_json)


@app.command("cut")
def cut(
    a: str,
    b: str,
    data: Data,
    hold: Annotated[
        bool, typer.Option("--hold/--no-hold", help="Also what says so later does not count.")
    ] = True,
    preview: Preview = False,
    by: By = "",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Say that the evidence which joins two identifiers does not count."""
    _say(data, "cut", {"a": a, "b": b, "hold": hold}, preview, by, reason, as_json)


@app.command("separate")
def separate(
    a: str,
    b: str,
    data: Data,
    preview: Preview = False,
    by: By = "",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Say that two identifiers are never one person, whatever joins them."""
    _say(data, "separate", {"a": a, "b": b}, preview, by, reason, as_json)


@app.command("restore")
def restore(
    identifier: str,
    data: Data,
    position: Annotated[int | None, typer.Option("--position", help="Log position.")] = None,
    at: Annotated[str, typer.Option("--at", help="Instead: a moment in ISO 8601.")] = "",
    preview: Preview = False,
    by: By = "",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Take everybody tied to an identifier back: evidence that came later does not count."""
    if (position is None) == (not at):
        end("Give --position NUMBER or --at TIME.", 2)
    back: JsonObject = {"at": at} if at else {"position": position}
    _say(data, "restore", {"identifier": identifier, **back}, preview, by, reason, as_json)


@app.command("release")
def release(
    identifier: str,
    data: Data,
    preview: Preview = False,
    by: By = "",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Let a frozen component be resolved again, however large it is."""
    _say(data, "release", {"identifier": identifier}, preview, by, reason, as_json)


@app.command("undo")
def undo(
    operation_id: str,
    data: Data,
    preview: Preview = False,
    by: By = "",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Take back what an operator said (op_...); an undo can be undone too."""
    _say(data, "undo", {"operation_id": operation_id}, preview, by, reason, as_json)


def _say(
    data: Path,
    kind: str,
    stated: JsonObject,
    preview: bool,
    by: str,
    reason: str,
    as_json: bool,
) -> None:
    arguments: JsonObject = {**stated, "preview": preview, "by": by, "reason": reason}
    found = ask(data, f"identity_{kind}", arguments)
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
        return
    for name in ("before", "after"):
        side = found[name]
        if isinstance(side, dict):
            print(f"{name.capitalize()}: {side['persons']} persons")
            for row in _rows(side["shown"]):
                print("  " + _person_in_words(row))
    if not preview:
        print(f"Said as {found['operation_id']}; take it back: wegweiser identity undo.")


def _person_in_words(row: JsonObject) -> str:
    names = row["identifiers"]
    told = ", ".join(str(name) for name in names) if isinstance(names, list) else ""
    more = [f"{row['events']} events"]
    for name in ("segments", "consent", "contacts"):
        if row[name]:
            more.append(f"{name} {row[name]}")
    return f"{row['person_id']}: {told} ({'; '.join(more)})"


@app.command("queue")
def queue(
    data: Data,
    kind: Annotated[str, typer.Option("--kind", help="frozen, quarantined or refused.")] = "",
    limit: Annotated[int, typer.Option("--limit", help="How many, at most 1,000.")] = 100,
    after: Annotated[str, typer.Option("--after", help="Go on after this person.")] = "",
    as_json: AsJson = False,
) -> None:
    """List what waits for an operator: frozen, in quarantine, refused."""
    arguments: JsonObject = {"kind": kind, "limit": limit, "after": after}
    found = ask(data, "identity_queue", arguments)
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
        return
    for name in ("frozen", "quarantined", "refused"):
        for row in _rows(found[name]):
            told = [str(row[key]) for key in ("identifier", "pair", "a", "b") if key in row]
            print(f"{name}: {' '.join(told)}: {row['rule']} {row['nearest_change']}")
    if found["next"]:
        print(f"More: --after {found['next']}")


@app.command("operations")
def operations(
    data: Data,
    identifier: Annotated[str, typer.Option("--person", help="Only about this person.")] = "",
    limit: Annotated[int, typer.Option("--limit", help="How many, at most 1,000.")] = 100,
    after: Annotated[str, typer.Option("--after", help="Go on after this operation.")] = "",
    as_json: AsJson = False,
) -> None:
    """List what operators said about who is who, and the rules they published, newest first."""
    arguments: JsonObject = {"identifier": identifier, "limit": limit, "after": after}
    found = ask(data, "identity_operations", arguments)
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
        return
    for row in _rows(found["operations"]):
        state = f"undone by {row['undone_by']}" if row["undone_by"] else ""
        told = (row["operation_id"], row["at"], row["by"], row["kind"], row["reason"], state)
        print("  ".join(str(part) for part in told if part))
    if found["next"]:
        print(f"More: --after {found['next']}")


@app.command("message")
def message(message_id: str, data: Data, as_json: AsJson = False) -> None:
    """Say what happened to one message: stored, repeated, set aside, suppressed, dropped."""
    answer(data, "message", {"id": message_id}, as_json)


@rules.command("show")
def show_rules(data: Data, as_json: AsJson = False) -> None:
    """Show the rules that count, the draft, and all versions that were published."""
    answer(data, "identity_rules", {}, as_json)


@rules.command("dry-run")
def dry_run(
    data: Data,
    file: Annotated[Path | None, typer.Argument(help="YAML file; without it, the draft.")] = None,
    version: Annotated[str, typer.Option("--version", help="An earlier version.")] = "",
    everybody: Everybody = False,
    days: Annotated[int, typer.Option("--days", help="Touched in the last days.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Show what rules would change, without changing anything."""
    arguments: JsonObject = {**_stated(file, version), "all": everybody, "days": days}
    answer(data, "identity_rules_dry_run", arguments, as_json)


@rules.command("publish")
def publish(
    data: Data,
    file: Annotated[Path | None, typer.Argument(help="YAML file; without it, the draft.")] = None,
    version: Annotated[str, typer.Option("--version", help="An earlier version.")] = "",
    by: By = "",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Let rules count from now on; they must have been tried by dry-run."""
    arguments: JsonObject = {**_stated(file, version), "by": by, "reason": reason}
    answer(data, "identity_rules_publish", arguments, as_json)


def _stated(file: Path | None, version: str) -> JsonObject:
    if file is not None and version:
        end("Give a file or --version, not both.", 2)
    if file is None:
        return {"version": version}
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        end(f"{file} cannot be read: {error.strerror}.", 1)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        end(f"{file} is not YAML: {error}.", 1)
    if not isinstance(found, dict):
        end(f"{file} holds no rules.", 1)
    return {"rules": found}
