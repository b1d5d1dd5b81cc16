"""The command `wegweiser maturity`: where the organisation stands, now and over time."""

from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask


def maturity(
    data: Data,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the result for later.")] = False,
    history: Annotated[bool, typer.Option("--history", help="List what was kept.")] = False,
    as_json: AsJson = False,
    lang: Annotated[str, typer.Option("--lang", help="en or de")] = "en",
) -> None:
    """Say where we stand: the five stages, judged from the last 90 days, and the next three steps.

    `wegweiser measure maturity.report` takes a period and draws it.
    """
    if history:
        answer(data, "maturity_list", {}, as_json)
        return
    name = "maturity_keep" if keep else "measure"
    found = ask(data, name, {"name": "maturity.report", "options": {}})
    show.measure(found, as_json, lang)
