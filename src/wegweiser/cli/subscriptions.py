"""The commands `wegweiser subscriptions`: what the owner of a mail address wants to hear of."""

from typing import Annotated

import typer

from wegweiser.cli.asking import AsJson, Data, answer

app = typer.Typer(no_args_is_help=True, help="Topics of mails, wanted or not, by address.")


@app.command("show")
def show(address: str, data: Data, as_json: AsJson = False) -> None:
    """Say what the owner of an address wants to hear of, topic by topic."""
    answer(data, "subscription_show", {"address": address}, as_json)


@app.command("set")
def note(
    address: str,
    topic: Annotated[str, typer.Argument(help="A topic of messages; * is every topic.")],
    status: Annotated[str, typer.Argument(help="subscribed or unsubscribed.")],
    data: Data,
    reason: Annotated[str, typer.Option("--reason", help="How you know.")] = "",
    as_json: AsJson = False,
) -> None:
    """Note what the owner of an address said, by telephone or in another system."""
    said = {"address": address, "topic": topic, "status": status, "reason": reason}
    answer(data, "subscription_set", {**said}, as_json)
