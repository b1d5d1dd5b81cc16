"""The command `load`, with its progress."""

from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from wegweiser.cli.door import Door
from wegweiser.terms.errors import InputRefused, WegweiserError
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.record import Tally
from wegweiser.workspace.loading import load_file

WHOLE = 1000
SHOWN = ("stored", "duplicate", "quarantined")


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
        reported = Reported(door, file.name)

        def progress(share: float, tally: Tally) -> None:
            bar.update(task, completed=share, stored=tally.stored, duplicate=tally.duplicate)
            reported.step(share, tally)

        def take(arguments: JsonObject) -> Json:
            return door.run("load", arguments)

        try:
            tally = load_file(data, file, mapping, take, progress)
        except BaseException:
            # Where the door is gone, what we were about to say of it counts less than why.
            with suppress(WegweiserError):
                reported.end("failed")
            raise
        reported.end("over", tally)
    return {name: getattr(tally, name) for name in tally.__struct_fields__}


class Reported:
    """A load as it is seen, and stopped, from the pages: by its share in thousandths."""

    def __init__(self, door: Door, name: str):
        self._door = door
        self._work_id = self._told({"kind": "import", "subject": name, "total": WHOLE})["work_id"]
        self._last: JsonObject = {}

    def step(self, share: float, tally: Tally) -> None:
        """Tell how far it is; raises InputRefused where somebody stopped it."""
        found: JsonObject = {name: getattr(tally, name) for name in SHOWN}
        self._last = {"done": int(WHOLE * share), "total": WHOLE, "found": found}
        if self._told({**self._last, "work_id": self._work_id})["state"] == "cancelled":
            told = "Somebody stopped this load. The same command goes on where it stopped."
            raise InputRefused("cancelled", told, 409)

    def end(self, state: str, tally: Tally | None = None) -> None:
        """Tell that it came to its end."""
        if tally is not None:
            self._last = {
                "done": WHOLE,
                "total": WHOLE,
                "found": {name: getattr(tally, name) for name in SHOWN},
            }
        self._told({**self._last, "work_id": self._work_id, "state": state})

    def _told(self, arguments: JsonObject) -> JsonObject:
        found = self._door.run("work_report", arguments)
        return found if isinstance(found, dict) else {}
