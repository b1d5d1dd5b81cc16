"""What arrives at a folder, told by the commands people type."""

import json
from pathlib import Path

from typer.testing import CliRunner

from wegweiser.cli.main import app
from wegweiser.workspace.workspace import Workspace


def command(*words: str) -> list[dict[str, object]]:
    told = CliRunner().invoke(app, [*words, "--json"])
    assert told.exit_code == 0, told.output
    found: list[dict[str, object]] = json.loads(told.output)
    return found


def test_sources_and_arrivals_are_told_in_a_terminal(tmp_path: Path) -> None:
    folder = str(tmp_path / "data")
    with Workspace.open(folder, make=True) as workspace:
        workspace.track("u-1", "Paid", {"amount": 1})
        workspace.track("u-1", "Looked")
    [health] = command("source", "health", "--data", folder)
    assert (health["elements"], health["refused"], health["known"]) == (2, 0, 1)
    newest = command("source", "arrivals", "--data", folder)
    assert [(one["name"], one["fate"]) for one in newest] == [
        ("Looked", "stored"),
        ("Paid", "stored"),
    ]
    [paid] = command("source", "arrivals", "--name", "Paid", "--data", folder)
    assert paid["element"]["properties"] == {"amount": 1}  # type: ignore[index]
    assert command("source", "arrivals", "--limit", "1", "--data", folder) == newest[:1]
