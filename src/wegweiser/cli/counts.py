"""The command `wegweiser counts`: what the tag counted of visitors who gave no consent."""

from typing import Annotated

import typer

from wegweiser.cli.asking import AsJson, Data, answer


def counts(
    data: Data,
    start: Annotated[str, typer.Option("--from", help="First day, as 2027-01-31.")] = "",
    end: Annotated[str, typer.Option("--to", help="Last day.")] = "",
    as_json: AsJson = False,
) -> None:
    """List anonymous counts per hour: page, referring host, campaign, event; never a person."""
    answer(data, "counts", {"from": start, "to": end}, as_json)
