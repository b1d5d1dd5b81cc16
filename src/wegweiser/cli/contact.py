"""The commands `wegweiser contact`: the ledger, overrides, and whom nobody may contact."""

from typing import Annotated

import typer

from wegweiser.cli.asking import AsJson, Data, answer

app = typer.Typer(no_args_is_help=True, help="Who was contacted, and what limits it.")
overrides = typer.Typer(no_args_is_help=True, help="Rules of an account lifted for a while.")
app.add_typer(overrides, name="overrides")

By = Annotated[str, typer.Option("--by", help="Your name; it stands on every decision touched.")]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]


@app.command()
def ledger(
    identifier: str,
    data: Data,
    limit: Annotated[int, typer.Option("--limit", help="How many entries.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Show the contacts of a person or account (TYPE:VALUE), their states, and caps left."""
    answer(data, "contact_ledger", {"identifier": identifier, "limit": limit}, as_json)


@app.command()
def forbid(
    identifier: str,
    data: Data,
    by: By,
    reason: Reason,
    legal_hold: Annotated[bool, typer.Option("--legal-hold", help="For a legal dispute.")] = False,
    as_json: AsJson = False,
) -> None:
    """Start no contact with the people of an account any more, on any channel."""
    kind = "legal_hold" if legal_hold else "do_not_contact"
    asked = {"identifier": identifier, "kind": kind, "by": by, "reason": reason}
    answer(data, "contact_bar", {**asked}, as_json)


@app.command()
def allow(order: str, data: Data, by: By, as_json: AsJson = False) -> None:
    """Take back an order that forbade contact, by its id."""
    answer(data, "contact_take_back", {"order": order, "by": by}, as_json)


@overrides.command("add")
def add(
    account: str,
    data: Data,
    level: Annotated[str, typer.Option("--level", help="ownership, account or group.")],
    by: By,
    reason: Reason,
    until: Annotated[str, typer.Option("--until", help="A moment at most 30 days away.")],
    as_json: AsJson = False,
) -> None:
    """Lift the ownership lock, or the pacing of an account or its buying groups."""
    asked = {"account": account, "level": level, "by": by, "reason": reason, "until": until}
    answer(data, "contact_override", {**asked}, as_json)


@overrides.command("list")
def list_all(data: Data, as_json: AsJson = False) -> None:
    """List overrides and prohibitions with who ordered them, why and how long."""
    answer(data, "contact_orders", {}, as_json)


@overrides.command("remove")
def remove(order: str, data: Data, by: By, as_json: AsJson = False) -> None:
    """Take back an override by its id."""
    answer(data, "contact_take_back", {"order": order, "by": by}, as_json)
