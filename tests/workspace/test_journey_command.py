"""`wegweiser journey` on a folder: what is shown can be applied, what is learned is proposed."""

from pathlib import Path

import msgspec
from typer.testing import CliRunner

from wegweiser.cli.main import app

RUNNER = CliRunner()


def told(*words: str) -> str:
    """Run a command and give what it prints."""
    result = RUNNER.invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return str(result.stdout)


def test_what_is_shown_can_be_changed_and_applied(tmp_path: Path) -> None:
    data, file = str(tmp_path / "data"), tmp_path / "journey.yaml"
    file.write_text("{kind: journey, key: ours, visits_per_day: {explore: 0.2}}", encoding="utf-8")
    told("apply", str(file), "--data", data)
    shown = told("journey", "show", "--data", data)
    assert "explore: 0.2," in shown
    file.write_text(shown.replace("explore: 0.2,", "explore: 0.4,"), encoding="utf-8")
    applied = msgspec.json.decode(told("apply", str(file), "--data", data, "--json"))
    assert applied["changed"] == 1
    again = msgspec.json.decode(told("journey", "show", "--data", data, "--json"))
    assert again["journey"]["visits_per_day"]["explore"] == 0.4


def test_learning_without_people_says_too_little_data(tmp_path: Path) -> None:
    data, file = str(tmp_path / "data"), tmp_path / "journey.yaml"
    file.write_text("{kind: journey, key: ours}", encoding="utf-8")
    told("apply", str(file), "--data", data)
    out = tmp_path / "proposal.yaml"
    said = told("journey", "learn", "--data", data, "--out", str(out))
    assert "Too little data: 0 of 500 persons" in said
    assert not out.exists()
