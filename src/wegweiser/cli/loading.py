"""The command `load`, with its progress."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from wegweiser.cli.door import Door
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.record import Tally
from wegweiser.workspace.loading import load_file


def load(door: Door, file: Path, mapping: Path, data: Path) -> Json:
    """Load a file through an open door; gives the counts of this file."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[stored]} stored, {task.fields[duplicate]} known before"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"Loading {file.name}", total=1.0, stored=0, duplicate=0)

        def progress(share: float, tally: Tally) -> None:
            bar.update(task, completed=share, stored=tally.stored, duplicate=tally.duplicate)

        def take(arguments: JsonObject) -> Json:
            return door.run("load", arguments)

        tally = load_file(data, file, mapping, take, progress)
    return {name: getattr(tally, name) for name in tally.__struct_fields__}
