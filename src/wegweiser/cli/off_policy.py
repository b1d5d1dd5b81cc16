"""The command `wegweiser off-policy`: what another policy would have earned in a foreign log."""

from pathlib import Path
from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, refusals
from wegweiser.cli.files import read_bytes
from wegweiser.cli.simulation import tell


def off_policy(
    file: Annotated[Path, typer.Argument(help="A log of dsjson lines, one slot or CCB.")],
    policy: Annotated[
        str, typer.Option("--policy", help="uniform, logged, always:ACTION, or a dsjson file.")
    ] = "uniform",
    as_json: AsJson = False,
) -> None:
    """Say what a policy would have earned, or that nobody can tell; needs no data folder."""
    from wegweiser.workspace.foreign_log import off_policy as value_of

    with refusals():
        other = Path(policy)
        stated = read_bytes(other).splitlines() if other.is_file() else None
        found = value_of(read_bytes(file).splitlines(), policy, stated)
        if as_json:
            show.document(found, as_json)
        else:
            tell(found)
