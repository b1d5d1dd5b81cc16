"""The command `wegweiser journey flow`: how many moved from which stage to which."""

from typing import Annotated

import typer

from wegweiser.cli.asking import AsJson, Data, answer
from wegweiser.terms.json import JsonObject

First = Annotated[str, typer.Option("--from", help="First day, like 2026-10-01; 30 days ago.")]
Last = Annotated[str, typer.Option("--to", help="The day after the last one; tomorrow.")]
Of = Annotated[str, typer.Option("--of", help="account or person.")]
Country = Annotated[list[str] | None, typer.Option("--country", help="Only of this country.")]
Source = Annotated[list[str] | None, typer.Option("--source", help="Only who came first by this.")]
Segment = Annotated[list[str] | None, typer.Option("--segment", help="Only members of this.")]


def flow(
    data: Data,
    of: Of = "account",
    first: First = "",
    last: Last = "",
    country: Country = None,
    source: Source = None,
    segment: Segment = None,
    as_json: AsJson = False,
) -> None:
    """Count moves between stages from one day to another, with start, in, out and end of each."""
    asked: JsonObject = {
        "of": of,
        "from": first,
        "to": last,
        "country": [*(country or [])],
        "source": [*(source or [])],
        "segment": [*(segment or [])],
    }
    answer(data, "journey_flow", asked, as_json)
