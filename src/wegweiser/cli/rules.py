"""The commands `wegweiser rule`: test one on profiles, see how the published ones run."""

from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, ask, settings_of
from wegweiser.terms.json import JsonObject

app = typer.Typer(no_args_is_help=True, help="Rules: test one on profiles, see how they run.")

Profiles = Annotated[list[str], typer.Option("--profile", help="A profile, TYPE:VALUE; repeat it.")]
Context = Annotated[list[str], typer.Option("--context", help="Of the situation, NAME=VALUE.")]


@app.command("test")
def try_rule(
    rule: str,
    data: Data,
    profile: Profiles,
    context: Context = [],  # noqa: B006 - typer reads it and changes nothing
    placement: Annotated[str, typer.Option("--placement", help="Asked for there.")] = "",
    message: Annotated[str, typer.Option("--message", help="As a rule of this message.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say whether a rule is true, false or unknown for profiles, and what made it so."""
    asked: JsonObject = {"rule": rule, "profiles": [*profile], "context": settings_of(context)}
    found = ask(data, "rule_test", {**asked, "placement": placement, "message": message})
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
        return
    names = ("profile", "value", "failing", "found", "unknown")
    rows = found["profiles"] if isinstance(found["profiles"], list) else []
    tested = [row for row in rows if isinstance(row, dict)]
    show.table([{name: row.get(name) for name in names} for row in tested])


@app.command("list")
def list_rules(data: Data, as_json: AsJson = False) -> None:
    """List the published rules with how they ran since the server began."""
    found = ask(data, "rule_list", {})
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
        return
    names = ("rule", "messages", "asked", "unknown", "errors", "slow", "flagged")
    rows = found["rules"] if isinstance(found["rules"], list) else []
    known = [row for row in rows if isinstance(row, dict)]
    show.table([{name: row.get(name) for name in names} for row in known])
