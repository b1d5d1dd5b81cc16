"""The command `wegweiser clv`: what one customer is expected to bring."""

from typing import Annotated

import typer

from wegweiser.cli.asking import AsJson, Data, answer


def clv(
    identifier: str,
    data: Data,
    learn: Annotated[
        bool, typer.Option("--learn", help="Learn from all orders first, not once a day.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the value to come (CLV) of a person, named as TYPE:VALUE, and how far the past missed.

    `wegweiser measure lifetime.value` tells of all customers.
    """
    answer(data, "customer_value", {"identifier": identifier, "learn": learn}, as_json)
