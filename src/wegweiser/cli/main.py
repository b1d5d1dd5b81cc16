"""The commands of `wegweiser`, exactly as the contract for checks from outside names them."""

from pathlib import Path
from typing import Annotated

import typer

from wegweiser.cli import (
    accounts,
    alarms,
    archive,
    audit,
    backup,
    bundles,
    contact,
    counts,
    customer_value,
    decision,
    decisions,
    deliveries,
    drafts,
    effort,
    hooks,
    identity,
    journey,
    keys,
    link,
    maturity,
    measures,
    messages,
    models,
    money,
    off_policy,
    people,
    plan,
    privacy,
    profiles,
    quarantine,
    report,
    retention,
    rules,
    score,
    segments,
    serving,
    show,
    simulation,
    sources,
    subscriptions,
    traits,
    trends,
    verdicts,
    work,
)
from wegweiser.cli.asking import AsJson, Data, ask, refusals
from wegweiser.cli.door import open_door

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Wegweiser: every interaction, one profile, the next best message, measured.",
)
app.add_typer(sources.app, name="source")
app.add_typer(keys.app, name="key")
app.add_typer(people.app, name="people")
app.add_typer(privacy.app, name="suppression")
app.add_typer(privacy.requests, name="access-request")
app.add_typer(privacy.receipts, name="receipt")
app.add_typer(retention.app, name="retention")
app.command()(audit.audit)
app.command()(privacy.forget)
app.command()(privacy.access)
app.command()(privacy.erasures)
app.command()(bundles.apply)
app.command("diff")(bundles.diff)
app.add_typer(bundles.app, name="bundle")
app.add_typer(drafts.app, name="draft")
app.add_typer(effort.app, name="effort")
app.add_typer(rules.app, name="rule")
app.add_typer(messages.app, name="message")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(hooks.app, name="hook")
app.add_typer(deliveries.app, name="deliveries")
app.add_typer(deliveries.endpoints, name="endpoints")
app.add_typer(deliveries.bounces, name="bounces")
app.add_typer(subscriptions.app, name="subscriptions")
app.add_typer(deliveries.audiences, name="audience")
app.add_typer(plan.app, name="plan")
app.add_typer(segments.app, name="segment")
app.add_typer(accounts.app, name="accounts")
app.add_typer(archive.app, name="archive")
app.add_typer(journey.app, name="journey")
app.add_typer(models.app, name="models")
app.add_typer(money.app, name="money")
app.add_typer(traits.app, name="traits")
app.add_typer(score.app, name="score")
app.add_typer(identity.app, name="identity")
app.add_typer(link.app, name="link")
app.add_typer(decision.app, name="decision")
app.add_typer(contact.app, name="contact")
app.add_typer(report.app, name="report")
app.add_typer(alarms.app, name="alarms")
app.add_typer(work.app, name="work")
app.add_typer(verdicts.app, name="verdicts")
app.add_typer(trends.app, name="trends")
app.command()(maturity.maturity)
app.command("pull")(hooks.pull)
app.command("counts")(counts.counts)
app.add_typer(decisions.app, name="decide")
app.command("decisions")(decisions.decisions)
app.command("simulate")(simulation.simulate)
app.command("off-policy")(off_policy.off_policy)
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(
    measures.measure
)
app.command()(measures.measures)
app.command()(profiles.export)
app.command()(profiles.changes)
app.command()(profiles.timeline)
app.command()(profiles.find)
app.command()(customer_value.clv)


@app.command()
def doctor(data: Data, as_json: AsJson = False) -> None:
    """Count what came in and what became of it; exit 1 when something is unaccounted for."""
    found = ask(data, "doctor", {})
    show.document(found, as_json)
    if isinstance(found, dict) and not found["healthy"]:
        raise typer.Exit(1)


@app.command()
def profile(identifier: str, data: Data, as_json: AsJson = False) -> None:
    """Show one person, named as TYPE:VALUE."""
    show.document(ask(data, "profile", {"identifier": identifier}), as_json)


@app.command()
def account(identifier: str, data: Data, as_json: AsJson = False) -> None:
    """Show one account, named as TYPE:VALUE."""
    show.document(ask(data, "account", {"identifier": identifier}), as_json)


@app.command()
def rebuild(data: Data, as_json: AsJson = False) -> None:
    """Make everything derived anew from the log, and hash it."""
    show.document(ask(data, "rebuild", {}), as_json)


@app.command("hash")
def hash_command(data: Data, as_json: AsJson = False) -> None:
    """Hash all persons and accounts of the live store."""
    show.document(ask(data, "hash", {}), as_json)


@app.command()
def load(
    file: Path,
    data: Data,
    mapping: Annotated[Path, typer.Option("--mapping", help="YAML file with the mapping.")],
    as_json: AsJson = False,
) -> None:
    """Load a CSV, NDJSON, JSON, Parquet or XLSX file (also gzipped) through a mapping."""
    from wegweiser.cli import loading

    with refusals(), open_door(data, make=True) as door:
        show.document(loading.load(door, file, mapping, data), as_json)


@app.command()
def password(
    data: Data,
    name: Annotated[str, typer.Option("--name", help="Who gets a new password.")] = "admin",
    as_json: AsJson = False,
) -> None:
    """Replace a password for the web pages; it is shown this once."""
    show.document(ask(data, "new_password", {"name": name}), as_json)


@app.command()
def serve(
    data: Data,
    port: Annotated[int, typer.Option("--port", help="0 takes a free one.")] = 8000,
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
) -> None:
    """Serve the folder: collect API, decisions, profiles, pages."""
    with refusals():
        serving.serve(data, host, port)


@app.command()
def demo(
    data: Annotated[Path | None, typer.Option("--data")] = None,
    port: Annotated[int, typer.Option("--port")] = 8000,
    seed: int = 7,
    days: int = 180,
    no_browser: Annotated[bool, typer.Option("--no-browser")] = False,
) -> None:
    """Make a company with known truth and serve it."""
    with refusals():
        serving.demo(data or Path("wegweiser-demo"), port, seed, days, not no_browser)


@app.command("backup")
def back_up(
    target: Annotated[Path, typer.Argument(help="A new folder for the copy.")],
    data: Data,
    as_json: AsJson = False,
) -> None:
    """Copy the folder while it is in use, and try the copy; keys are kept apart and left out."""
    with refusals():
        show.document(backup.backup(data, target), as_json)


@app.command("demo-remove")
def demo_remove(
    data: Annotated[Path, typer.Option("--data")] = Path("wegweiser-demo"),
    confirm: Annotated[
        str, typer.Option("--confirm", prompt="Name of the folder", help="The folder's name.")
    ] = "",
) -> None:
    """Take the demo company away: its server ends, its folder goes; this cannot be undone."""
    with refusals():
        serving.remove_demo(data, confirm)


def main() -> None:
    """Run the command line."""
    app()
